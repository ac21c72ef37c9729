package io.pinna.internal.hrtf;

/**
 * The filters of a listener whose spectra are known in every direction: one shell of 2562 directions, about 4° apart. The field's magnitudes become minimum-phase filters at the engine's rate, tapered
 * towards the lower of the field's and the engine's Nyquist frequency. Inference thread, but for the constants.
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
    private final float[] directions = new float[3 * SpectrumField.MAX_BATCH];
    private final float[] magnitudeDb;
    private final float[] itd = new float[SpectrumField.MAX_BATCH];
    private final float[] left;
    private final float[] right;

    /**
     * @param field        the listener's ears
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
        magnitudeDb = new float[SpectrumField.MAX_BATCH * 2 * field.bins()];
        left = new float[taps];
        right = new float[taps];
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
    public void evaluate(int[] vertices, int count, Sink sink) {
        for (int from = 0; from < count; from += SpectrumField.MAX_BATCH) {
            int n = Math.min(SpectrumField.MAX_BATCH, count - from);
            for (int i = 0; i < n; i++) {
                for (int axis = 0; axis < 3; axis++) {
                    directions[3 * i + axis] = Sphere.GEODESIC.coordinate(vertices[from + i], axis);
                }
            }
            field.evaluate(directions, n, magnitudeDb, itd);
            for (int i = 0; i < n; i++) {
                filter(2 * i * field.bins(), left);
                filter((2 * i + 1) * field.bins(), right);
                sink.accept(vertices[from + i], left, right, itd[i]);
            }
        }
    }

    private void filter(int at, float[] fir) {
        int bins = field.bins();
        double nepers = Math.log(10) / 20;
        double perBin = (double) sampleRateHz / design.fftSize() / field.sampleRateHz() * field.fftSize();
        for (int k = 0; k < logMagnitude.length; k++) {
            double x = Math.min(k * perBin, bins - 1);
            int j = Math.min((int) x, bins - 2);
            double t = x - j;
            // Catmull–Rom between the field's bins; beyond its last one the level stays what it is there, under the taper.
            double a = magnitudeDb[at + Math.max(0, j - 1)];
            double b = magnitudeDb[at + j];
            double c = magnitudeDb[at + j + 1];
            double d = magnitudeDb[at + Math.min(bins - 1, j + 2)];
            double db = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
            logMagnitude[k] = (float) (nepers * db);
        }
        design.design(logMagnitude, taper, lead, fir, taps);
        // The last sixth fades, so that the end of the filter makes no step.
        int fade = taps / 6;
        for (int i = 0; i < fade; i++) {
            fir[taps - 1 - i] *= (float) (0.5 - 0.5 * Math.cos(Math.PI * (i + 0.5) / fade));
        }
    }

    @Override
    public void close() {
        // The field may be shared, and holds nothing that has to be closed.
    }
}
