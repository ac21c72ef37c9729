package io.pinna.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.Emitter;
import io.pinna.EmitterSettings;
import io.pinna.ListenerSettings;
import io.pinna.Sound;
import io.pinna.SoundWorld;
import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.DistanceModel;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;
import io.pinna.effect.LimiterSettings;
import io.pinna.hrtf.HrtfExport;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.hrtf.PersonalHrtfSamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lwjgl.openal.AL;
import org.lwjgl.openal.AL10;
import org.lwjgl.openal.ALC;
import org.lwjgl.openal.ALC10;
import org.lwjgl.openal.EXTFloat32;
import org.lwjgl.openal.SOFTHRTF;
import org.lwjgl.openal.SOFTLoopback;

/** An exported profile, loaded and rendered by OpenAL Soft itself, against Pinna's own rendering. OpenAL Soft reads its configuration when its library loads, so it runs in a process of its own. */
@Timeout(180)
class OpenAlExportTest {
    private static final int RATE = 48000;
    private static final int FRAMES = 2048;
    /** Counter-clockwise, so 90 is left. */
    private static final int[] AZIMUTHS = {0, 90, -90, 45};

    @TempDir
    Path folder;

    /** Interaural time (right later, seconds, below 1.6 kHz) and level (left above right, dB, 0.3 to 8 kHz). */
    private record Cues(double delaySeconds, double levelDb) {
        static Cues of(float[] left, float[] right, int from, int frames) {
            double delay = 0;
            double weight = 0;
            double l = 0;
            double r = 0;
            for (double f = 300; f < 8000; f *= 1.03) {
                double[] a = sum(left, from, frames, f / RATE);
                double[] b = sum(right, from, frames, f / RATE);
                double la = a[0] * a[0] + a[1] * a[1];
                double lb = b[0] * b[0] + b[1] * b[1];
                l += la * f;
                r += lb * f;
                // Above, the phase is ambiguous for delays of up to 0.8 ms; below 600 Hz it is not.
                if (f < 600) {
                    double w = Math.sqrt(la * lb);
                    delay += w * Math.IEEEremainder(Math.atan2(a[1], a[0]) - Math.atan2(b[1], b[0]), 2 * Math.PI) / (2 * Math.PI * f);
                    weight += w;
                }
            }
            return new Cues(delay / weight, 10 * Math.log10(l / r));
        }

        private static double[] sum(float[] x, int from, int count, double cyclesPerSample) {
            double re = 0;
            double im = 0;
            for (int n = 0; n < count; n++) {
                re += x[from + n] * Math.cos(2 * Math.PI * cyclesPerSample * n);
                im -= x[from + n] * Math.sin(2 * Math.PI * cyclesPerSample * n);
            }
            return new double[] {re, im};
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("integration")
    void openAlSoftRendersAnExportedProfileAsPinnaDoes(boolean personal) throws IOException, InterruptedException {
        HrtfProfile profile = personal ? HrtfProfile.personal(PersonalHrtfSamples.hrtf(12, 8)) : HrtfProfile.generic();
        HrtfExport.mhr(profile, folder.resolve("me.mhr"), RATE);
        List<Cues> own = pinna(profile);
        List<Cues> theirs = openAl();
        for (int i = 0; i < AZIMUTHS.length; i++) {
            String where = "azimuth " + AZIMUTHS[i] + "°: Pinna " + own.get(i) + ", OpenAL Soft " + theirs.get(i);
            assertEquals(own.get(i).delaySeconds, theirs.get(i).delaySeconds, 50e-6, where);
            assertEquals(own.get(i).levelDb, theirs.get(i).levelDb, 2, where);
            double side = Math.sin(Math.toRadians(AZIMUTHS[i]));
            if (side == 0) {
                assertEquals(0, theirs.get(i).delaySeconds, 60e-6, where);
            } else {
                double towards = Math.signum(side);
                assertTrue(towards * theirs.get(i).delaySeconds > 200e-6 && towards * theirs.get(i).delaySeconds < 1.2e-3, where);
                assertTrue(towards * theirs.get(i).levelDb > 3 && towards * theirs.get(i).levelDb < 30, where);
            }
        }
    }

    private static List<Cues> pinna(HrtfProfile profile) {
        MemoryDevice device = OutputDevices.memory(10);
        SoundWorldSettings settings = SoundWorldSettings.OFFLINE.withSampleRateHz(RATE).withAcoustics(AcousticsSettings.OFF).withLimiter(LimiterSettings.OFF);
        Sound click = Sound.ofSamples("click", new float[] {1, 0, 0, 0}, RATE);
        int blocks = FRAMES / 256;
        try (SoundWorld world = SoundWorld.open(settings)) {
            world.addListener(new ListenerSettings("ears", profile, device));
            for (int azimuth : AZIMUTHS) {
                double a = Math.toRadians(azimuth);
                Emitter e = world.addEmitter(click, EmitterSettings.named("click").withDistance(DistanceModel.none()).at(-Math.sin(a), 0, -Math.cos(a)));
                e.play();
                world.commit();
                world.advance(blocks);
                e.close();
            }
        }
        List<Cues> cues = new ArrayList<>();
        for (int i = 0; i < AZIMUTHS.length; i++) {
            cues.add(Cues.of(device.left(), device.right(), i * FRAMES, FRAMES));
        }
        return cues;
    }

    private List<Cues> openAl() throws IOException, InterruptedException {
        Path config = folder.resolve("alsoft.conf");
        Files.writeString(config, "[general]\nhrtf-paths = " + folder + "\n");
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m"));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), Player.class.getName()));
        Path log = folder.resolve("openal.log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("ALSOFT_CONF", config.toString());
        Process process = builder.start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly();
        String text = Files.readString(log);
        assertTrue(ended && process.exitValue() == 0, text);
        List<Cues> cues = new ArrayList<>();
        for (String line : text.split("\n")) {
            if (line.startsWith("cues ")) {
                String[] parts = line.split(" ");
                cues.add(new Cues(Double.parseDouble(parts[1]), Double.parseDouble(parts[2])));
            }
        }
        assertTrue(text.contains("hrtf 1 status " + SOFTHRTF.ALC_HRTF_ENABLED_SOFT + " name me\n"), text);
        assertEquals(AZIMUTHS.length, cues.size(), text);
        return cues;
    }

    /** The process with OpenAL Soft. */
    static final class Player {
        private Player() {
        }

        public static void main(String[] arguments) {
            OpenAlLibrary.load();
            long device = SOFTLoopback.alcLoopbackOpenDeviceSOFT((CharSequence) null);
            var capabilities = ALC.createCapabilities(device);
            int count = ALC10.alcGetInteger(device, SOFTHRTF.ALC_NUM_HRTF_SPECIFIERS_SOFT);
            int index = -1;
            for (int i = 0; i < count; i++) {
                if ("me".equals(SOFTHRTF.alcGetStringiSOFT(device, SOFTHRTF.ALC_HRTF_SPECIFIER_SOFT, i))) {
                    index = i;
                }
            }
            long context = ALC10.alcCreateContext(device, new int[] {ALC10.ALC_FREQUENCY, RATE, SOFTLoopback.ALC_FORMAT_CHANNELS_SOFT, SOFTLoopback.ALC_STEREO_SOFT,
                SOFTLoopback.ALC_FORMAT_TYPE_SOFT, SOFTLoopback.ALC_FLOAT_SOFT, SOFTHRTF.ALC_HRTF_SOFT, ALC10.ALC_TRUE, SOFTHRTF.ALC_HRTF_ID_SOFT, index, 0});
            System.out.println("hrtf " + ALC10.alcGetInteger(device, SOFTHRTF.ALC_HRTF_SOFT) + " status " + ALC10.alcGetInteger(device, SOFTHRTF.ALC_HRTF_STATUS_SOFT) + " name "
                    + ALC10.alcGetString(device, SOFTHRTF.ALC_HRTF_SPECIFIER_SOFT));
            ALC10.alcMakeContextCurrent(context);
            AL.createCapabilities(capabilities);
            float[] click = new float[FRAMES];
            // Not at the start, where OpenAL Soft fades in.
            click[FRAMES / 4] = 0.5f;
            for (int azimuth : AZIMUTHS) {
                int buffer = AL10.alGenBuffers();
                AL10.alBufferData(buffer, EXTFloat32.AL_FORMAT_MONO_FLOAT32, click, RATE);
                int source = AL10.alGenSources();
                double a = Math.toRadians(azimuth);
                AL10.alSource3f(source, AL10.AL_POSITION, (float) -Math.sin(a), 0, (float) -Math.cos(a));
                AL10.alSourcei(source, AL10.AL_BUFFER, buffer);
                AL10.alSourcePlay(source);
                float[] out = new float[2 * FRAMES];
                SOFTLoopback.alcRenderSamplesSOFT(device, out, FRAMES);
                AL10.alSourceStop(source);
                AL10.alDeleteSources(source);
                AL10.alDeleteBuffers(buffer);
                float[] left = new float[FRAMES];
                float[] right = new float[FRAMES];
                for (int i = 0; i < FRAMES; i++) {
                    left[i] = out[2 * i];
                    right[i] = out[2 * i + 1];
                }
                Cues cues = Cues.of(left, right, 0, FRAMES);
                System.out.println("cues " + cues.delaySeconds + " " + cues.levelDb + " error " + AL10.alGetError());
                SOFTLoopback.alcRenderSamplesSOFT(device, out, FRAMES);
            }
            ALC10.alcMakeContextCurrent(0);
            ALC10.alcDestroyContext(context);
            ALC10.alcCloseDevice(device);
        }
    }
}
