package io.pinna.internal.acoustics;

import io.pinna.acoustics.Bands;
import io.pinna.internal.Check;

/**
 * How much of an emitter a listener sees, and what comes through the walls between them. Acoustics thread; allocates nothing after construction; same input, same bits.
 *
 * <p>Occlusion is volumetric: rays go from the listener to points spread evenly through a ball of the emitter's radius, as in Steam Audio. A point that the middle of the emitter does not see, such
 * as one inside the wall behind it, does not count. Both ends are moved towards each other by {@value #NUDGE_METERS} m first, so that an emitter that hangs on a wall, or a listener that leans on one,
 * belongs to the side from which it is heard.
 *
 * <p>Transmission follows covered rays through everything they cross. A closed solid counts once whether it is entered and left, or an end lies inside; where entry and exit have different materials
 * it is their geometric mean, which is the same from both sides. An open sheet counts once. Surfaces within {@value #COINCIDENT_METERS} m of each other along the ray count as one wall, with the
 * lower transmission of each band: the two sides of a sheet, a poster on a wall, the same box twice. A solid that is left and entered again within that distance has not been left.
 */
public final class OcclusionSolver {
    /** Surfaces that follow each other by no more than this are one wall. */
    public static final double COINCIDENT_METERS = 1e-3;
    /** How far both ends are moved towards each other, at most by a half of the distance. */
    public static final double NUDGE_METERS = 1e-3;
    /** Most sample points of an emitter. */
    public static final int MAX_SAMPLES = 4096;
    /** Surfaces along one ray that are told apart: no building has as many in a row. */
    private static final int CROSSINGS = 1024;

    /** Fewest samples, spread over the whole ball, that are tried first. */
    private static final int FIRST_SAMPLES = 32;

    private final int samples;
    /** Takes the samples in an order of which every beginning is spread evenly. */
    private final int stride;
    private final int firstSamples;
    private final int transmissionRays;
    /** x, y, z of each sample point in the unit ball. */
    private final double[] ball;
    private final int[] blocked;
    /** Of the points that are being looked for: number of the sample, place (x, y, z in world axes), and whether something is in the way. */
    private final int[] sample;
    private final double[] target;
    private final boolean[] hit;
    private final SceneQuery query = new SceneQuery(CROSSINGS);

    private int walls;
    private final double[] wallIn = new double[CROSSINGS];
    private final double[] wallOut = new double[CROSSINGS];
    private final int[] wallInstance = new int[CROSSINGS];
    private final int[] wallSolid = new int[CROSSINGS];
    private final boolean[] wallOpen = new boolean[CROSSINGS];
    private final boolean[] wallMerged = new boolean[CROSSINGS];
    private final int[] materialIn = new int[CROSSINGS];
    private final int[] materialOut = new int[CROSSINGS];
    private final double[] wallTransmission = new double[CROSSINGS * Bands.COUNT];
    private final double[] rayTransmission = new double[Bands.COUNT];
    private final double[] sum = new double[Bands.COUNT];
    private int rayWalls;
    private int strongestInstance;
    private int strongestMaterial;

    /**
     * @param samples          rays to an emitter that has a radius (1 to {@value #MAX_SAMPLES}); 16 is coarse, 64 smooth
     * @param transmissionRays how many of the covered rays, spread evenly among them, are followed through walls (1 to {@value #MAX_SAMPLES}); following one costs about three times as much as finding
     *                         it covered
     */
    public OcclusionSolver(int samples, int transmissionRays) {
        this.samples = Check.inRange(samples, 1, MAX_SAMPLES, "samples");
        this.transmissionRays = Check.inRange(transmissionRays, 1, MAX_SAMPLES, "transmissionRays");
        this.stride = spreadingStride(samples);
        this.firstSamples = Math.max(FIRST_SAMPLES, samples / 4);
        this.blocked = new int[samples];
        this.sample = new int[samples];
        this.target = new double[3 * samples];
        this.hit = new boolean[samples];
        this.ball = new double[3 * samples];
        // Directions on a Fibonacci lattice (González, "Measurement of areas on a sphere using Fibonacci and latitude-longitude lattices", 2010); radii of equal shells of volume in the order of
        // the van der Corput sequence, so that neighbouring directions have unlike radii.
        double goldenAngle = Math.PI * (3 - Math.sqrt(5));
        for (int i = 0; i < samples; i++) {
            double z = 1 - (2 * i + 1.0) / samples;
            double ring = Math.sqrt(Math.max(0, 1 - z * z));
            double shell = (Integer.reverse(i) >>> 1) / (double) (1L << 31) + 0.5 / samples;
            double radius = Math.cbrt(Math.min(1, shell));
            ball[3 * i] = radius * ring * Math.cos(goldenAngle * i);
            ball[3 * i + 1] = radius * ring * Math.sin(goldenAngle * i);
            ball[3 * i + 2] = radius * z;
        }
    }

    /** The step nearest to the golden section of n that visits all of n (Weyl sequence). */
    private static int spreadingStride(int n) {
        int step = Math.max(1, (int) Math.round(n * 0.6180339887));
        while (greatestCommonDivisor(step, n) != 1) {
            step++;
        }
        return step;
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    public int samples() {
        return samples;
    }

    /**
     * @param listenerX world position of the listener (metres, finite), likewise the others
     * @param emitterX  world position of the emitter's middle (metres, finite), likewise the others
     * @param radius    of the emitter (metres, ≥ 0, finite); 0 gives one ray; the listener may be inside
     * @param result    overwritten
     * @throws io.pinna.InvalidValueException if a value is out of range; the result is then as after "open"
     */
    public void solve(AcousticScene scene, double listenerX, double listenerY, double listenerZ, double emitterX, double emitterY, double emitterZ, double radius,
                      OcclusionResult result) {
        result.clear();
        double limit = GeometryState.LARGEST_POSITION_METERS * 2;
        if (!(Math.abs(listenerX) <= limit && Math.abs(listenerY) <= limit && Math.abs(listenerZ) <= limit)) {
            Check.inRange(outOfRange(listenerX, listenerY, listenerZ, limit), -limit, limit, "coordinate of the listener");
        }
        if (!(Math.abs(emitterX) <= limit && Math.abs(emitterY) <= limit && Math.abs(emitterZ) <= limit)) {
            Check.inRange(outOfRange(emitterX, emitterY, emitterZ, limit), -limit, limit, "coordinate of the emitter");
        }
        if (!(radius >= 0 && radius <= limit)) {
            Check.inRange(radius, 0, limit, "radius of the emitter");
        }
        double dx = emitterX - listenerX;
        double dy = emitterY - listenerY;
        double dz = emitterZ - listenerZ;
        double distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
        double nudge = distance > 0 ? Math.min(NUDGE_METERS / distance, 0.5) : 0;
        double lx = listenerX + nudge * dx;
        double ly = listenerY + nudge * dy;
        double lz = listenerZ + nudge * dz;
        double ex = emitterX - nudge * dx;
        double ey = emitterY - nudge * dy;
        double ez = emitterZ - nudge * dz;

        int valid = 0;
        int blockedCount = 0;
        if (radius > 0) {
            int first = 0;
            int end = Math.min(firstSamples, samples);
            while (first < end) {
                int count = end - first;
                for (int k = 0; k < count; k++) {
                    int i = (int) ((long) (first + k) * stride % samples);
                    sample[k] = i;
                    target[3 * k] = ex + radius * ball[3 * i];
                    target[3 * k + 1] = ey + radius * ball[3 * i + 1];
                    target[3 * k + 2] = ez + radius * ball[3 * i + 2];
                }
                scene.anyHits(query, ex, ey, ez, target, count, hit);
                int seen = 0;
                for (int k = 0; k < count; k++) {
                    if (!hit[k]) {
                        sample[seen] = sample[k];
                        System.arraycopy(target, 3 * k, target, 3 * seen++, 3);
                    }
                }
                scene.anyHits(query, lx, ly, lz, target, seen, hit);
                for (int k = 0; k < seen; k++) {
                    if (hit[k]) {
                        blocked[blockedCount++] = sample[k];
                    }
                }
                valid += seen;
                // In plain sight of all of the first: what the others could find is less than 0.2 dB. Where something is in the way, and most of all where little is left open, all are needed.
                first = end;
                end = blockedCount == 0 ? end : samples;
            }
        }
        boolean middleOnly = valid == 0;
        if (middleOnly) {
            valid = 1;
            blockedCount = scene.anyHit(query, lx, ly, lz, ex, ey, ez) ? 1 : 0;
        }
        if (blockedCount == 0) {
            result.set(valid, 0, 0, false);
            return;
        }
        int followed = Math.min(blockedCount, transmissionRays);
        java.util.Arrays.fill(sum, 0);
        int wallSum = 0;
        boolean truncated = false;
        for (int k = 0; k < followed; k++) {
            // The middle of each of as many equal parts of the covered rays.
            int i = blocked[(int) ((2L * k + 1) * blockedCount / (2L * followed))];
            double r = middleOnly ? 0 : radius;
            int at = middleOnly ? 0 : 3 * i;
            through(scene, lx, ly, lz, ex + r * ball[at], ey + r * ball[at + 1], ez + r * ball[at + 2]);
            for (int b = 0; b < Bands.COUNT; b++) {
                sum[b] += rayTransmission[b];
            }
            wallSum += rayWalls;
            truncated |= query.crossingOverflow;
            if (strongestInstance >= 0) {
                result.credit(strongestInstance, strongestMaterial);
            }
        }
        result.set(valid, blockedCount, (double) wallSum / followed, truncated);
        for (int b = 0; b < Bands.COUNT; b++) {
            result.setTransmission(b, sum[b] / followed);
        }
        result.nameBlocker(scene);
    }

    private static double outOfRange(double x, double y, double z, double limit) {
        return !(Math.abs(x) <= limit) ? x : !(Math.abs(y) <= limit) ? y : z;
    }

    /** Leaves in the fields above what one segment passes through. */
    private void through(AcousticScene scene, double ax, double ay, double az, double bx, double by, double bz) {
        scene.crossings(query, ax, ay, az, bx, by, bz);
        double length = Math.sqrt((bx - ax) * (bx - ax) + (by - ay) * (by - ay) + (bz - az) * (bz - az));
        // As a fraction of the segment, like all places along it.
        double coincident = length > 0 ? COINCIDENT_METERS / length : 0;
        walls = 0;
        for (int k = 0; k < query.crossingCount; k++) {
            int c = query.crossingOrder[k];
            pass(scene, query.crossingInstance[c], query.crossingPlace[c], query.crossingFraction[c], query.crossingFront[c], coincident);
        }
        for (int w = 0; w < walls; w++) {
            if (wallOpen[w]) {
                wallOut[w] = 1;
                materialOut[w] = -1;
            }
            AcousticMesh mesh = scene.mesh(wallInstance[w]);
            for (int b = 0; b < Bands.COUNT; b++) {
                wallTransmission[w * Bands.COUNT + b] = wallTransmission(mesh, w, b);
            }
        }
        mergeCoincident(coincident);
        java.util.Arrays.fill(rayTransmission, 1);
        rayWalls = 0;
        strongestInstance = -1;
        double strongest = Double.POSITIVE_INFINITY;
        for (int w = 0; w < walls; w++) {
            if (wallMerged[w]) {
                continue;
            }
            rayWalls++;
            double product = 1;
            for (int b = 0; b < Bands.COUNT; b++) {
                double t = wallTransmission[w * Bands.COUNT + b];
                rayTransmission[b] *= t;
                product *= t;
            }
            if (product < strongest) {
                strongest = product;
                strongestInstance = wallInstance[w];
                strongestMaterial = materialIn[w] >= 0 ? materialIn[w] : materialOut[w];
            }
        }
    }

    /** One surface on the way, in order. */
    private void pass(AcousticScene scene, int instance, int place, double at, boolean front, double coincident) {
        AcousticMesh mesh = scene.mesh(instance);
        int solid = mesh.solid[place];
        int material = mesh.material[place];
        if (solid == SolidFinder.OPEN) {
            int w = newWall(instance, solid, at, material);
            wallOut[w] = at;
            return;
        }
        int last = walls - 1;
        while (last >= 0 && (wallInstance[last] != instance || wallSolid[last] != solid)) {
            last--;
        }
        boolean enters;
        if (mesh.oriented[solid]) {
            enters = front == mesh.frontEnters[place];
        } else {
            // Without sides every surface changes between inside and outside; one that follows at once is the same one, met at a shared edge.
            if (last >= 0 && at - (wallOpen[last] ? wallIn[last] : wallOut[last]) <= coincident * 1e-2) {
                return;
            }
            enters = last < 0 || !wallOpen[last];
        }
        if (enters) {
            if (last >= 0 && (wallOpen[last] || at - wallOut[last] <= coincident)) {
                // Already inside (an edge met through both of its triangles, a part that overlaps), or out for too short a way to be out.
                wallOpen[last] = true;
            } else {
                wallOpen[newWall(instance, solid, at, material)] = true;
            }
        } else if (last >= 0) {
            // Also where it is left a second time: the later exit is the outer one.
            wallOut[last] = at;
            materialOut[last] = material;
            wallOpen[last] = false;
        } else {
            // Left without having been entered: the start is inside.
            int w = newWall(instance, solid, 0, -1);
            wallOut[w] = at;
            materialOut[w] = material;
        }
    }

    private int newWall(int instance, int solid, double at, int material) {
        int w = walls++;
        wallInstance[w] = instance;
        wallSolid[w] = solid;
        wallIn[w] = at;
        wallOpen[w] = false;
        wallMerged[w] = false;
        materialIn[w] = material;
        materialOut[w] = -1;
        return w;
    }

    private double wallTransmission(AcousticMesh mesh, int w, int band) {
        int in = materialIn[w];
        int out = materialOut[w];
        if (in < 0 || out < 0 || in == out) {
            return mesh.transmission[Math.max(in, out) * Bands.COUNT + band];
        }
        return Math.sqrt(mesh.transmission[in * Bands.COUNT + band] * mesh.transmission[out * Bands.COUNT + band]);
    }

    /** Lets walls that stand in the same place count once. Solids of the same place have to agree in both ends; a sheet joins what it touches. */
    private void mergeCoincident(double coincident) {
        for (int w = 1; w < walls; w++) {
            boolean sheet = wallSolid[w] == SolidFinder.OPEN;
            for (int v = w - 1; v >= 0 && !wallMerged[w]; v--) {
                boolean otherSheet = wallSolid[v] == SolidFinder.OPEN;
                if (wallMerged[v]) {
                    continue;
                }
                boolean sameIn = Math.abs(wallIn[w] - wallIn[v]) <= coincident;
                boolean sameOut = Math.abs(wallOut[w] - wallOut[v]) <= coincident;
                if (sheet && otherSheet ? sameIn : sheet ? sameIn || sameOut : !otherSheet && sameIn && sameOut) {
                    absorb(v, w);
                } else if (!sheet && otherSheet && (sameIn || sameOut)) {
                    // The solid goes on standing for both; it comes later in the list because it is entered just behind the sheet.
                    absorb(w, v);
                }
            }
        }
    }

    private void absorb(int stays, int goes) {
        wallMerged[goes] = true;
        for (int b = 0; b < Bands.COUNT; b++) {
            wallTransmission[stays * Bands.COUNT + b] = Math.min(wallTransmission[stays * Bands.COUNT + b], wallTransmission[goes * Bands.COUNT + b]);
        }
    }
}
