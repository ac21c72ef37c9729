package io.pinna.internal.hrtf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The filters of a listener whose spectra are known in every direction: one shell of 2562 directions, about 4° apart. The field's magnitudes become minimum-phase filters at the engine's rate, tapered
 * towards the lower of the field's and the engine's Nyquist frequency. Any thread but the audio thread.
 */
public final class FieldHrtf implements HrtfSource {
    private static final int GEODESIC_FREQUENCY = 16;
    /** Room for delays that no human head exceeds; so the latency is the same for all fields of human heads, and does not change with the profile. */
    private static final double LEAST_DELAY_ROOM_SECONDS = 1.0e-3;
    /** At 48 kHz: 24 before the onset and 160 after it (3.3 ms), so that filter and block of 256 fit a transform of 512. */
    private static final double TAPS_AT_48_KHZ = 184;
    private static final double LEAD_AT_48_KHZ = 24;

    private static final class Sphere {
        static final DelaunaySphere GEODESIC = DelaunaySphere.geodesic(GEODESIC_FREQUENCY);
    }

    private final SpectrumField field;
    private final int sampleRateHz;
    private final int taps;
    private final int lead;
    private final MinimumPhase design;
    private final float[] taper;
    private final float[] logMagnitude;
    private final float[] left;
    private final float[] right;
    private final double headRadius;

    /**
     * @param field        the listener's ears; becomes this source's, which closes it
     * @param sampleRateHz rate of the filters
     */
    public FieldHrtf(SpectrumField field, int sampleRateHz) {
        this.field = field;
        this.sampleRateHz = sampleRateHz;
        double scale = sampleRateHz / 48000.0;
        taps = (int) Math.round(TAPS_AT_48_KHZ * scale);
        lead = (int) Math.round(LEAD_AT_48_KHZ * scale);
        // Eight times the filter's length keeps the cepstrum from wrapping around.
        design = new MinimumPhase(Integer.highestOneBit(taps) * 16);
        logMagnitude = new float[design.bins()];
        taper = new float[design.bins()];
        double[] gains = MeasuredHrtf.taper(design.fftSize(), sampleRateHz, field.sampleRateHz());
        for (int k = 0; k < taper.length; k++) {
            taper[k] = (float) gains[k];
        }
        left = new float[taps];
        right = new float[taps];
        headRadius = headRadius();
    }

    /** By the field's delays in the horizontal plane, every 6°. */
    private double headRadius() {
        int count = 60;
        double[] lateral = new double[count];
        double[] delays = new double[count];
        float[] directions = new float[3 * count];
        float[] magnitudeDb = new float[count * 2 * field.bins()];
        float[] itd = new float[count];
        for (int i = 0; i < count; i++) {
            double azimuth = 2 * Math.PI * i / count;
            lateral[i] = Math.sin(azimuth);
            directions[3 * i] = (float) Math.cos(azimuth);
            directions[3 * i + 1] = (float) lateral[i];
            directions[3 * i + 2] = 0;
        }
        field.evaluate(directions, count, magnitudeDb, itd);
        for (int i = 0; i < count; i++) {
            delays[i] = itd[i];
        }
        return SphericalHead.fitRadiusMeters(lateral, delays, count);
    }

    /** The directions of the shell: an even grid, also for whoever samples a field everywhere. */
    public static DelaunaySphere sphere() {
        return Sphere.GEODESIC;
    }

    @Override
    public int sampleRateHz() {
        return sampleRateHz;
    }

    @Override
    public int taps() {
        return taps;
    }

    @Override
    public int leadTaps() {
        return lead;
    }

    @Override
    public double maxInterauralDelaySeconds() {
        return Math.max(LEAST_DELAY_ROOM_SECONDS, field.maxInterauralDelaySeconds());
    }

    @Override
    public double headRadiusMeters() {
        return headRadius;
    }

    @Override
    public int shellCount() {
        return 1;
    }

    @Override
    public double shellDistanceMeters(int shell) {
        return 1;
    }

    @Override
    public SphereTriangulation triangulation(int shell) {
        return Sphere.GEODESIC;
    }

    @Override
    public int firstVertex(int shell) {
        return 0;
    }

    @Override
    public int vertexCount() {
        return Sphere.GEODESIC.vertexCount();
    }

    @Override
    public Batch batch() {
        return new Together(field.group());
    }

    /** Equal for the fields of one group. */
    private record Together(SpectrumField.Group group) implements Batch {
        @Override
        public void evaluate(List<Request> requests) {
            List<SpectrumField.Request> asked = new ArrayList<>(requests.size());
            for (Request r : requests) {
                asked.add(((FieldHrtf) r.source()).directionsOf(r));
            }
            group.evaluate(asked);
            for (int i = 0; i < asked.size(); i++) {
                ((FieldHrtf) requests.get(i).source()).accept(requests.get(i), asked.get(i));
            }
        }
    }

    private SpectrumField.Request directionsOf(Request request) {
        float[] directions = new float[3 * request.count()];
        for (int i = 0; i < directions.length; i++) {
            directions[i] = Sphere.GEODESIC.coordinate(request.vertices()[i / 3], i % 3);
        }
        return new SpectrumField.Request(field, directions);
    }

    /** Makes filters of the answers. */
    private synchronized void accept(Request request, SpectrumField.Request answer) {
        for (int i = 0; i < request.count(); i++) {
            filter(answer.magnitudeDb(), 2 * i * field.bins(), left);
            filter(answer.magnitudeDb(), (2 * i + 1) * field.bins(), right);
            request.sink().accept(request.vertices()[i], left, right, answer.itdSeconds()[i]);
        }
    }

    @Override
    public void evaluate(int[] vertices, int count, Sink sink) {
        for (int from = 0; from < count; from += SpectrumField.MAX_BATCH) {
            int n = Math.min(SpectrumField.MAX_BATCH, count - from);
            Request request = new Request(this, Arrays.copyOfRange(vertices, from, from + n), n, sink);
            SpectrumField.Request answer = directionsOf(request);
            field.evaluate(answer.directionXyz(), n, answer.magnitudeDb(), answer.itdSeconds());
            accept(request, answer);
        }
    }

    private void filter(float[] magnitudeDb, int at, float[] fir) {
        interpolate(magnitudeDb, at, logMagnitude);
        design.design(logMagnitude, taper, lead, fir, taps);
        for (int i = firstFading(); i < taps; i++) {
            fir[i] *= fade(i);
        }
    }

    /** From levels at the field's bins (dB) to the log magnitude (nepers) at those of the design. */
    private void interpolate(float[] magnitudeDb, int at, float[] nepers) {
        int bins = field.bins();
        double neper = Math.log(10) / 20;
        double perBin = (double) sampleRateHz / design.fftSize() / field.sampleRateHz() * field.fftSize();
        for (int k = 0; k < nepers.length; k++) {
            double x = Math.min(k * perBin, bins - 1);
            int j = Math.min((int) x, bins - 2);
            double t = x - j;
            // Catmull–Rom between the field's bins; beyond its last one the level stays what it is there, under the taper.
            double a = magnitudeDb[at + Math.max(0, j - 1)];
            double b = magnitudeDb[at + j];
            double c = magnitudeDb[at + j + 1];
            double d = magnitudeDb[at + Math.min(bins - 1, j + 2)];
            double db = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
            nepers[k] = (float) (neper * db);
        }
    }

    /** The last sixth fades, so that the end of the filter makes no step. */
    private int firstFading() {
        return taps - taps / 6;
    }

    private float fade(int tap) {
        return (float) (0.5 - 0.5 * Math.cos(Math.PI * (taps - 1 - tap + 0.5) / (taps / 6)));
    }

    /**
     * How levels become a filter, for whoever does that elsewhere. All steps but the exponential are linear: H = exp(L + iP)·taper with L = levels·interpolation and P its minimum phase; the filter's taps are the inverse
     * transform of H of {@code fftSize} points, later by the lead, times the window.
     *
     * @param fftSize       of the design
     * @param interpolation [bin of the field][bin of the design]: nepers for a level of 1 dB
     * @param taper         linear gain at each bin of the design
     * @param window        of the taps
     */
    public record Design(int fftSize, float[][] interpolation, float[] taper, float[] window) {
    }

    /** See {@link Design}. */
    public Design design() {
        float[][] interpolation = new float[field.bins()][design.bins()];
        for (int b = 0; b < interpolation.length; b++) {
            float[] one = new float[field.bins()];
            one[b] = 1;
            interpolate(one, 0, interpolation[b]);
        }
        float[] window = new float[taps];
        for (int i = 0; i < taps; i++) {
            window[i] = i < firstFading() ? 1 : fade(i);
        }
        return new Design(design.fftSize(), interpolation, taper.clone(), window);
    }

    /** The listener's ears. */
    public SpectrumField field() {
        return field;
    }

    @Override
    public void close() {
        field.close();
    }
}
