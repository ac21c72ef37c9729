package io.pinna;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.DistanceModel;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.hrtf.SphericalHead;
import io.pinna.internal.inference.HrtfSources;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Near sources through the whole engine. */
@Tag("integration")
class NearFieldRenderTest {
    private static final int RATE = TestWorlds.RATE;
    private static final int BLOCKS = 24;
    private static final int SPAN = BLOCKS * 256;

    /** An impulse from each distance, one after the other. @return left and right */
    private static float[][] impulses(HrtfProfile profile, boolean nearField, DistanceModel model, double azimuth, double elevation, double... meters) {
        MemoryDevice device = OutputDevices.memory(60);
        Sound click = Sound.ofSamples("click", TestWorlds.impulse(16), RATE);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            world.addListener(new ListenerSettings("player", profile, device).withNearField(nearField));
            for (double d : meters) {
                Emitter e = world.addEmitter(click, EmitterSettings.named("click").withDistance(model));
                e.setPose(TestWorlds.around(azimuth, elevation, d));
                e.play();
                world.commit();
                world.advance(BLOCKS);
                e.close();
            }
            assertEquals(0, world.report().staleFilters());
        }
        return new float[][] {device.left(), device.right()};
    }

    private static double levelDb(float[] x, int number, double hertz) {
        return TestWorlds.levelDb(x, number * SPAN, (number + 1) * SPAN, hertz, RATE);
    }

    @Test
    void theLevelDifferenceGrowsTowardsTheEar() {
        double[] meters = {1, 0.8, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15};
        for (double azimuth : new double[] {90, 60, -90}) {
            float[][] out = impulses(HrtfProfile.generic(), true, DistanceModel.none(), azimuth, 0, meters);
            int ipsi = azimuth > 0 ? 0 : 1;
            for (double hertz : new double[] {250, 500, 1000}) {
                double before = 0;
                for (int i = 0; i < meters.length; i++) {
                    double ild = levelDb(out[ipsi], i, hertz) - levelDb(out[1 - ipsi], i, hertz);
                    assertTrue(i == 0 || ild > before + 0.2, azimuth + "°, " + hertz + " Hz, " + meters[i] + " m: " + ild + " dB after " + before);
                    before = ild;
                }
                assertTrue(before < 40, "at 0.15 m: " + before);
            }
        }
    }

    @Test
    @Tag("analytic")
    void atLowFrequenciesItIsTheSpheres() {
        double radius;
        try (var source = HrtfSources.load(HrtfProfile.generic(), RATE).source()) {
            radius = source.headRadiusMeters();
        }
        assertEquals(0.0875, radius, 0.01, "radius of the mean listener");
        float[][] out = impulses(HrtfProfile.generic(), true, DistanceModel.none(), 90, 0, 0.2, 1);
        for (double hertz : new double[] {200, 300, 400}) {
            double[] re = new double[2];
            double[] im = new double[2];
            new SphericalHead(radius).response(0.2, hertz, new double[] {1, -1}, re, im);
            double sphere = 20 * Math.log10(Math.hypot(re[0], im[0]) / Math.hypot(re[1], im[1]));
            assertEquals(sphere, levelDb(out[0], 0, hertz) - levelDb(out[1], 0, hertz), 1.5, hertz + " Hz");
            assertTrue(sphere > 10, "something is there to be seen");
        }
    }

    /** In front the head is hardly in the way: what is left of the level is the distance model's. */
    @Test
    void theDistanceModelKeepsTheLevelAtTheCentre() {
        DistanceModel inverse = new DistanceModel(DistanceModel.Kind.INVERSE, 0.1, 100, 1);
        float[][] out = impulses(HrtfProfile.generic(), true, inverse, 0, 0, 1, 0.25);
        for (double hertz : new double[] {200, 400}) {
            // The sphere's ears at 90° lose up to 1 dB.
            assertEquals(12.04 - 0.7, levelDb(out[0], 1, hertz) - levelDb(out[0], 0, hertz), 0.7, hertz + " Hz");
        }
    }

    @Test
    void fromOneMeterOnNothingIsDifferent() {
        double[] meters = {1, 1.2, 2, 7};
        float[][] with = impulses(HrtfProfile.generic(), true, DistanceModel.none(), 70, 20, meters);
        float[][] without = impulses(HrtfProfile.generic(), false, DistanceModel.none(), 70, 20, meters);
        assertArrayEquals(without[0], with[0], 0);
        assertArrayEquals(without[1], with[1], 0);
        // And without the near field all distances are one.
        float[][] near = impulses(HrtfProfile.generic(), false, DistanceModel.none(), 90, 0, 1, 0.2);
        assertArrayEquals(java.util.Arrays.copyOfRange(near[0], 0, SPAN), java.util.Arrays.copyOfRange(near[0], SPAN, 2 * SPAN), 1e-6f);
    }

    /** From 2 m to the middle of the head and out again, in one second each: no step, nothing that is not finite. */
    @Test
    @Tag("property")
    void anEmitterThatComesNearNeverClicks() {
        MemoryDevice device = OutputDevices.memory(60);
        int blocks = 188;
        // A low tone makes every step visible against its own slope.
        double hertz = 200;
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            TestWorlds.listener(world, device);
            Emitter e = world.addEmitter(Sound.ofSamples("tone", TestWorlds.sine(hertz, 3 * RATE), RATE), EmitterSettings.named("tone").withDistance(DistanceModel.none()));
            e.play();
            for (int b = 0; b < 2 * blocks; b++) {
                double t = Math.abs(b - blocks) / (double) blocks;
                e.setPose(TestWorlds.around(80, 5, 0.01 * Math.pow(200, t)));
                world.commit();
                world.advance(1);
            }
        }
        float[] x = device.left();
        double perSample = 2 * Math.PI * hertz / RATE;
        int settled = 2000;
        for (int i = settled; i < x.length - 1; i++) {
            assertTrue(Float.isFinite(x[i]));
            // The second difference of a tone of the loudest amplitude near by, and half as much again for its swelling; a step of 1 % of it would stand out.
            double amplitude = TestWorlds.largest(x, Math.max(0, i - 240), Math.min(x.length, i + 240));
            double bend = Math.abs(x[i + 1] - 2 * x[i] + x[i - 1]);
            assertTrue(bend < 1.5 * perSample * perSample * amplitude + 0.006 * amplitude, "sample " + i + ": bend " + bend + " at amplitude " + amplitude);
        }
        assertTrue(TestWorlds.largest(x, x.length / 4, 3 * x.length / 4) > 2.5 * TestWorlds.largest(x, settled, settled + 2000), "it came near");
    }
}
