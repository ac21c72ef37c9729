package io.pinna.internal.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.internal.hrtf.DelaunaySphere;
import io.pinna.internal.hrtf.HrtfSource;
import io.pinna.internal.hrtf.NearField;
import io.pinna.internal.hrtf.SphereTriangulation;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FilterBuilderTest {
    private static final int RATE = 48000;
    private static final int TAPS = 40;
    private static final int LEAD = 6;

    /** Locates and builds, as a listener's mix and the renderer do. */
    private static final class Filters {
        private final FilterLocator locator;
        private final FilterBuilder builder;
        private final FilterSpec spec = new FilterSpec();

        Filters(HrtfTable table, NearField nearField) {
            locator = new FilterLocator(table, nearField);
            builder = new FilterBuilder(table, nearField, io.pinna.internal.simd.PlainKernels.INSTANCE);
        }

        boolean isReady(float x, float y, float z, double meters, int[] hint) {
            return locator.isReady(x, y, z, meters, hint);
        }

        boolean build(float x, float y, float z, double meters, int[] hint, float[] gain, StereoSpectrum out) {
            boolean found = locator.locate(x, y, z, meters, hint, gain, spec);
            if (found) {
                builder.build(spec, out);
            }
            return found;
        }
    }

    /** Random band-limited responses on some shells, with a delay that grows with the side. */
    private static final class Shells implements HrtfSource {
        final DelaunaySphere sphere = DelaunaySphere.geodesic(2);
        final double[] distances;
        final double[][] left;
        final double[][] right;

        Shells(double... distances) {
            this.distances = distances;
            left = new double[vertexCount()][];
            right = new double[vertexCount()][];
            Random random = new Random(4);
            for (int v = 0; v < left.length; v++) {
                left[v] = response(random);
                right[v] = response(random);
            }
        }

        private static double[] response(Random random) {
            double[] h = new double[TAPS];
            for (int i = LEAD; i < TAPS - 4; i++) {
                double x = random.nextGaussian() * Math.exp(-0.2 * (i - LEAD));
                // (1 + z⁻¹)³ has a triple zero at half the rate, as sources promise to taper.
                h[i] += x;
                h[i + 1] += 3 * x;
                h[i + 2] += 3 * x;
                h[i + 3] += x;
            }
            return h;
        }

        double delay(int vertex) {
            int shell = vertex / sphere.vertexCount();
            return sphere.coordinate(vertex % sphere.vertexCount(), 1) * (4e-4 + 2e-5 * shell);
        }

        @Override
        public int sampleRateHz() {
            return RATE;
        }

        @Override
        public int taps() {
            return TAPS;
        }

        @Override
        public int leadTaps() {
            return LEAD;
        }

        @Override
        public double maxInterauralDelaySeconds() {
            return 1e-3;
        }

        @Override
        public int shellCount() {
            return distances.length;
        }

        @Override
        public double shellDistanceMeters(int shell) {
            return distances[shell];
        }

        @Override
        public SphereTriangulation triangulation(int shell) {
            return sphere;
        }

        @Override
        public int firstVertex(int shell) {
            return shell * sphere.vertexCount();
        }

        @Override
        public int vertexCount() {
            return distances.length * sphere.vertexCount();
        }

        @Override
        public void evaluate(int[] vertices, int count, Sink sink) {
            for (int i = 0; i < count; i++) {
                sink.accept(vertices[i], floats(left[vertices[i]]), floats(right[vertices[i]]), delay(vertices[i]));
            }
        }

        private static float[] floats(double[] x) {
            float[] y = new float[x.length];
            for (int i = 0; i < y.length; i++) {
                y[i] = (float) x[i];
            }
            return y;
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }

    private static HrtfTable full(Shells source) {
        HrtfTable table = new HrtfTable(source, 128);
        int[] all = new int[source.vertexCount()];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
        }
        table.fill(all, all.length);
        return table;
    }

    @Test
    @Tag("reference")
    void agreesWithTheSumWrittenOut() {
        double[] distances = new double[20];
        for (int s = 0; s < distances.length; s++) {
            // More shells than any measured set has.
            distances[s] = 0.2 * Math.pow(1.2, s);
        }
        Shells source = new Shells(distances);
        HrtfTable table = full(source);
        Filters builder = new Filters(table, null);
        Random random = new Random(8);
        int n = table.fftSize();
        int bins = n / 2 + 1;
        int[] hint = new int[distances.length];
        for (int run = 0; run < 40; run++) {
            double[] u = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
            double length = Math.sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2]);
            double meters = run == 0 ? 0 : run == 1 ? 1e9 : run == 2 ? distances[5] : 0.1 * Math.pow(100, random.nextDouble());
            float gain = 0.5f + random.nextFloat();
            StereoSpectrum out = new StereoSpectrum(bins);
            assertTrue(builder.build((float) (u[0] / length), (float) (u[1] / length), (float) (u[2] / length), meters, hint, new float[] {gain, gain, gain}, out));
            double[][] weights = weights(source, u, length, meters);
            double delay = 0;
            for (double[] w : weights) {
                delay += w[1] * source.delay((int) w[0]) * RATE;
            }
            for (int k = 0; k < bins; k++) {
                double[] left = new double[2];
                double[] right = new double[2];
                for (double[] w : weights) {
                    add(left, source.left[(int) w[0]], w[1] * gain, k, n, table.centreSamples() - LEAD - 0.5 * delay);
                    add(right, source.right[(int) w[0]], w[1] * gain, k, n, table.centreSamples() - LEAD + 0.5 * delay);
                }
                assertEquals(left[0], out.leftRe[k], 2e-4, "left, real, bin " + k + ", run " + run);
                assertEquals(k == bins - 1 ? 0 : left[1], out.leftIm[k], 2e-4, "left, imaginary, bin " + k);
                assertEquals(right[0], out.rightRe[k], 2e-4, "right, real, bin " + k);
                assertEquals(k == bins - 1 ? 0 : right[1], out.rightIm[k], 2e-4, "right, imaginary, bin " + k);
            }
        }
    }

    /** Pairs of vertex and weight. */
    private static double[][] weights(Shells source, double[] u, double length, double meters) {
        double[] d = source.distances;
        int last = d.length - 1;
        int outer = last;
        double part = 1;
        if (meters <= d[0]) {
            outer = 0;
        } else if (meters < d[last]) {
            outer = 1;
            while (d[outer] < meters) {
                outer++;
            }
            part = Math.log(meters / d[outer - 1]) / Math.log(d[outer] / d[outer - 1]);
        }
        float[] w = new float[3];
        int t = source.sphere.locate((float) (u[0] / length), (float) (u[1] / length), (float) (u[2] / length), 0, w);
        double[][] result = new double[6][2];
        for (int c = 0; c < 3; c++) {
            int vertex = source.sphere.corner(t, c);
            result[c] = new double[] {source.firstVertex(outer) + vertex, part * w[c]};
            result[3 + c] = new double[] {source.firstVertex(Math.max(0, outer - 1)) + vertex, (1 - part) * w[c]};
        }
        return result;
    }

    private static void add(double[] sum, double[] h, double weight, int k, int n, double delaySamples) {
        for (int i = 0; i < h.length; i++) {
            double a = -2 * Math.PI * k * (i + delaySamples) / n;
            sum[0] += weight * h[i] * Math.cos(a);
            sum[1] += weight * h[i] * Math.sin(a);
        }
    }

    /** The near field begins below the nearest measured distance, without a step; within the measured ones the file decides. */
    @Test
    @Tag("unit")
    void setsWithSeveralDistancesKeepTheirOwnNearField() {
        HrtfTable table = full(new Shells(0.3, 0.7, 1.5));
        Filters with = new Filters(table, table.nearField());
        Filters without = new Filters(table, null);
        int bins = table.fftSize() / 2 + 1;
        for (double meters : new double[] {0.3, 0.45, 0.7, 1, 2}) {
            assertEquals(0, difference(with, without, meters, bins), 0, meters + " m");
        }
        assertEquals(0, difference(with, without, 0.2999, bins), 0.02);
        assertTrue(difference(with, without, 0.15, bins) > 1, "nearer than any measured distance");
    }

    private static double difference(Filters a, Filters b, double meters, int bins) {
        StereoSpectrum x = new StereoSpectrum(bins);
        StereoSpectrum y = new StereoSpectrum(bins);
        assertTrue(a.build(0.28f, 0.96f, 0, meters, new int[3], new float[] {1, 1, 1}, x));
        assertTrue(b.build(0.28f, 0.96f, 0, meters, new int[3], new float[] {1, 1, 1}, y));
        double most = 0;
        for (int k = 0; k < bins; k++) {
            most = Math.max(most, Math.hypot(x.leftRe[k] - y.leftRe[k], x.leftIm[k] - y.leftIm[k]));
            most = Math.max(most, Math.hypot(x.rightRe[k] - y.rightRe[k], x.rightIm[k] - y.rightIm[k]));
        }
        return most;
    }

    @Test
    @Tag("unit")
    void waitsForCornersThatCountAndForNoOthers() {
        Shells source = new Shells(1);
        HrtfTable table = new HrtfTable(source, 128);
        Filters builder = new Filters(table, null);
        int[] hint = new int[1];
        float x = source.sphere.coordinate(7, 0);
        float y = source.sphere.coordinate(7, 1);
        float z = source.sphere.coordinate(7, 2);
        StereoSpectrum out = new StereoSpectrum(table.fftSize() / 2 + 1);
        out.leftRe[3] = 42;
        assertFalse(builder.isReady(x, y, z, 1, hint));
        assertFalse(builder.build(x, y, z, 1, hint, new float[] {1, 1, 1}, out));
        assertEquals(42, out.leftRe[3], "nothing is written");
        table.fill(new int[] {7}, 1);
        // On a vertex, whichever of its triangles the search ends in, only that vertex is needed.
        for (int t = 0; t < source.sphere.triangleCount(); t++) {
            hint[0] = t;
            assertTrue(builder.isReady(x, y, z, 1, hint), "from triangle " + t);
        }
        assertTrue(builder.build(x, y, z, 1, hint, new float[] {1, 1, 1}, out));
    }
}
