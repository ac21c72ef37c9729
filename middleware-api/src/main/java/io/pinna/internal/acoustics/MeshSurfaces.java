package io.pinna.internal.acoustics;

import io.pinna.acoustics.Bands;
import java.util.Arrays;

/**
 * Which triangles of a mesh lie in one plane, so that a wall mirrors sound as one wall, however it is cut into triangles and materials. Immutable, shared by all threads; built with its
 * {@link AcousticMesh} on the thread that adds the mesh (sorting and one pass over a hash table), beside the finding of edges.
 *
 * <p>A surface is everything in one plane, connected or not: what is mirrored in a plane has one image, and whether there is something at a point of the plane only a ray tells. The plane of
 * a surface is the mean of its triangles weighted by area; the largest triangle of each plane opens the surface, so slivers do not decide where it lies.
 */
final class MeshSurfaces {
    /** How far a corner may be from the plane of the largest triangle of its surface, as a fraction of the mesh's size, but at least {@link #CORNER_UNITS}. Ten times the rounding of floats. */
    private static final double CORNER_FRACTION = 1e-6;
    /** See {@link #CORNER_FRACTION}; local units, one millimetre where the instance is not scaled. */
    private static final double CORNER_UNITS = 1e-3;
    /** Largest sine of the angle between a triangle and its surface. */
    private static final double SINE = 1e-3;
    /** Cells of the hash table are this many tolerances wide, so that most triangles are away from the borders of their cells and look into one only. */
    private static final double CELL_TOLERANCES = 32;
    /** Surfaces of one cell that are compared; a mesh that has more there, one that is bent finely, gets some surfaces twice, which costs work but makes no error. */
    private static final int LONGEST_CHAIN = 64;

    /** By place in the tree of the mesh: the number of the surface. */
    final int[] surface;
    /** Unit normal and a point of the plane by surface: nx, ny, nz, px, py, pz, relative to the middle of the mesh. */
    final double[] plane;
    /** Low and high corner of the bounds by surface: x, y, z each, relative to the middle of the mesh. */
    final double[] bounds;
    /** Area by surface, in square local units. */
    final double[] area;
    /** By surface: the largest amplitude that any of its materials reflects specularly in any band. */
    final double[] largestGain;
    final int count;

    MeshSurfaces(Bvh bvh, int[] material, double[] absorption, double[] scattering, double size) {
        int triangles = bvh.triangleCount();
        int[] byArea = new int[triangles];
        double[] n = new double[6];
        for (int place = 0; place < triangles; place++) {
            byArea[place] = Float.floatToRawIntBits((float) normal(bvh, place, n));
        }
        double[] materialGain = new double[scattering.length];
        for (int m = 0; m < scattering.length; m++) {
            for (int b = 0; b < Bands.COUNT; b++) {
                materialGain[m] = Math.max(materialGain[m], Math.sqrt((1 - absorption[m * Bands.COUNT + b]) * (1 - scattering[m])));
            }
        }
        Finder finder = new Finder(bvh, size);
        surface = new int[triangles];
        for (int place : largestFirst(byArea)) {
            surface[place] = finder.add(place, materialGain[material[place]]);
        }
        count = finder.found;
        double[] sum = finder.sum;
        plane = new double[6 * count];
        area = new double[count];
        bounds = new double[6 * count];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = finder.box[i];
        }
        largestGain = Arrays.copyOf(finder.gain, count);
        for (int s = 0; s < count; s++) {
            double x = sum[7 * s];
            double y = sum[7 * s + 1];
            double z = sum[7 * s + 2];
            double length = Math.sqrt(x * x + y * y + z * z);
            plane[6 * s] = x / length;
            plane[6 * s + 1] = y / length;
            plane[6 * s + 2] = z / length;
            for (int a = 3; a < 6; a++) {
                plane[6 * s + a] = sum[7 * s + a] / sum[7 * s + 6];
            }
            area[s] = sum[7 * s + 6] / 2;
        }
    }

    /** Sorts places by the bits of their areas, of equal ones the lower place first: three rounds of counting. */
    private static int[] largestFirst(int[] areaBits) {
        int[] places = new int[areaBits.length];
        int[] sorted = new int[areaBits.length];
        for (int i = 0; i < places.length; i++) {
            places[i] = i;
        }
        for (int shift = 0; shift < 33; shift += 11) {
            int[] begin = new int[2049];
            for (int bits : areaBits) {
                begin[(~bits >>> shift & 2047) + 1]++;
            }
            for (int d = 0; d < 2048; d++) {
                begin[d + 1] += begin[d];
            }
            for (int place : places) {
                sorted[begin[~areaBits[place] >>> shift & 2047]++] = place;
            }
            int[] swap = places;
            places = sorted;
            sorted = swap;
        }
        return places;
    }

    /** Where to look for surfaces near a triangle: variant 0 is its own cell, the others are across the borders that are near; −1 where that border is not. */
    private static int slot(int[] cells, int[] other, int variant, int size) {
        long h = 0x9E3779B97F4A7C15L;
        for (int a = 0; a < 4; a++) {
            int step = (variant >> a & 1) == 0 ? 0 : other[a];
            if ((variant >> a & 1) != 0 && step == 0) {
                return -1;
            }
            h = (h ^ cells[a] + step) * 0xBF58476D1CE4E5B9L;
            h ^= h >>> 29;
        }
        return (int) (h >>> 20) & size - 1;
    }

    /** Whether a triangle lies in the plane of a surface's first one. */
    private static boolean lies(Bvh bvh, int place, double[] n, double[] seed, int at, double tolerance) {
        double nx = seed[at];
        double ny = seed[at + 1];
        double nz = seed[at + 2];
        // The sine, because a cosine would not resolve so small an angle.
        double cx = ny * n[2] - nz * n[1];
        double cy = nz * n[0] - nx * n[2];
        double cz = nx * n[1] - ny * n[0];
        if (cx * cx + cy * cy + cz * cz > SINE * SINE) {
            return false;
        }
        for (int k = 0; k < 3; k++) {
            double d = nx * (bvh.corner(place, k, 0) - seed[at + 3]) + ny * (bvh.corner(place, k, 1) - seed[at + 4]) + nz * (bvh.corner(place, k, 2) - seed[at + 5]);
            if (!(Math.abs(d) <= tolerance)) {
                return false;
            }
        }
        return true;
    }

    /** Leaves the unit normal and the centroid of a triangle in n. @return twice its area */
    private static double normal(Bvh bvh, int place, double[] n) {
        double ax = bvh.corner(place, 0, 0);
        double ay = bvh.corner(place, 0, 1);
        double az = bvh.corner(place, 0, 2);
        double ex = bvh.corner(place, 1, 0) - ax;
        double ey = bvh.corner(place, 1, 1) - ay;
        double ez = bvh.corner(place, 1, 2) - az;
        double fx = bvh.corner(place, 2, 0) - ax;
        double fy = bvh.corner(place, 2, 1) - ay;
        double fz = bvh.corner(place, 2, 2) - az;
        double nx = ey * fz - ez * fy;
        double ny = ez * fx - ex * fz;
        double nz = ex * fy - ey * fx;
        double length = Math.sqrt(nx * nx + ny * ny + nz * nz);
        n[0] = nx / length;
        n[1] = ny / length;
        n[2] = nz / length;
        n[3] = ax + (ex + fx) / 3;
        n[4] = ay + (ey + fy) / 3;
        n[5] = az + (ez + fz) / 3;
        return length;
    }

    /** What finding surfaces needs, dropped afterwards. In small methods, so that the first mesh of a program does not wait for one large one to be compiled. */
    private static final class Finder {
        private final Bvh bvh;
        private final double tolerance;
        private final double cell;
        private final int tableSize;
        private final int[] head;
        private int[] next = new int[16];
        private double[] seed = new double[6 * 16];
        private double[] sum = new double[7 * 16];
        private float[] box = new float[6 * 16];
        private double[] gain = new double[16];
        private int found;
        /** Unit normal and centroid of the triangle at hand. */
        private final double[] n = new double[6];
        private final int[] cells = new int[4];
        private final int[] other = new int[4];

        Finder(Bvh bvh, double size) {
            this.bvh = bvh;
            tolerance = Math.max(CORNER_UNITS, CORNER_FRACTION * size);
            cell = CELL_TOLERANCES * tolerance;
            tableSize = Integer.highestOneBit(Math.max(16, bvh.triangleCount())) << 1;
            head = new int[tableSize];
            Arrays.fill(head, -1);
        }

        /** @return the number of the surface of a triangle, the next free one if it opens a surface */
        int add(int place, double materialGain) {
            double twice = normal(bvh, place, n);
            locate();
            int at = find(place);
            if (at < 0) {
                at = open();
            }
            for (int a = 0; a < 3; a++) {
                sum[7 * at + a] += twice * n[a];
                sum[7 * at + 3 + a] += twice * n[3 + a];
                for (int k = 0; k < 3; k++) {
                    float x = bvh.corner(place, k, a);
                    box[6 * at + a] = Math.min(box[6 * at + a], x);
                    box[6 * at + 3 + a] = Math.max(box[6 * at + 3 + a], x);
                }
            }
            sum[7 * at + 6] += twice;
            gain[at] = Math.max(gain[at], materialGain);
            return at;
        }

        /** Which cell the triangle at hand is in. */
        private void locate() {
            // One of the two normals, so that triangles wound either way meet in the table: the longest component is positive. Where two are equally long, the sign may come out either way by
            // rounding; then a plane has two surfaces, which the finder joins again.
            double ax = Math.abs(n[0]);
            double ay = Math.abs(n[1]);
            double az = Math.abs(n[2]);
            double lead = ax >= ay && ax >= az ? n[0] : ay >= az ? n[1] : n[2];
            if (lead < 0) {
                n[0] = -n[0];
                n[1] = -n[1];
                n[2] = -n[2];
            }
            double offset = n[0] * n[3] + n[1] * n[4] + n[2] * n[5];
            for (int a = 0; a < 4; a++) {
                double at = a < 3 ? n[a] / (CELL_TOLERANCES * SINE) : offset / cell;
                double floor = Math.floor(at);
                cells[a] = (int) (long) floor;
                // The offset of a triangle far from the middle depends on its angle; the corners decide, here it is only about where to look.
                other[a] = at - floor < 1 / CELL_TOLERANCES ? -1 : at - floor > 1 - 1 / CELL_TOLERANCES ? 1 : 0;
            }
        }

        /** @return the surface in which the triangle at hand lies, −1 for none */
        private int find(int place) {
            int chain = 0;
            for (int variant = 0; variant < 16; variant++) {
                int slot = slot(cells, other, variant, tableSize);
                if (slot < 0) {
                    continue;
                }
                for (int s = head[slot]; s >= 0 && chain < LONGEST_CHAIN; s = next[s], chain++) {
                    if (lies(bvh, place, n, seed, 6 * s, tolerance)) {
                        return s;
                    }
                }
            }
            return -1;
        }

        private int open() {
            int at = found++;
            if (at == next.length) {
                next = Arrays.copyOf(next, 2 * at);
                seed = Arrays.copyOf(seed, 12 * at);
                sum = Arrays.copyOf(sum, 14 * at);
                box = Arrays.copyOf(box, 12 * at);
                gain = Arrays.copyOf(gain, 2 * at);
            }
            int slot = slot(cells, other, 0, tableSize);
            next[at] = head[slot];
            head[slot] = at;
            System.arraycopy(n, 0, seed, 6 * at, 6);
            Arrays.fill(box, 6 * at, 6 * at + 3, Float.POSITIVE_INFINITY);
            Arrays.fill(box, 6 * at + 3, 6 * at + 6, Float.NEGATIVE_INFINITY);
            return at;
        }
    }
}
