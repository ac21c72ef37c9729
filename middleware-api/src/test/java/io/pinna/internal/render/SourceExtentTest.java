package io.pinna.internal.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.Bands;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DirectivityCurve;
import io.pinna.acoustics.DistanceCurve;
import io.pinna.acoustics.DistanceModel;
import io.pinna.internal.hrtf.NearField;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SourceExtentTest {
    @Test
    @Tag("unit")
    void valuesThatCanBeCheckedByHand() {
        assertEquals(1, SourceExtent.spread(0, 4), 0);
        assertEquals(1.0 / 3, SourceExtent.spread(4, 4), 1e-12);
        assertEquals(1 - 0.1 / 12, SourceExtent.spread(0.1, 4), 1e-4);
        assertEquals(4.0 * 4 / (5 * 400 * 400), SourceExtent.spread(400, 4), 1e-8);
        assertEquals(12, SourceExtent.curvatureMeters(0, 4), 1e-12);
        assertEquals(6, SourceExtent.curvatureMeters(4, 4), 1e-9);
        assertEquals(400, SourceExtent.curvatureMeters(400, 4), 0.01);
        assertEquals(4, SourceExtent.levelMeters(0, 4), 0);
        assertEquals(4, SourceExtent.levelMeters(3.9, 4), 0);
        assertEquals(4.1, SourceExtent.levelMeters(4.1, 4), 0);
    }

    /**
     * The ball as the listener sees it: what lies in a direction at a distance s grows with s² as the energy of each source falls with it, so that a direction brings as much as the ball is thick in it.
     */
    @Test
    @Tag("reference")
    void isWhatABallOfManySourcesIs() {
        double radius = 2;
        for (double d : new double[] {0.01, 0.3, 1, 1.7, 1.99, 2.01, 2.3, 3, 6, 20}) {
            double energy = 0;
            double intensity = 0;
            int steps = 2_000_000;
            for (int i = 0; i < steps; i++) {
                // Of the angle to the centre.
                double cosine = -1 + 2 * (i + 0.5) / steps;
                double root = radius * radius - d * d * (1 - cosine * cosine);
                double thick = root <= 0 ? 0 : d < radius ? d * cosine + Math.sqrt(root) : cosine > 0 ? 2 * Math.sqrt(root) : 0;
                energy += thick;
                intensity += cosine * thick;
            }
            assertEquals(1 - intensity / energy, SourceExtent.spread(d, radius), 1e-5, d + " m");
            assertEquals(d * energy / intensity, SourceExtent.curvatureMeters(d, radius), 1e-4 * d * energy / intensity, d + " m");
        }
    }

    @Test
    @Tag("property")
    void nothingSteps() {
        for (double radius : new double[] {0.21, 0.5, 1, 5, 300}) {
            double extent = SourceExtent.extentMeters(radius);
            double spread = 1;
            double curvature = SourceExtent.curvatureMeters(0, extent);
            double level = extent;
            for (int i = 1; i <= 8000; i++) {
                double d = extent * i / 1000;
                double nextSpread = SourceExtent.spread(d, extent);
                double nextCurvature = SourceExtent.curvatureMeters(d, extent);
                double nextLevel = SourceExtent.levelMeters(d, extent);
                assertTrue(nextSpread <= spread + 1e-12 && spread - nextSpread < 0.008, "spread " + spread + " to " + nextSpread + " at " + d + " of " + extent);
                assertEquals(curvature, nextCurvature, 0.013 * extent, "curvature at " + d + " of " + extent);
                assertTrue(nextLevel >= level && nextLevel - level <= extent * 0.0011);
                assertTrue(nextCurvature >= d - 1e-9 * d);
                assertTrue(nextSpread >= 0 && nextSpread <= 1);
                spread = nextSpread;
                curvature = nextCurvature;
                level = nextLevel;
            }
            // Where series take over from formulas.
            for (double x : new double[] {Math.sqrt(1e-3), 1 / Math.sqrt(1e-3), 1}) {
                assertEquals(SourceExtent.spread(extent * x * (1 - 1e-9), extent), SourceExtent.spread(extent * x * (1 + 1e-9), extent), 1e-7);
                assertEquals(SourceExtent.curvatureMeters(extent * x * (1 - 1e-9), extent), SourceExtent.curvatureMeters(extent * x * (1 + 1e-9), extent), 1e-7 * extent * Math.max(1, x));
            }
        }
    }

    @Test
    @Tag("unit")
    void insideALargeSourceThereIsNoNearField() {
        for (double radius : new double[] {0.67, 1, 10, 1000}) {
            double extent = SourceExtent.extentMeters(radius);
            assertEquals(radius, extent, 0);
            for (int i = 0; i <= 100; i++) {
                assertTrue(SourceExtent.curvatureMeters(extent * i / 100, extent) >= NearField.START_METERS, radius + " m");
            }
        }
    }

    @Test
    @Tag("unit")
    void smallSourcesArePointsAndSizeGrowsWithoutAStep() {
        for (double radius : new double[] {0, 0.1, 0.2}) {
            double extent = SourceExtent.extentMeters(radius);
            assertEquals(0, extent, 0);
            for (double d : new double[] {0, 0.01, 0.15, 3}) {
                assertEquals(0, SourceExtent.spread(d, extent), 0);
                assertEquals(d, SourceExtent.curvatureMeters(d, extent), 0);
                assertEquals(d, SourceExtent.levelMeters(d, extent), 0);
            }
        }
        assertEquals(0.25, SourceExtent.extentMeters(0.35), 1e-12);
        assertEquals(0.5, SourceExtent.extentMeters(0.5), 0);
        assertEquals(0.5, SourceExtent.extentMeters(0.5 - 1e-12), 1e-11);
        double before = 0;
        for (double r = 0; r < 1; r += 0.001) {
            double extent = SourceExtent.extentMeters(r);
            assertTrue(extent >= before && extent - before < 0.002);
            before = extent;
        }
    }

    /** What the audio thread asks for each path of each block. */
    @Test
    @Tag("realtime")
    void levelsOfAPathAllocateNothing() {
        double[][] meters = new double[200][];
        double[][] degrees = new double[180][];
        for (int i = 0; i < meters.length; i++) {
            meters[i] = new double[] {1 + i, -0.3 * i};
        }
        for (int i = 0; i < degrees.length; i++) {
            degrees[i] = new double[] {i, -0.1 * i, -0.2 * i, -0.3 * i};
        }
        DistanceModel distance = DistanceModel.custom(DistanceCurve.of(meters));
        Directivity directivity = new Directivity(0.3, 2, DirectivityCurve.of(degrees));
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        double sum = 0;
        for (int round = 0; round < 10; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20_000; i++) {
                double d = 0.01 * i;
                double extent = SourceExtent.extentMeters(0.001 * i);
                sum += distance.gainLinear(SourceExtent.levelMeters(d, extent)) + SourceExtent.spread(d, extent) + SourceExtent.curvatureMeters(d, extent);
                for (int b = 0; b < Bands.COUNT; b++) {
                    sum += directivity.gainLinear(b, Math.sin(i));
                }
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least, "bytes");
        assertTrue(sum > 0 && Double.isFinite(sum));
    }
}
