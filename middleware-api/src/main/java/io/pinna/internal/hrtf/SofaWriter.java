package io.pinna.internal.hrtf;

import io.pinna.internal.dsp.RealFft;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Turns the filters of an {@link HrtfSource} into a SOFA file (AES69), SimpleFreeFieldHRIR 1.0: one measurement for each vertex of each shell. The interaural delay goes into the responses, half of it
 * to each ear as the engine does it, because many readers do not look at Data.Delay; fractions of a sample by the spectrum's phase, which the filters' taper towards the Nyquist frequency keeps short.
 * The thread that may evaluate the source.
 */
public final class SofaWriter {
    /** For the ringing of fractional delays at either end: as much as the engine's own table leaves. */
    private static final double SPILL_SECONDS = 8.0 / 48000;
    /** libmysofa reads no larger variable. */
    private static final long MAX_RESPONSE_BYTES = 1L << 28;
    private static final int BATCH = 64;
    /** Where SOFA files usually put the ears of a head; nothing depends on it. */
    private static final double EAR_METERS = 0.09;

    private SofaWriter() {
    }

    /**
     * @param title    of the set
     * @param listener a short name of the listener
     * @param licence  the terms of use
     * @param comment  where the filters come from
     * @param version  of this program
     * @throws IllegalStateException if there are more directions and samples than readers take
     */
    public static byte[] write(HrtfSource source, String title, String listener, String licence, String comment, String version) {
        int rate = source.sampleRateHz();
        int spill = (int) Math.ceil(SPILL_SECONDS * rate);
        int half = (int) Math.ceil(source.maxInterauralDelaySeconds() * rate / 2);
        // The onset of a direction in the median plane.
        int centre = spill + half + source.leadTaps();
        int taps = centre + half + source.taps() - source.leadTaps() + spill;
        int count = source.vertexCount();
        if (16L * count * taps > MAX_RESPONSE_BYTES) {
            throw new IllegalStateException(count + " directions of " + taps + " samples are more than SOFA readers take; choose a lower sample rate");
        }
        double[] responses = new double[2 * count * taps];
        RealFft fft = new RealFft(Integer.highestOneBit(taps - 1) << 2);
        Delay delay = new Delay(fft);
        int[] batch = new int[BATCH];
        for (int from = 0; from < count; from += BATCH) {
            int n = Math.min(BATCH, count - from);
            for (int i = 0; i < n; i++) {
                batch[i] = from + i;
            }
            source.evaluate(batch, n, (vertex, left, right, itd) -> {
                double shift = 0.5 * itd * rate;
                delay.apply(left, source.taps(), spill + half, -shift, responses, 2 * vertex * taps, taps);
                delay.apply(right, source.taps(), spill + half, shift, responses, (2 * vertex + 1) * taps, taps);
            });
        }
        double[] positions = new double[3 * count];
        for (int s = 0; s < source.shellCount(); s++) {
            SphereTriangulation sphere = source.triangulation(s);
            for (int v = 0; v < sphere.vertexCount(); v++) {
                int at = 3 * (source.firstVertex(s) + v);
                double azimuth = Math.toDegrees(Math.atan2(sphere.coordinate(v, 1), sphere.coordinate(v, 0)));
                // A value below zero by rounding must not become 360.
                positions[at] = azimuth < -1e-9 ? azimuth + 360 : Math.max(0, azimuth);
                positions[at + 1] = Math.toDegrees(Math.atan2(sphere.coordinate(v, 2), Math.hypot(sphere.coordinate(v, 0), sphere.coordinate(v, 1))));
                positions[at + 2] = source.shellDistanceMeters(s);
            }
        }
        return write(positions, responses, taps, rate, title, listener, licence, comment, "Exported by Pinna", version);
    }

    /**
     * A file of single responses.
     *
     * @param positions    [measurement][azimuth, elevation, distance], flat, in degrees and metres
     * @param responses    [measurement][ear][taps], flat, the left ear first; with their delays
     * @param sampleRateHz rate of the responses
     * @param history      how they came about
     */
    public static byte[] write(double[] positions, double[] responses, int taps, int sampleRateHz, String title, String listener, String licence, String comment, String history, String version) {
        int count = positions.length / 3;
        String now = LocalDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss"));
        NetCdfWriter file = new NetCdfWriter();
        file.attribute("Conventions", "SOFA").attribute("Version", "1.0").attribute("SOFAConventions", "SimpleFreeFieldHRIR").attribute("SOFAConventionsVersion", "1.0");
        file.attribute("APIName", "Pinna").attribute("APIVersion", version).attribute("ApplicationName", "Pinna").attribute("ApplicationVersion", version);
        file.attribute("AuthorContact", "").attribute("Organization", "").attribute("License", licence).attribute("Comment", comment);
        file.attribute("History", history).attribute("References", "").attribute("Origin", "");
        file.attribute("DataType", "FIR").attribute("RoomType", "free field").attribute("DateCreated", now).attribute("DateModified", now);
        file.attribute("Title", title).attribute("DatabaseName", "Pinna").attribute("ListenerShortName", listener);
        file.dimension("I", 1).dimension("C", 3).dimension("R", 2).dimension("E", 1).dimension("N", taps).dimension("M", count);
        file.variable("ListenerPosition", "I,C", new double[] {0, 0, 0}, "Type", "cartesian", "Units", "metre");
        file.variable("ListenerView", "I,C", new double[] {1, 0, 0}, "Type", "cartesian", "Units", "metre");
        file.variable("ListenerUp", "I,C", new double[] {0, 0, 1}, "Type", "cartesian", "Units", "metre");
        file.variable("ReceiverPosition", "R,C,I", new double[] {0, EAR_METERS, 0, 0, -EAR_METERS, 0}, "Type", "cartesian", "Units", "metre");
        file.variable("SourcePosition", "M,C", positions, "Type", "spherical", "Units", "degree, degree, metre");
        file.variable("EmitterPosition", "E,C,I", new double[] {0, 0, 0}, "Type", "cartesian", "Units", "metre");
        file.variable("Data.SamplingRate", "I", new double[] {sampleRateHz}, "Units", "hertz");
        file.variable("Data.Delay", "I,R", new double[] {0, 0});
        file.variable("Data.IR", "M,R,N", responses);
        return file.toBytes();
    }

    /** Puts a filter somewhere into a longer response, fractions of a sample later. */
    private static final class Delay {
        private final RealFft fft;
        private final float[] x;
        private final float[] re;
        private final float[] im;

        Delay(RealFft fft) {
            this.fft = fft;
            x = new float[fft.size()];
            re = new float[fft.size() / 2 + 1];
            im = new float[fft.size() / 2 + 1];
        }

        void apply(float[] filter, int taps, int start, double laterSamples, double[] out, int at, int length) {
            java.util.Arrays.fill(x, 0);
            System.arraycopy(filter, 0, x, start, taps);
            fft.forward(x, 0, re, im, 0);
            double step = -2 * Math.PI * laterSamples / fft.size();
            for (int k = 0; k < re.length; k++) {
                double c = Math.cos(k * step);
                double s = Math.sin(k * step);
                double r = re[k] * c - im[k] * s;
                im[k] = (float) (re[k] * s + im[k] * c);
                re[k] = (float) r;
            }
            // A real signal's spectrum is real at half the sample rate.
            im[re.length - 1] = 0;
            fft.inverse(re, im, 0, x, 0);
            for (int n = 0; n < length; n++) {
                out[at + n] = x[n];
            }
        }
    }
}
