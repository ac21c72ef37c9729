package io.pinna.internal.acoustics;

import io.pinna.InvalidValueException;
import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.TriangleMesh;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.function.Supplier;

/**
 * A {@link TriangleMesh} made ready for rays: its hierarchy, its materials by triangle, and which triangles bound solids. Immutable, shared by all threads; built once a mesh on the thread that
 * adds it, with the help of the common pool, to the same bits on any number of threads.
 *
 * <p>For a building of 960 000 triangles that takes 1.6 s of processor time, 0.9 to 1.0 s by the clock on two cores. The first mesh of a Java process takes 3.2 to 3.6 s of processor time, 0.9 s of
 * that for compiling this code, and 1.9 to 2.2 s by the clock (Java 17, two virtual cores; the clock was read while little else ran on them). About half is the tree.
 *
 * <p>Inside, coordinates are relative to {@link #centre}, so that a mesh far from its own origin loses no digits to floats.
 */
public final class AcousticMesh {
    /** A coordinate beyond this (local units) is treated like one that is not finite: no place on Earth needs it, and products of it leave the range of floats. */
    public static final float LARGEST_COORDINATE = 1e9f;
    /** Solids are seldom larger, rooms seldom smaller. */
    private static final double ROOM_CUBIC_METERS = 8;
    /** A triangle whose area is below this fraction of the square of its longest edge is a line. */
    private static final double DEGENERATE = 1e-10;
    /** From so many triangles on, steps that do not need each other are worked out side by side. */
    private static final int SIDE_BY_SIDE = 8192;

    private final String name;
    private final List<AcousticMaterial> materials;
    private final int skippedTriangles;
    /** Middle of the bounds in the mesh's own coordinates. */
    final double[] centre = new double[3];
    /** Half of the bounds' size, at least a little in each direction. */
    final double[] half = new double[3];
    final Bvh bvh;
    /** By place in the tree: number of the material. */
    final int[] material;
    /** By place in the tree: number of the solid, {@link SolidFinder#OPEN} for a sheet. */
    final int[] solid;
    /** By place in the tree: whether who meets the front side enters the solid. */
    final boolean[] frontEnters;
    /** By solid: whether sides tell entering from leaving. */
    final boolean[] oriented;
    /** By solid: whether it may be a room that is modelled by its inner surface, in which whoever stands is not in anything. */
    final boolean[] roomy;
    /** Energy fraction by material and band. */
    final double[] transmission;
    /** Energy fraction by material and band. */
    final double[] absorption;
    /** By material: which fraction of what is reflected leaves diffusely. */
    final double[] scattering;
    /** What sound bends around. */
    final DiffractionEdges edges;
    /** Which triangles mirror as one. */
    final MeshSurfaces surfaces;

    private AcousticMesh(TriangleMesh mesh) {
        this.name = mesh.name();
        this.materials = mesh.materials();
        int vertices = mesh.vertexCount();
        int triangles = mesh.triangleCount();
        if (triangles > BvhBuilder.MAX_ITEMS) {
            throw new InvalidValueException("mesh " + name + ": " + triangles + " triangles; at most " + BvhBuilder.MAX_ITEMS + " fit in one mesh: split it");
        }
        boolean[] usable = new boolean[vertices];
        for (int v = 0; v < vertices; v++) {
            usable[v] = usable(mesh.vertex(v, 0)) && usable(mesh.vertex(v, 1)) && usable(mesh.vertex(v, 2));
        }
        int[] kept = new int[triangles];
        double[] low = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
        double[] high = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
        boolean[] used = new boolean[vertices];
        int keptCount = keep(mesh, usable, kept, used);
        for (int v = 0; v < vertices; v++) {
            for (int a = 0; a < 3 && used[v]; a++) {
                double x = mesh.vertex(v, a);
                low[a] = Math.min(low[a], x);
                high[a] = Math.max(high[a], x);
            }
        }
        for (int a = 0; a < 3 && keptCount > 0; a++) {
            centre[a] = (low[a] + high[a]) / 2;
        }
        float[] positions = new float[3 * vertices];
        for (int v = 0; v < vertices; v++) {
            for (int a = 0; a < 3; a++) {
                positions[3 * v + a] = usable[v] ? (float) (mesh.vertex(v, a) - centre[a]) : 0;
            }
        }
        int[] indices = new int[3 * keptCount];
        int[] solidTriangles = new int[keptCount];
        float[] corners = new float[9 * keptCount];
        int[] source = new int[keptCount];
        int count = gather(mesh, kept, keptCount, positions, indices, solidTriangles, corners, source);
        this.skippedTriangles = triangles - count;
        if (count == 0) {
            throw new InvalidValueException("mesh " + name + ": none of its " + triangles
                    + " triangles has an area and finite corners within " + LARGEST_COORDINATE + "; give at least one");
        }
        double size = Math.max(high[0] - low[0], Math.max(high[1] - low[1], high[2] - low[2]));
        for (int a = 0; a < 3; a++) {
            half[a] = (high[a] - low[a]) / 2 + 1e-3 * size;
        }
        float[] cornersWithArea = count == keptCount ? corners : Arrays.copyOf(corners, 9 * count);
        // What does not need each other goes side by side: the tree, which shares what cores are left, beside the solids and the welding; then surfaces beside edges.
        boolean sideBySide = count >= SIDE_BY_SIDE;
        Supplier<SolidFinder> finding = start(sideBySide, () -> new SolidFinder(positions, indices));
        Supplier<int[]> welding = start(sideBySide, () -> DiffractionEdges.weld(positions, used, size));
        this.bvh = Bvh.build(cornersWithArea);
        this.material = new int[count];
        this.solid = new int[count];
        this.frontEnters = new boolean[count];
        for (int place = 0; place < count; place++) {
            material[place] = mesh.materialNumber(source[bvh.original(place)]);
        }
        this.transmission = new double[materials.size() * Bands.COUNT];
        this.absorption = new double[materials.size() * Bands.COUNT];
        this.scattering = new double[materials.size()];
        for (int m = 0; m < materials.size(); m++) {
            for (int b = 0; b < Bands.COUNT; b++) {
                transmission[m * Bands.COUNT + b] = materials.get(m).transmission().get(b);
                // What goes through is not reflected either, whatever a material of somebody's own says.
                absorption[m * Bands.COUNT + b] = Math.max(materials.get(m).absorption().get(b), materials.get(m).transmission().get(b));
            }
            scattering[m] = materials.get(m).scattering();
        }
        Supplier<MeshSurfaces> mirrors = start(sideBySide, () -> new MeshSurfaces(bvh, material, absorption, scattering, size));
        SolidFinder finder = finding.get();
        int[] cornerWelded = settle(finder, welding.get(), solidTriangles, indices);
        this.oriented = Arrays.copyOf(finder.oriented, finder.solidCount);
        this.roomy = new boolean[finder.solidCount];
        for (int s = 0; s < roomy.length; s++) {
            roomy[s] = Math.abs(finder.volume[s]) > ROOM_CUBIC_METERS;
        }
        settleInwardSolids(finder, size);
        this.edges = DiffractionEdges.of(bvh.triangles(), cornerWelded, vertices, solid, frontEnters, oriented);
        this.surfaces = mirrors.get();
    }

    /** Begins a step on another thread, or puts it off until its result is asked for. */
    private static <T> Supplier<T> start(boolean sideBySide, Callable<T> step) {
        return sideBySide ? ForkJoinPool.commonPool().submit(step)::join : ForkJoinTask.adapt(step)::invoke;
    }

    /** Lists the triangles all of whose corners are usable and marks those. @return how many there are */
    private static int keep(TriangleMesh mesh, boolean[] usable, int[] kept, boolean[] used) {
        int keptCount = 0;
        int triangles = mesh.triangleCount();
        for (int t = 0; t < triangles; t++) {
            if (usable[mesh.index(t, 0)] && usable[mesh.index(t, 1)] && usable[mesh.index(t, 2)]) {
                kept[keptCount++] = t;
                for (int k = 0; k < 3; k++) {
                    used[mesh.index(t, k)] = true;
                }
            }
        }
        return keptCount;
    }

    /** Collects corners of the triangles that have an area, and vertex numbers of all. @return how many have one */
    private static int gather(TriangleMesh mesh, int[] kept, int keptCount, float[] positions, int[] indices, int[] solidTriangles, float[] corners, int[] source) {
        int count = 0;
        for (int i = 0; i < keptCount; i++) {
            for (int k = 0; k < 3; k++) {
                int v = mesh.index(kept[i], k);
                indices[3 * i + k] = v;
                System.arraycopy(positions, 3 * v, corners, 9 * count + 3 * k, 3);
            }
            if (hasArea(corners, 9 * count)) {
                solidTriangles[count] = i;
                source[count++] = kept[i];
            }
        }
        return count;
    }

    /** Takes what the finder says about each triangle. @return the welded vertex of each corner by place */
    private int[] settle(SolidFinder finder, int[] welded, int[] solidTriangles, int[] indices) {
        int count = solid.length;
        int[] cornerWelded = new int[3 * count];
        for (int place = 0; place < count; place++) {
            int i = solidTriangles[bvh.original(place)];
            solid[place] = finder.solid[i];
            frontEnters[place] = !finder.flipped[i];
            for (int k = 0; k < 3; k++) {
                cornerWelded[3 * place + k] = welded[indices[3 * i + k]];
            }
        }
        return cornerWelded;
    }

    /**
     * @throws InvalidValueException if no triangle with an area and usable corners is left
     */
    public static AcousticMesh of(TriangleMesh mesh) {
        return new AcousticMesh(mesh);
    }

    private static boolean usable(float coordinate) {
        return Math.abs(coordinate) <= LARGEST_COORDINATE;
    }

    private static boolean hasArea(float[] c, int p) {
        double ex = (double) c[p + 3] - c[p];
        double ey = (double) c[p + 4] - c[p + 1];
        double ez = (double) c[p + 5] - c[p + 2];
        double fx = (double) c[p + 6] - c[p];
        double fy = (double) c[p + 7] - c[p + 1];
        double fz = (double) c[p + 8] - c[p + 2];
        double gx = fx - ex;
        double gy = fy - ey;
        double gz = fz - ez;
        double nx = ey * fz - ez * fy;
        double ny = ez * fx - ex * fz;
        double nz = ex * fy - ey * fx;
        double longest = Math.max(ex * ex + ey * ey + ez * ez, Math.max(fx * fx + fy * fy + fz * fz, gx * gx + gy * gy + gz * gz));
        return Math.sqrt(nx * nx + ny * ny + nz * nz) > DEGENERATE * longest;
    }

    /**
     * A closed surface wound inwards is either the inner skin of a hollow solid (a room with thick walls: it stands inside a surface wound outwards, and both bound one wall) or a solid whose
     * author wound it the other way round (a room seen from inside only). The first becomes part of the solid around it, the second is turned.
     */
    private void settleInwardSolids(SolidFinder finder, double size) {
        int solids = finder.solidCount;
        int[] into = new int[solids];
        boolean[] turn = new boolean[solids];
        int[] first = new int[solids];
        Arrays.fill(first, -1);
        boolean any = false;
        for (int place = solid.length - 1; place >= 0; place--) {
            if (solid[place] >= 0) {
                first[solid[place]] = place;
            }
        }
        BvhRay ray = new BvhRay(1024);
        int[] winding = new int[solids];
        for (int s = 0; s < solids; s++) {
            into[s] = s;
            if (!(finder.volume[s] < 0) || first[s] < 0) {
                continue;
            }
            any = true;
            // Any direction serves; this one is parallel to no likely edge.
            double reach = 4 * size;
            ray.crossingCount = 0;
            ray.crossingOverflow = 0;
            ray.set(bvh.corner(first[s], 0, 0), bvh.corner(first[s], 0, 1), bvh.corner(first[s], 0, 2), 0.5377 * reach, 0.6183 * reach, 0.5733 * reach);
            bvh.crossings(ray, 1);
            for (int i = 0; i < ray.crossingCount; i++) {
                int place = ray.crossingTriangle[i];
                int other = solid[place];
                if (other >= 0 && other != s && finder.volume[other] > 0) {
                    winding[other] += ray.crossingFront[i] == frontEnters[place] ? -1 : 1;
                }
            }
            // Only solids on the ray can be around it: a mesh of thousands of solids wound inwards must not take the square of their number.
            int around = -1;
            for (int i = 0; i < ray.crossingCount; i++) {
                int o = solid[ray.crossingTriangle[i]];
                if (o >= 0 && winding[o] > 0 && finder.volume[o] > -finder.volume[s]
                        && (around < 0 || finder.volume[o] < finder.volume[around] || finder.volume[o] == finder.volume[around] && o < around)) {
                    around = o;
                }
            }
            for (int i = 0; i < ray.crossingCount; i++) {
                if (solid[ray.crossingTriangle[i]] >= 0) {
                    winding[solid[ray.crossingTriangle[i]]] = 0;
                }
            }
            if (around >= 0) {
                into[s] = around;
            } else {
                turn[s] = true;
                roomy[s] = true;
            }
        }
        for (int place = 0; any && place < solid.length; place++) {
            int s = solid[place];
            if (s >= 0) {
                frontEnters[place] ^= turn[s];
                solid[place] = into[s];
            }
        }
    }

    public String name() {
        return name;
    }

    public List<AcousticMaterial> materials() {
        return materials;
    }

    public int triangleCount() {
        return bvh.triangleCount();
    }

    /** Triangles that were left out because they have no area or a corner that is not finite or beyond {@link #LARGEST_COORDINATE}. */
    public int skippedTriangles() {
        return skippedTriangles;
    }

    /** Triangles that bound a solid; the others are sheets. */
    public int solidTriangles() {
        int count = 0;
        for (int s : solid) {
            count += s >= 0 ? 1 : 0;
        }
        return count;
    }
}
