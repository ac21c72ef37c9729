package io.pinna.internal.hrtf;

import io.pinna.InvalidValueException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Turns the filters of an {@link HrtfSource} into the format of OpenAL Soft, "MinPHR03" (OpenAL Soft, docs/hrtf.txt; the third version differs from the second there in this: samples are always 24 bits
 * wide, fields go from the farthest to the nearest, and delays are in quarters of a sample). All numbers are little-endian:
 *
 * <pre>
 *   "MinPHR03", u32 sample rate, u8 channels (1: left and right), u8 length of a response, u8 fields
 *   per field: u16 distance (mm), u8 elevations (from −90° to 90°), u8 azimuths of each elevation (clockwise from the front)
 *   s24 coefficients [direction][sample][ear], u8 delays [direction][ear]
 * </pre>
 *
 * <p>Between the grid's directions OpenAL Soft blends coefficients and delays apart, as the engine does, so the source's aligned filters fit; they are blended to the grid as the engine blends them. The
 * thread that may evaluate the source.
 */
public final class MhrWriter {
    /** What OpenAL Soft allows. */
    private static final int TAPS = 128;
    private static final int MAX_DELAY_SAMPLES = 63;
    private static final int DELAY_STEPS = 4;
    private static final int MAX_FIELDS = 16;
    private static final int MIN_MILLIMETERS = 50;
    private static final int MAX_MILLIMETERS = 2500;
    private static final int MAX_RATE_HZ = 0xffffff;
    /** 5° from one elevation to the next and along the horizon: as dense as the engine's own spheres. */
    private static final int ELEVATIONS = 37;
    private static final int HORIZON = 72;
    /** Samples of the band limit's ringing before the onset that are kept (at 48 kHz), half of them faded in, ... */
    private static final double LEAD_SECONDS = 12 / 48000.0;
    /** ... and the end is faded out. */
    private static final int FADE_OUT = 16;
    private static final int MAX_COEFFICIENT = (1 << 23) - 1;
    private static final int BATCH = 64;

    private MhrWriter() {
    }

    private record Vertex(float[] left, float[] right, double itdSamples) {
    }

    /** @throws InvalidValueException if the rate is higher than the format has room for the interaural delay */
    public static byte[] write(HrtfSource source) {
        int rate = source.sampleRateHz();
        if (rate > MAX_RATE_HZ) {
            throw new InvalidValueException("sampleRateHz is " + rate + "; OpenAL Soft allows up to " + MAX_RATE_HZ);
        }
        List<Integer> shells = shells(source);
        int directions = 0;
        for (int e = 0; e < ELEVATIONS; e++) {
            directions += azimuths(e);
        }
        int total = directions * shells.size();
        float[] coefficients = new float[total * TAPS * 2];
        double[] itd = new double[total];
        for (int f = 0; f < shells.size(); f++) {
            field(source, shells.get(f), f * directions, coefficients, itd);
        }
        double greatestDelay = 0;
        float peak = 0;
        for (double d : itd) {
            greatestDelay = Math.max(greatestDelay, Math.abs(d));
        }
        for (float c : coefficients) {
            peak = Math.max(peak, Math.abs(c));
        }
        if (Math.ceil(greatestDelay * DELAY_STEPS) + 1 > MAX_DELAY_SAMPLES * DELAY_STEPS) {
            throw new InvalidValueException("sampleRateHz is " + rate + "; the interaural delay of this set is " + Math.round(greatestDelay) + " samples then, and the format allows "
                    + MAX_DELAY_SAMPLES + ": choose up to " + (int) (rate * (MAX_DELAY_SAMPLES - 1) / greatestDelay) + " Hz");
        }
        // Levels stay as they are, unless something would not fit into 24 bits.
        double scale = MAX_COEFFICIENT + 1.0;
        if (peak * scale > MAX_COEFFICIENT) {
            scale = MAX_COEFFICIENT / (double) peak;
        }
        ByteBuffer b = ByteBuffer.allocate(15 + shells.size() * (3 + ELEVATIONS) + coefficients.length * 3 + total * 2).order(ByteOrder.LITTLE_ENDIAN);
        b.put("MinPHR03".getBytes(StandardCharsets.US_ASCII)).putInt(rate).put((byte) 1).put((byte) TAPS).put((byte) shells.size());
        for (int shell : shells) {
            b.putShort((short) millimeters(source, shell)).put((byte) ELEVATIONS);
            for (int e = 0; e < ELEVATIONS; e++) {
                b.put((byte) azimuths(e));
            }
        }
        for (float c : coefficients) {
            int value = (int) Math.round(c * scale);
            b.put((byte) value).put((byte) (value >> 8)).put((byte) (value >> 16));
        }
        int middle = ((int) Math.ceil(greatestDelay * DELAY_STEPS) + 1) / 2;
        for (double d : itd) {
            // The difference is what is rounded, once.
            int steps = (int) Math.round(d * DELAY_STEPS);
            int left = middle - Math.floorDiv(steps + 1, 2);
            b.put((byte) left).put((byte) (left + steps));
        }
        return b.array();
    }

    /** Shells as fields: farthest first, within the format's distances, different ones only, spread evenly where there are too many. */
    private static List<Integer> shells(HrtfSource source) {
        List<Integer> all = new ArrayList<>();
        int last = Integer.MAX_VALUE;
        for (int s = source.shellCount() - 1; s >= 0; s--) {
            int mm = millimeters(source, s);
            if (mm < last) {
                all.add(s);
                last = mm;
            }
        }
        if (all.size() <= MAX_FIELDS) {
            return all;
        }
        List<Integer> some = new ArrayList<>();
        for (int i = 0; i < MAX_FIELDS; i++) {
            some.add(all.get(i * (all.size() - 1) / (MAX_FIELDS - 1)));
        }
        return some;
    }

    private static int millimeters(HrtfSource source, int shell) {
        return (int) Math.max(MIN_MILLIMETERS, Math.min(MAX_MILLIMETERS, Math.round(1000 * source.shellDistanceMeters(shell))));
    }

    private static double elevationRadians(int e) {
        return Math.PI * e / (ELEVATIONS - 1) - Math.PI / 2;
    }

    private static int azimuths(int e) {
        return Math.max(1, (int) Math.round(HORIZON * Math.cos(elevationRadians(e))));
    }

    private static void field(HrtfSource source, int shell, int firstDirection, float[] coefficients, double[] itd) {
        SphereTriangulation sphere = source.triangulation(shell);
        List<int[]> corners = new ArrayList<>();
        List<float[]> weights = new ArrayList<>();
        TreeSet<Integer> needed = new TreeSet<>();
        int triangle = 0;
        for (int e = 0; e < ELEVATIONS; e++) {
            double z = Math.sin(elevationRadians(e));
            double ring = Math.cos(elevationRadians(e));
            int count = azimuths(e);
            for (int a = 0; a < count; a++) {
                // Clockwise seen from above, so to the right, where SOFA's y is negative.
                double angle = 2 * Math.PI * a / count;
                float[] w = new float[3];
                triangle = sphere.locate((float) (ring * Math.cos(angle)), (float) (-ring * Math.sin(angle)), (float) z, triangle, w);
                int[] c = new int[3];
                for (int k = 0; k < 3; k++) {
                    c[k] = source.firstVertex(shell) + sphere.corner(triangle, k);
                    if (w[k] > 0) {
                        needed.add(c[k]);
                    }
                }
                corners.add(c);
                weights.add(w);
            }
        }
        Map<Integer, Vertex> vertices = evaluate(source, needed);
        for (int d = 0; d < corners.size(); d++) {
            int at = (firstDirection + d) * TAPS * 2;
            for (int k = 0; k < 3; k++) {
                float w = weights.get(d)[k];
                if (w > 0) {
                    Vertex v = vertices.get(corners.get(d)[k]);
                    itd[firstDirection + d] += w * v.itdSamples;
                    for (int n = 0; n < TAPS; n++) {
                        coefficients[at + 2 * n] += w * v.left[n];
                        coefficients[at + 2 * n + 1] += w * v.right[n];
                    }
                }
            }
        }
    }

    private static Map<Integer, Vertex> evaluate(HrtfSource source, TreeSet<Integer> needed) {
        Map<Integer, Vertex> result = new HashMap<>();
        int[] numbers = needed.stream().mapToInt(Integer::intValue).toArray();
        int[] batch = new int[BATCH];
        for (int from = 0; from < numbers.length; from += BATCH) {
            int n = Math.min(BATCH, numbers.length - from);
            System.arraycopy(numbers, from, batch, 0, n);
            source.evaluate(batch, n, (vertex, left, right, seconds) -> result.put(vertex, new Vertex(cut(source, left), cut(source, right), seconds * source.sampleRateHz())));
        }
        return result;
    }

    /** The part of a filter that fits. */
    private static float[] cut(HrtfSource source, float[] filter) {
        int lead = Math.min(source.leadTaps(), (int) Math.round(LEAD_SECONDS * source.sampleRateHz()));
        lead = Math.min(lead, TAPS / 4);
        int from = source.leadTaps() - lead;
        int length = Math.min(TAPS, source.taps() - from);
        float[] result = new float[TAPS];
        System.arraycopy(filter, from, result, 0, length);
        int fadeIn = lead / 2;
        for (int i = 0; i < fadeIn; i++) {
            result[i] *= (float) (0.5 - 0.5 * Math.cos(Math.PI * (i + 1) / (fadeIn + 1)));
        }
        if (from + length < source.taps()) {
            for (int i = 0; i < FADE_OUT; i++) {
                result[length - 1 - i] *= (float) (0.5 - 0.5 * Math.cos(Math.PI * (i + 1) / (FADE_OUT + 1)));
            }
        }
        return result;
    }
}
