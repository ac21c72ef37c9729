package io.pinna;

import io.pinna.acoustics.AcousticMaterials;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;
import io.pinna.hrtf.BinauralModel;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.inference.RemoteRenderer;
import io.pinna.unit.Pose;
import io.pinna.unit.Rotation;
import io.pinna.unit.Vector3;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A seeded scene in which nearly everything happens that a mix has to render: sources that stand, move, come near, pass behind a wall, start, stop, seek and are moved elsewhere, and listeners of several profiles. */
final class MixScene {
    static final int SECONDS = 2;

    final long seed;
    final boolean moving;
    final int blockFrames;
    final AcousticsSettings acoustics;
    final List<HrtfProfile> profiles;
    /** Worn by the first listener; may be null. */
    BinauralModel model;

    MixScene(long seed, boolean moving, int blockFrames, AcousticsSettings acoustics, HrtfProfile... profiles) {
        this.seed = seed;
        this.moving = moving;
        this.blockFrames = blockFrames;
        this.acoustics = acoustics;
        this.profiles = List.of(profiles);
    }

    int blocks() {
        return SECONDS * TestWorlds.RATE / blockFrames;
    }

    /** What a listener hears, and what the world said at the end. */
    record Rendered(List<float[]> left, List<float[]> right, WorldReport report) {
        /** Error of what comes a block later than {@code reference}, relative to its RMS, the worst of all ears, in dB. */
        double errorDb(Rendered reference, int delayFrames) {
            double worst = -300;
            for (int l = 0; l < left.size(); l++) {
                worst = Math.max(worst, errorDb(reference.left.get(l), left.get(l), delayFrames));
                worst = Math.max(worst, errorDb(reference.right.get(l), right.get(l), delayFrames));
            }
            return worst;
        }

        private static double errorDb(float[] reference, float[] x, int delay) {
            double error = 0;
            double power = 0;
            for (int i = 0; i + delay < x.length; i++) {
                double d = (double) x[i + delay] - reference[i];
                error += d * d;
                power += (double) reference[i] * reference[i];
            }
            if (!(power > 1e-3)) {
                throw new AssertionError("the reference is silent");
            }
            return 10 * Math.log10(error / power + 1e-30);
        }
    }

    Rendered render(RemoteRenderer.Factory mixer) {
        Random random = new Random(seed);
        SoundWorldSettings settings = TestWorlds.bare().withAcoustics(acoustics).withBlockFrames(blockFrames).withCapacity(profiles.size(), 32, 12);
        List<MemoryDevice> devices = new ArrayList<>();
        WorldReport report;
        try (SoundWorld world = SoundWorld.open(settings, mixer)) {
            List<Listener> listeners = new ArrayList<>();
            for (int l = 0; l < profiles.size(); l++) {
                MemoryDevice device = OutputDevices.memory(SECONDS + 1);
                devices.add(device);
                ListenerSettings wearer = new ListenerSettings("listener " + l, profiles.get(l), device);
                listeners.add(world.addListener(l == 0 && model != null ? wearer.withBinauralModel(model) : wearer));
            }
            world.addGeometry(TriangleMesh.box("wall", 2, 2, 0.1, AcousticMaterials.named("wood"))).setPose(Pose.at(0, 0, -3));
            List<Emitter> emitters = new ArrayList<>();
            for (int e = 0; e < 16; e++) {
                Sound sound = Sound.ofSamples("noise " + e, TestWorlds.noise(seed + e, TestWorlds.RATE / (e % 3 == 0 ? 4 : 1)), TestWorlds.RATE);
                Emitter emitter = world.addEmitter(sound, EmitterSettings.named("emitter " + e).at(place(random)).withLooping(e % 4 != 3).withRadiusMeters(0.3)
                        .withDirectivity(e % 5 == 0 ? new Directivity(0.5, 1) : Directivity.OMNIDIRECTIONAL));
                emitters.add(emitter);
                if (e < 10) {
                    emitter.play();
                }
            }
            for (int block = 0; block < blocks(); block++) {
                double t = (double) block * blockFrames / TestWorlds.RATE;
                for (int e = 0; e < emitters.size(); e++) {
                    if (moving && e % 4 != 1) {
                        double turn = t * (0.5 + 0.3 * e);
                        double away = e % 6 == 0 ? 0.4 + 0.3 * Math.cos(turn) : 1.5 + e * 0.3 + Math.sin(turn * 0.7);
                        emitters.get(e).setPosition(away * Math.cos(turn + e), 0.5 * Math.sin(e + t), away * Math.sin(turn + e));
                    }
                }
                for (int l = 0; l < listeners.size(); l++) {
                    if (moving) {
                        listeners.get(l).setPose(new Pose(new Vector3(0.4 * l, 0, 0.2 * Math.sin(t + l)), Rotation.ofYawPitchRoll(0.6 * t + l, 0.1, 0)));
                    }
                }
                // Twenty times a second, whatever the block size.
                if (block * 20L * blockFrames / TestWorlds.RATE != (block + 1) * 20L * blockFrames / TestWorlds.RATE) {
                    act(random, emitters.get(random.nextInt(emitters.size())));
                }
                world.commit();
                world.advance(1);
            }
            report = world.report();
        }
        List<float[]> left = new ArrayList<>();
        List<float[]> right = new ArrayList<>();
        for (MemoryDevice device : devices) {
            left.add(device.left());
            right.add(device.right());
        }
        return new Rendered(left, right, report);
    }

    private static Pose place(Random random) {
        double azimuth = 360 * random.nextDouble();
        return TestWorlds.around(azimuth, 60 * random.nextDouble() - 30, 0.3 + 6 * random.nextDouble());
    }

    private static void act(Random random, Emitter e) {
        switch (random.nextInt(6)) {
            case 0 -> e.play();
            case 1 -> e.stop();
            case 2 -> e.setPose(place(random));
            case 3 -> e.setGainLinear(random.nextDouble());
            case 4 -> e.seek(0.2 * random.nextDouble());
            default -> e.setPitch(0.5 + random.nextDouble());
        }
    }
}
