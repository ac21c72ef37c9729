package io.pinna.internal.acoustics;

import io.pinna.internal.Check;
import java.util.Arrays;

/**
 * Finds how sound gets from an emitter to a listener past edges and through openings, over whatever triangles there are. Acoustics thread; allocates nothing after construction except when instances
 * come or go; same calls, same bits.
 *
 * <p><b>Paths.</b> A path is a taut string: straight legs that nothing blocks, joined at edges around which it bends into the shadow. It is found by a best-first search (A*) over edges in hierarchies of
 * boxes, where a box costs the way so far, the way to it and the way from it to the emitter, so that edges come in the order of their detour and only what lies in the shadow of the last edge is looked
 * at. Boxes are walked once, from the listener; every other state of the search looks at the leaves that this walk has come to, because a way to an edge over a state is never
 * shorter than the straight one. The points on a sequence of edges are then moved to the shortest string (the length is convex in them: Newton's method, a tridiagonal
 * system a step). The sequences of the last time are tried first and bound the search.
 *
 * <p><b>Levels</b> ({@link EdgeDiffraction}) depend continuously on the string, which itself depends continuously on both ends: an edge where it just touches counts for nothing.
 * <ul>
 * <li>One edge: its wedge.
 * <li>Several: the edge of largest v as if it stood alone, then on either side of it the largest of what is left between neighbours, and so on, each of these twice its own level, because sound that arrives along a
 * face is doubled by it (Deygout 1966 with the doubling of Pierce, "Diffraction of sound around corners and over wide barriers", JASA 1974, whose result this is for a wide wall).
 * <li>Edges closer together than a wavelength act as one: the level is never above that of one half-plane with the same detour, raised by the wedge's ratio in proportion to what the main edge bends. So
 * neither a thin wall nor a round pillar of many facets depends on how many edges it has.
 * <li>What stands on the other side of an opening narrows it ({@link EdgeDiffraction#slitFactor}), so that a closing door falls silent.
 * </ul>
 * Paths that run side by side count once: each is weighted by how far it is from every louder one. Where a path would be lost (too many bends, too long beside the shortest) it fades out before.
 *
 * <p><b>Free line.</b> The edge with the least detour that could cast a shadow lowers the direct sound by the other branch of the same curve; the paths on the far sides of the obstacle it belongs to fade
 * out as it leaves the Fresnel zone.
 */
public final class DiffractionSolver {
    /** Default of the order. */
    public static final int ORDER = 3;
    /** Default of the rays a search may use. */
    public static final int RAYS = 384;
    /** An obstacle on the other side of a bend within this distance makes it an opening; farther ones no longer matter to the lowest octave. */
    static final double OPENING_METERS = 3;

    private static final int POINTS = DiffractionResult.MAX_POINTS;
    private static final int OCTAVES = DiffractionShape.OCTAVES;
    private static final double SILENT = DiffractionResult.SILENT;
    /** Strings touch edges this far outside of them, and legs overlap there by as much, so that a seam between triangles is no way through. */
    private static final double LIFT_METERS = 2e-3;
    /** Both ends are moved towards where they are heard from, as in {@link OcclusionSolver}. */
    private static final double NUDGE_METERS = OcclusionSolver.NUDGE_METERS;
    private static final double FULL_BEND = Math.toRadians(45);
    /** Beyond the order a path fades over as much of a bend. */
    private static final double ORDER_FADE = 0.75;
    /** Paths longer than the shortest by more than this and the shortest's own detour are left out; the outer half of it fades. At 125 Hz a half-plane is then 10 dB below its boundary. */
    private static final double SPREAD_METERS = 1.2;
    /** Search ellipsoid while nothing has been found yet, over the straight distance. */
    private static final double DETOUR_FACTOR = 1.5;
    private static final double DETOUR_METERS = 6;
    /** Strings closer than the first everywhere are one, farther apart than the second somewhere are two (metres). */
    private static final double SAME_METERS = 0.05;
    private static final double OTHER_METERS = 0.5;
    /** Bend (radians) of a lit edge, from full to no influence: farther from the line its geometry says nothing about shadows. */
    private static final double LIT_FULL = Math.toRadians(45);
    private static final double LIT_NONE = Math.toRadians(80);
    /** Bends (radians) so small that only the ray along the line tells on which side of the shadow's boundary it runs. */
    private static final double GRAZING = 1e-5;
    /** Points this little (radians) behind a face lie on it: those of the next edge of the same face do, but for the rounding of floats. */
    private static final double ON_FACE = 1e-3;
    /** v of 125 Hz beyond which a lit edge changes nothing (0.1 dB). */
    private static final double LIT_V = 1.2;
    private static final double LIT_FADE = 0.3;
    private static final double BESIDE_METERS = 0.15;
    /** A string in the corner of an opening is as far from an edge that it touches: it keeps away from surfaces and is lifted. */
    private static final double TOUCH_METERS = 5 * LIFT_METERS;
    /** Edges within this along the way bound one slit, beyond twice this none. */
    private static final double SLIT_DEPTH_METERS = 0.3;
    /** The detour that this v is, where it is small against the way (metres): v² c / (4 f), rounded up. */
    private static final double LIT_METERS = 1.1;

    private static final int STATES = 512;
    private static final int HEAP = 8192;
    private static final int NODES = 256;
    /** Boxes that a way over them is hardly longer for are opened with the one that holds them. */
    private static final double AT_ONCE_METERS = 0.25;
    private static final int VISITS = 2048;
    private static final int RAW = 12;
    private static final int SAMPLES = 9;
    /** Rays to look for what narrows one path. */
    private static final int NARROW_RAYS = 48;
    /** Boxes and edges that a search may look at for each ray it may use. */
    private static final int STEPS_PER_RAY = 8;
    /** What a ray costs in boxes looked at. */
    private static final int LOOKS_PER_RAY = 6;
    /** Sequences that have ceased to hold are tried for so many updates more, and so many of them. */
    private static final int DORMANT_UPDATES = 60;
    private static final int DORMANT = 4;

    /**
     * An edge in world axes: end, unit direction, length, unit x (into its first face), unit y (outwards), exterior angle, unit direction into the middle of the outside, cosine and sine of the angle from which on both faces are
     * seen.
     */
    private static final int EDGE = 19;
    private static final int T = 3;
    private static final int LENGTH = 6;
    private static final int X = 7;
    private static final int Y = 10;
    private static final int ANGLE = 13;
    private static final int U = 14;
    private static final int BOTH = 17;

    private final int order;
    private final int maxRays;
    private final double searchMeters;
    private final SceneQuery query = new SceneQuery(1);

    private AcousticScene scene;
    private GeometrySnapshot snapshot;
    private int rays;
    /** Boxes and edges looked at. */
    private int looks;
    private double effort;
    private boolean searching;
    private boolean cut;
    private boolean free;
    private double lx;
    private double ly;
    private double lz;
    private double ex;
    private double ey;
    private double ez;
    private double direct;
    private double limit;
    private double shortest;

    /** A binary heap of keys (float, upper half) with the numbers of entries (lower half). */
    private final long[] heap = new long[HEAP];
    private int heapSize;
    /** What waits: the state from which it is seen, the instance, and the box or {@code ~edge}. */
    private final int[] entryState = new int[HEAP];
    private final int[] entryInstance = new int[HEAP];
    private final int[] entryRef = new int[HEAP];
    private int entries;
    private final int[] freeEntry = new int[HEAP];
    private int freeEntries;
    private int steps;
    private final int[] nodes = new int[NODES];
    /** Leaves that the walk from the first end has come to. */
    private static final int CLUSTERS = 1024;
    /** Testing so many of them takes as long as opening a box. */
    private static final int CLUSTERS_A_LOOK = 4;
    private int clusters;
    private final int[] clusterInstance = new int[CLUSTERS];
    private final int[] clusterNode = new int[CLUSTERS];
    private final double[] clusterBox = new double[6 * CLUSTERS];
    /** What the search at hand wants to reach: the emitter, or the end of a leg pair past which it looks for lit edges only. */
    private double goalX;
    private double goalY;
    private double goalZ;
    private boolean litOnly;
    /** The way that lit edges are compared with. */
    private double reference;

    private int states;
    private final double[] stateX = new double[STATES];
    private final double[] stateY = new double[STATES];
    private final double[] stateZ = new double[STATES];
    private final double[] stateNx = new double[STATES];
    private final double[] stateNy = new double[STATES];
    private final double[] stateNz = new double[STATES];
    /** The same points lifted off their edges. */
    private final double[] stateLx = new double[STATES];
    private final double[] stateLy = new double[STATES];
    private final double[] stateLz = new double[STATES];
    private final double[] stateLength = new double[STATES];
    private final double[] stateBends = new double[STATES];
    private final double[] stateParameter = new double[STATES];
    private final int[] stateParent = new int[STATES];
    private final int[] stateInstance = new int[STATES];
    private final int[] stateEdge = new int[STATES];
    private final int[] stateDepth = new int[STATES];

    private final long[] visitKey = new long[VISITS];
    private final int[] visitCount = new int[VISITS];
    private int visits;

    /** Most exposed parts of one edge. */
    private static final int PARTS = 8;
    private static final int PART_SLOTS = 65536;
    /** How far a string stays from a surface that an edge runs into. */
    private static final double CORNER_METERS = 2 * LIFT_METERS;
    private final SceneQuery partQuery = new SceneQuery(64);
    private final long[] partKey = new long[PART_SLOTS];
    private final int[] partStamp = new int[PART_SLOTS];
    private final byte[] partCount = new byte[PART_SLOTS];
    private final double[] partFrom = new double[PARTS * PART_SLOTS];
    private final double[] partTo = new double[PARTS * PART_SLOTS];
    private final double[] exposedFrom = new double[2 * PARTS];
    private final double[] exposedTo = new double[2 * PARTS];
    /** By edge that is known: the edge itself. */
    private final double[] wholes = new double[EDGE * PART_SLOTS];
    private static final byte NOT_LOOKED = -1;
    /** Movements of instances so far, and by edge up to which of them it holds. */
    private int changes;
    private final int[] partChecked = new int[PART_SLOTS];
    /** The last of those: which instance, and a box in world axes (min x, y, z, max x, y, z) that it left or came to. */
    private static final int CHANGES = 64;
    private final int[] changeInstance = new int[CHANGES];
    private final double[] changeBox = new double[6 * CHANGES];
    /** So far beside an edge it is looked whether something covers it. */
    private static final double AROUND_METERS = 5 * LIFT_METERS;
    private int stamp;
    private int partsKnown;
    /** How far round from the outward direction an edge is examined: behind the planes of its faces, but not so far for almost flat ones that rounding meets the faces themselves. */
    private static final double ROUND_LEAST = Math.toRadians(60);
    private static final double ROUND_MOST = Math.toRadians(80);
    private static final double ROUND_BEHIND = Math.toRadians(15);
    private GeometrySnapshot partsOf;
    private final double[] whole = new double[EDGE];

    private final double[] edge = new double[EDGE];
    private final double[] pathEdges = new double[EDGE * POINTS];
    private final int[] pathInstance = new int[POINTS];
    private final int[] pathEdge = new int[POINTS];
    private final double[] parameter = new double[POINTS];
    private final double[] trial = new double[POINTS];
    /** Points of the string: the listener, the edges, the emitter. */
    private final double[] point = new double[3 * (POINTS + 2)];
    private final double[] leg = new double[POINTS + 1];
    private final double[] gradient = new double[POINTS];
    private final double[] diagonal = new double[POINTS];
    private final double[] coupling = new double[POINTS];
    private final double[] bend = new double[POINTS];
    /** v² of 1 Hz, and the wedge's ratio, by edge. */
    private final double[] fresnel = new double[POINTS];
    private final double[] ratio = new double[POINTS];
    private final double[] level = new double[OCTAVES];
    private final double[] nearLevel = new double[OCTAVES];
    private final double[] slit = new double[OCTAVES];
    private final double[] scratch = new double[OCTAVES];
    private double slitWidth;

    private int raws;
    private final int[] rawCount = new int[RAW];
    private final int[] rawInstance = new int[RAW * POINTS];
    private final int[] rawEdge = new int[RAW * POINTS];
    private final double[] rawLength = new double[RAW];
    private final double[] rawBend = new double[RAW];
    private final double[] rawOpening = new double[RAW];
    private final double[] rawLevel = new double[RAW * OCTAVES];
    private final double[] rawLoudness = new double[RAW];
    private final double[] rawSamples = new double[RAW * 3 * SAMPLES];
    /**
     * The way past the edge that bends it most: where it would begin and end if the legs at that edge went on straight, the point on the edge, the unit direction across to the free side; and the two legs as they are, lifted:
     * the edge, the point before, the point after.
     */
    private static final int PASS = 21;
    private final double[] rawPass = new double[RAW * PASS];
    /** Unit directions across the string to where each of its edges leaves it free; which edge is the main one. */
    private final double[] rawOut = new double[3 * POINTS * RAW];
    private final int[] rawMain = new int[RAW];
    private final double[] rawFirst = new double[RAW * 3];
    private final double[] rawLast = new double[RAW * 3];
    private final int[] rawOrder = new int[RAW];
    /** What the last search found beside the path, −1 if none has looked. */
    private final int[] rawBesides = new int[RAW];
    private final int[] rawBesideInstance = new int[RAW * LITS];
    private final int[] rawBesideEdge = new int[RAW * LITS];
    private int dormant;
    private final int[] dormantCount = new int[DORMANT];
    private final byte[] dormantAge = new byte[DORMANT];
    private final int[] dormantInstance = new int[DORMANT * POINTS];
    private final int[] dormantEdge = new int[DORMANT * POINTS];
    private final boolean[] rawUsed = new boolean[RAW];

    /** Lit edges beside a way, the nearest (by v) first. */
    private static final int LITS = DiffractionResult.LITS;
    private int lits;
    private final int[] litInstance = new int[LITS];
    private final int[] litEdge = new int[LITS];
    /** v of 125 Hz, as far as the edge counts. */
    private final double[] litV = new double[LITS];
    /** Length of the way over the edge. */
    private final double[] litPath = new double[LITS];
    private final double[] litPoint = new double[3 * LITS];
    /** Unit, across the way, from the edge to where it is free. */
    private final double[] litOut = new double[3 * LITS];
    /** How far along the way it stands. */
    private final double[] litAlong = new double[LITS];
    /** How far it counts beside those before it. */
    private final double[] litShare = new double[LITS];
    /** The way beside which they stand: the free line, or a path's legs on either side of its main edge. */
    private final double[] way = new double[9];
    private int wayPoints;
    /** Where the edges of the path at hand stand among the raw ones: they are not beside it. */
    private int ownAt;
    private int ownEdges;
    /** Length of the path before the first of these points. */
    private double wayBefore;
    private double lineX;
    private double lineY;
    private double lineZ;

    /** The default order and budget. */
    public DiffractionSolver() {
        this(ORDER, RAYS, 0);
    }

    /**
     * @param order        sharp bends a path may have (1 to 6); bends below 45° count in proportion
     * @param maxRays      rays one search may use (16 to 100 000); what they do not suffice for is reported by {@link DiffractionResult#cut}
     * @param searchMeters how far listener or emitter may move before a new search, while the paths of the last one still hold (metres, 0 to 1); 0 searches after every movement
     */
    public DiffractionSolver(int order, int maxRays, double searchMeters) {
        this.order = Check.inRange(order, 1, 6, "order");
        this.maxRays = Check.inRange(maxRays, 16, 100_000, "maxRays");
        this.searchMeters = Check.inRange(searchMeters, 0, 1, "searchMeters");
    }

    /**
     * @param listenerX world position of the listener (metres, finite), likewise the others
     * @param emitterX  world position of the emitter's middle (metres, finite), likewise the others
     * @param result    of this pair; what it remembers of the last solve makes this one fast; overwritten
     * @throws io.pinna.InvalidValueException if a position is out of range; the result is then cleared
     */
    public void solve(AcousticScene geometry, double listenerX, double listenerY, double listenerZ, double emitterX, double emitterY, double emitterZ, DiffractionResult result) {
        if (begin(geometry, listenerX, listenerY, listenerZ, emitterX, emitterY, emitterZ, result, false)) {
            boolean lost = recall(result);
            end(result, lost || result.searchedFor != snapshot || result.cacheMeshes != snapshot.meshes || result.lineFree != free || searchMeters == 0 || result.movedMeters(lx, ly, lz, ex, ey, ez) > searchMeters);
        }
    }

    /**
     * What has become of the paths that were found last: their strings over the same edges, their legs, their levels. Costs a few rays a path; finds nothing new. Notes in the result whether the line or
     * the paths have changed. The parameters are those of {@link #solve}.
     */
    void follow(AcousticScene geometry, double listenerX, double listenerY, double listenerZ, double emitterX, double emitterY, double emitterZ, DiffractionResult result) {
        if (begin(geometry, listenerX, listenerY, listenerZ, emitterX, emitterY, emitterZ, result, false)) {
            boolean lost = recall(result);
            result.changed |= lost || result.lineFree != free;
            result.lost = !free && raws == 0 && (result.lost || result.lineFree || result.paths > 0);
            end(result, false);
        }
    }

    /**
     * Searches anew, whatever is known. The other parameters are those of {@link #solve}.
     *
     * @param effort share of all boxes and edges that a search may look at (above 0, to 1)
     */
    void search(AcousticScene geometry, double listenerX, double listenerY, double listenerZ, double emitterX, double emitterY, double emitterZ, DiffractionResult result, double effort) {
        begin(geometry, listenerX, listenerY, listenerZ, emitterX, emitterY, emitterZ, result, true);
        this.effort = effort;
        recall(result);
        end(result, true);
    }

    /** @return whether there is anything to do: an end or the geometry has moved */
    private boolean begin(AcousticScene geometry, double listenerX, double listenerY, double listenerZ, double emitterX, double emitterY, double emitterZ, DiffractionResult result, boolean anyway) {
        check(result, listenerX, "listener x");
        check(result, listenerY, "listener y");
        check(result, listenerZ, "listener z");
        check(result, emitterX, "emitter x");
        check(result, emitterY, "emitter y");
        check(result, emitterZ, "emitter z");
        GeometrySnapshot now = geometry.snapshot();
        double[] at = result.solvedAt;
        rays = 0;
        looks = 0;
        effort = 1;
        if (!anyway && result.solvedFor == now && at[0] == listenerX && at[1] == listenerY && at[2] == listenerZ && at[3] == emitterX && at[4] == emitterY && at[5] == emitterZ) {
            result.rays = 0;
            return false;
        }
        scene = geometry;
        snapshot = now;
        if (partsOf != now) {
            noteChanges(partsOf, now);
            partsOf = now;
        }
        lits = 0;
        raws = 0;
        dormant = 0;
        lx = listenerX;
        ly = listenerY;
        lz = listenerZ;
        ex = emitterX;
        ey = emitterY;
        ez = emitterZ;
        direct = distance(lx, ly, lz, ex, ey, ez);
        goal(lx, ly, lz, ex, ey, ez);
        litOnly = false;
        reference = direct;
        lineDirection(lx, ly, lz, ex, ey, ez);
        ownEdges = 0;
        wayPoints = 2;
        wayBefore = 0;
        way[0] = lx;
        way[1] = ly;
        way[2] = lz;
        way[3] = ex;
        way[4] = ey;
        way[5] = ez;
        free = !legBlocked(lx, ly, lz, true, ex, ey, ez, true);
        shortest = free ? direct : Double.POSITIVE_INFINITY;
        bound();
        return true;
    }

    /** Tries the sequences of the last time. @return whether one that held then no longer does */
    private boolean recall(DiffractionResult result) {
        if (result.cacheMeshes != snapshot.meshes) {
            return result.cached > 0;
        }
        boolean unheld = false;
        for (int i = 0; i < result.cached; i++) {
            int count = result.cacheCount[i];
            boolean usable = true;
            for (int k = 0; k < count; k++) {
                pathInstance[k] = result.cacheInstance[POINTS * i + k];
                pathEdge[k] = result.cacheEdge[POINTS * i + k];
                usable &= snapshot.enabled[pathInstance[k]];
            }
            int before = raws;
            int beforeLits = lits;
            boolean holds = usable && start(count) && evaluate(count);
            if (raws > before && rawCount[raws - 1] == count) {
                int r = raws - 1;
                rawBesides[r] = result.besides[i];
                System.arraycopy(result.besideInstance, LITS * i, rawBesideInstance, LITS * r, LITS);
                System.arraycopy(result.besideEdge, LITS * i, rawBesideEdge, LITS * r, LITS);
            } else if ((count > 1 || lits == beforeLits) && result.cacheAge[i] < DORMANT_UPDATES && dormant < DORMANT) {
                // It may hold again as the ends move on: where a string lifts off an edge, where a leg grazes something.
                int d = dormant++;
                dormantCount[d] = count;
                dormantAge[d] = (byte) (result.cacheAge[i] + 1);
                System.arraycopy(result.cacheInstance, POINTS * i, dormantInstance, POINTS * d, POINTS);
                System.arraycopy(result.cacheEdge, POINTS * i, dormantEdge, POINTS * d, POINTS);
            }
            unheld |= !holds && result.cacheAge[i] == 0;
        }
        return unheld;
    }

    private void end(DiffractionResult result, boolean search) {
        searching = search;
        if (search) {
            search();
        }
        finish(result);
        result.lineFree = free;
        result.rays = rays;
        result.cut = search ? cut : result.cut;
        store(result, search);
        scene = null;
        snapshot = null;
    }

    /** What the last call cost: boxes and edges looked at, and rays, each as {@value #LOOKS_PER_RAY} of those. */
    int cost() {
        return looks + LOOKS_PER_RAY * rays;
    }

    private static void check(DiffractionResult result, double value, String name) {
        double most = GeometryState.LARGEST_POSITION_METERS * 2;
        if (!(Math.abs(value) <= most)) {
            result.clear();
            Check.inRange(value, -most, most, name);
        }
    }

    private static double distance(double ax, double ay, double az, double bx, double by, double bz) {
        double x = bx - ax;
        double y = by - ay;
        double z = bz - az;
        return Math.sqrt(x * x + y * y + z * z);
    }

    /** How long paths may be, from what is known of the shortest. */
    private void bound() {
        limit = shortest < Double.POSITIVE_INFINITY ? shortest + SPREAD_METERS + shortest - direct : DETOUR_FACTOR * direct + DETOUR_METERS;
    }

    // ------------------------------------------------------------------------------------------------------------------------------ rays

    /** Whether a leg is blocked; an end that is the listener's or emitter's is drawn in, one at an edge drawn out beyond it. */
    private boolean legBlocked(double ax, double ay, double az, boolean endA, double bx, double by, double bz, boolean endB) {
        double x = bx - ax;
        double y = by - ay;
        double z = bz - az;
        double length = Math.sqrt(x * x + y * y + z * z);
        if (!(length > 0)) {
            return false;
        }
        double a = endA ? Math.min(NUDGE_METERS / length, 0.5) : -LIFT_METERS / length;
        double b = endB ? 1 - Math.min(NUDGE_METERS / length, 0.5) : 1 + LIFT_METERS / length;
        rays++;
        return scene.anyHit(query, ax + a * x, ay + a * y, az + a * z, ax + b * x, ay + b * y, az + b * z);
    }

    // ----------------------------------------------------------------------------------------------------------------------------- edges

    /** Brings the exposed part of an edge into world axes. @param number of the edge times {@value #PARTS}, plus the part */
    private boolean load(int instance, int number, double[] out, int at) {
        int slot = parts(instance, number / PARTS);
        int part = number % PARTS;
        if (part >= partCount[slot]) {
            return false;
        }
        System.arraycopy(wholes, EDGE * slot, out, at, EDGE);
        double from = partFrom[PARTS * slot + part];
        out[at] += from * out[at + T];
        out[at + 1] += from * out[at + T + 1];
        out[at + 2] += from * out[at + T + 2];
        out[at + LENGTH] = partTo[PARTS * slot + part] - from;
        return true;
    }

    /** Where an edge stands in the table of those that are known, with its place in world axes; its parts may not have been looked for yet. */
    private int slot(int instance, int number) {
        long key = ((long) instance << 32 | number) + 1;
        int slot = (int) (key * 0x9E3779B97F4A7C15L >>> 40) & PART_SLOTS - 1;
        while (partStamp[slot] == stamp) {
            if (partKey[slot] == key) {
                if (partChecked[slot] != changes && touched(slot, instance)) {
                    fill(slot, instance, number);
                }
                return slot;
            }
            slot = slot + 1 & PART_SLOTS - 1;
        }
        if (partsKnown >= PART_SLOTS / 4 * 3) {
            stamp++;
            partsKnown = 0;
        }
        partsKnown++;
        partStamp[slot] = stamp;
        partKey[slot] = key;
        fill(slot, instance, number);
        return slot;
    }

    private void fill(int slot, int instance, int number) {
        partChecked[slot] = changes;
        partCount[slot] = loadWhole(instance, number, wholes, EDGE * slot) ? NOT_LOOKED : 0;
    }

    /** Whether anything that has moved since an edge was looked at touches where it is. */
    private boolean touched(int slot, int instance) {
        int since = changes - partChecked[slot];
        if (since < 0 || since > CHANGES) {
            return true;
        }
        int e = EDGE * slot;
        double length = wholes[e + LENGTH];
        for (int c = partChecked[slot]; c < changes; c++) {
            int box = c % CHANGES;
            if (changeInstance[box] == instance) {
                return true;
            }
            boolean apart = false;
            for (int a = 0; a < 3 && !apart; a++) {
                double p = wholes[e + a];
                double q = p + length * wholes[e + T + a];
                apart = Math.max(p, q) + AROUND_METERS < changeBox[6 * box + a] || Math.min(p, q) - AROUND_METERS > changeBox[6 * box + 3 + a];
            }
            if (!apart) {
                return true;
            }
        }
        partChecked[slot] = changes;
        return false;
    }

    /** Notes what has moved between two geometries, so that only what it touches is looked at again. */
    private void noteChanges(GeometrySnapshot old, GeometrySnapshot now) {
        boolean all = old == null || old.meshes != now.meshes || changes > Integer.MAX_VALUE / 2;
        int before = changes;
        for (int i = 0; i < now.meshes.length && !all; i++) {
            boolean same = old.enabled[i] == now.enabled[i];
            int m = GeometrySnapshot.TRANSFORM * i;
            for (int k = m; k < m + GeometrySnapshot.TRANSFORM && same; k++) {
                same = old.transforms[k] == now.transforms[k];
            }
            if (!same) {
                all = changes - before > CHANGES - 2;
                note(old, i);
                note(now, i);
            }
        }
        if (all) {
            stamp++;
            partsKnown = 0;
            changes = 0;
        }
    }

    private void note(GeometrySnapshot geometry, int instance) {
        int box = changes++ % CHANGES;
        changeInstance[box] = instance;
        double[] t = geometry.transforms;
        int m = GeometrySnapshot.TRANSFORM * instance;
        AcousticMesh mesh = geometry.meshes[instance];
        for (int a = 0; a < 3; a++) {
            double centre = t[m + 18 + a];
            double half = 0;
            for (int k = 0; k < 3; k++) {
                centre += t[m + 3 * a + k] * mesh.centre[k];
                half += Math.abs(t[m + 3 * a + k]) * mesh.half[k];
            }
            changeBox[6 * box + a] = centre - half;
            changeBox[6 * box + 3 + a] = centre + half;
        }
    }

    /**
     * Where an edge sticks out of other geometry. Two rays along it, off the edge to either side of its outward direction and so far round that they run behind the planes of its faces, find where it enters and leaves
     * surfaces, such as where a lintel meets a wall or lies flush with it; between two of them it is one part, unless they bound a solid that it lies in. A part that has something right across its middle
     * (a box within others, a seam of a wall) is none. Remembered until something moves there.
     *
     * @return where its parts stand in the tables
     */
    private int parts(int instance, int number) {
        int slot = slot(instance, number);
        if (partCount[slot] != NOT_LOOKED) {
            return slot;
        }
        partCount[slot] = 0;
        System.arraycopy(wholes, EDGE * slot, whole, 0, EDGE);
        double half = 0.5 * whole[ANGLE];
        double spread = Math.min(ROUND_MOST, Math.max(ROUND_LEAST, Math.PI - half + Math.min(ROUND_BEHIND, (whole[ANGLE] - Math.PI) / 3)));
        int first = exposed(half - spread, 0);
        int second = exposed(half + spread, PARTS);
        for (int i = 0; i < first; i++) {
            for (int k = PARTS; k < PARTS + second; k++) {
                double from = Math.max(exposedFrom[i], exposedFrom[k]);
                double to = Math.min(exposedTo[i], exposedTo[k]);
                if (to - from > CORNER_METERS && partCount[slot] < PARTS && clearAcross(0.5 * (from + to), half - spread, half + spread)) {
                    int at = PARTS * slot + partCount[slot]++;
                    partFrom[at] = from;
                    partTo[at] = to;
                }
            }
        }
        return slot;
    }

    /** Lists from a place on the parts of the line beside edge {@link #whole} at an angle around it that lie in the open. @return how many */
    private int exposed(double angle, int at) {
        double c = LIFT_METERS * Math.cos(angle);
        double d = LIFT_METERS * Math.sin(angle);
        double x = whole[0] + c * whole[X] + d * whole[Y];
        double y = whole[1] + c * whole[X + 1] + d * whole[Y + 1];
        double z = whole[2] + c * whole[X + 2] + d * whole[Y + 2];
        double length = whole[LENGTH];
        rays++;
        scene.crossings(partQuery, x, y, z, x + length * whole[T], y + length * whole[T + 1], z + length * whole[T + 2]);
        double from = 0;
        boolean inside = false;
        int count = 0;
        for (int k = 0; k <= partQuery.crossingCount; k++) {
            boolean last = k == partQuery.crossingCount;
            int crossing = last ? -1 : partQuery.crossingOrder[k];
            double to = last ? length : partQuery.crossingFraction[crossing] * length - CORNER_METERS;
            boolean leaves = false;
            boolean enters = false;
            if (!last) {
                AcousticMesh mesh = snapshot.meshes[partQuery.crossingInstance[crossing]];
                int place = partQuery.crossingPlace[crossing];
                // What stands in a room is not hidden in it, though it may be a closed surface.
                if (mesh.solid[place] >= 0 && mesh.oriented[mesh.solid[place]] && !mesh.roomy[mesh.solid[place]]) {
                    enters = partQuery.crossingFront[crossing] == mesh.frontEnters[place];
                    leaves = !enters;
                }
            }
            if (!inside && !leaves && to - from > CORNER_METERS && count < PARTS) {
                exposedFrom[at + count] = from;
                exposedTo[at + count++] = to;
            }
            inside = enters;
            from = to + 2 * CORNER_METERS;
        }
        return count;
    }

    /** Whether nothing is in the way from one side of edge {@link #whole} to the other, close to it. */
    private boolean clearAcross(double along, double fromAngle, double toAngle) {
        double ca = 2 * LIFT_METERS * Math.cos(fromAngle);
        double sa = 2 * LIFT_METERS * Math.sin(fromAngle);
        double cb = 2 * LIFT_METERS * Math.cos(toAngle);
        double sb = 2 * LIFT_METERS * Math.sin(toAngle);
        double x = whole[0] + along * whole[T];
        double y = whole[1] + along * whole[T + 1];
        double z = whole[2] + along * whole[T + 2];
        rays++;
        return !scene.anyHit(query, x + ca * whole[X] + sa * whole[Y], y + ca * whole[X + 1] + sa * whole[Y + 1], z + ca * whole[X + 2] + sa * whole[Y + 2],
                x + cb * whole[X] + sb * whole[Y], y + cb * whole[X + 1] + sb * whole[Y + 1], z + cb * whole[X + 2] + sb * whole[Y + 2]);
    }

    /** Brings an edge into world axes. */
    private boolean loadWhole(int instance, int number, double[] out, int at) {
        AcousticMesh mesh = snapshot.meshes[instance];
        float[] e = mesh.edges.data;
        double[] t = snapshot.transforms;
        int m = GeometrySnapshot.TRANSFORM * instance;
        int p = DiffractionEdges.EDGE * number;
        double cx = mesh.centre[0];
        double cy = mesh.centre[1];
        double cz = mesh.centre[2];
        double length2 = 0;
        for (int a = 0; a < 3; a++) {
            double rx = t[m + 3 * a];
            double ry = t[m + 3 * a + 1];
            double rz = t[m + 3 * a + 2];
            out[at + a] = rx * (e[p] + cx) + ry * (e[p + 1] + cy) + rz * (e[p + 2] + cz) + t[m + 18 + a];
            double d = rx * (e[p + 3] - (double) e[p]) + ry * (e[p + 4] - (double) e[p + 1]) + rz * (e[p + 5] - (double) e[p + 2]);
            out[at + T + a] = d;
            length2 += d * d;
            out[at + X + a] = rx * e[p + 6] + ry * e[p + 7] + rz * e[p + 8];
            out[at + Y + a] = rx * e[p + 9] + ry * e[p + 10] + rz * e[p + 11];
        }
        double length = Math.sqrt(length2);
        if (!(length > 1e-6)) {
            return false;
        }
        out[at + LENGTH] = length;
        out[at + T] /= length;
        out[at + T + 1] /= length;
        out[at + T + 2] /= length;
        if (!across(out, at, at + X) || !across(out, at, at + Y)) {
            return false;
        }
        // The second face becomes the angle, and the axis that points outwards takes its place.
        double cos = dot(out, at + X, out, at + Y);
        double sx = out[at + X];
        double sy = out[at + X + 1];
        double sz = out[at + X + 2];
        if (cos > 1 - 1e-7) {
            out[at + ANGLE] = 2 * Math.PI;
            out[at + Y] = out[at + T + 1] * sz - out[at + T + 2] * sy;
            out[at + Y + 1] = out[at + T + 2] * sx - out[at + T] * sz;
            out[at + Y + 2] = out[at + T] * sy - out[at + T + 1] * sx;
            complete(out, at);
            return true;
        }
        out[at + ANGLE] = 2 * Math.PI - Math.acos(Math.max(-1, cos));
        double yx = -out[at + Y] + cos * sx;
        double yy = -out[at + Y + 1] + cos * sy;
        double yz = -out[at + Y + 2] + cos * sz;
        double r = 1 / Math.sqrt(yx * yx + yy * yy + yz * yz);
        out[at + Y] = yx * r;
        out[at + Y + 1] = yy * r;
        out[at + Y + 2] = yz * r;
        complete(out, at);
        return true;
    }

    private static void complete(double[] e, int at) {
        double c = Math.cos(0.5 * e[at + ANGLE]);
        double d = Math.sin(0.5 * e[at + ANGLE]);
        for (int a = 0; a < 3; a++) {
            e[at + U + a] = c * e[at + X + a] + d * e[at + Y + a];
        }
        e[at + BOTH] = Math.cos(e[at + ANGLE] - Math.PI);
        e[at + BOTH + 1] = Math.sin(e[at + ANGLE] - Math.PI);
    }

    private static double dot(double[] a, int i, double[] b, int k) {
        return a[i] * b[k] + a[i + 1] * b[k + 1] + a[i + 2] * b[k + 2];
    }

    /** Makes a face's direction perpendicular to the edge again after a transform that scales unevenly. */
    private static boolean across(double[] e, int at, int v) {
        double along = dot(e, at + T, e, v);
        e[v] -= along * e[at + T];
        e[v + 1] -= along * e[at + T + 1];
        e[v + 2] -= along * e[at + T + 2];
        double r = Math.sqrt(dot(e, v, e, v));
        if (!(r > 1e-12)) {
            return false;
        }
        e[v] /= r;
        e[v + 1] /= r;
        e[v + 2] /= r;
        return true;
    }

    /** Where on an edge the way from a over it to b is shortest, in metres from its end: the straight line after unfolding both into one plane. */
    private static double place(double[] e, int at, double ax, double ay, double az, double bx, double by, double bz) {
        double x = ax - e[at];
        double y = ay - e[at + 1];
        double z = az - e[at + 2];
        double alongA = x * e[at + T] + y * e[at + T + 1] + z * e[at + T + 2];
        double ra = Math.sqrt(Math.max(0, x * x + y * y + z * z - alongA * alongA));
        x = bx - e[at];
        y = by - e[at + 1];
        z = bz - e[at + 2];
        double alongB = x * e[at + T] + y * e[at + T + 1] + z * e[at + T + 2];
        double rb = Math.sqrt(Math.max(0, x * x + y * y + z * z - alongB * alongB));
        double s = ra + rb > 0 ? (alongA * rb + alongB * ra) / (ra + rb) : alongA;
        return Math.max(0, Math.min(e[at + LENGTH], s));
    }

    /** The angle around an edge at which something lies, from the first face outwards: 0 to 2π. */
    private static double angle(double[] e, int at, double dx, double dy, double dz) {
        double a = Math.atan2(dx * e[at + Y] + dy * e[at + Y + 1] + dz * e[at + Y + 2], dx * e[at + X] + dy * e[at + X + 1] + dz * e[at + X + 2]);
        // What lies a rounding below the first face lies in it.
        return a < -ON_FACE ? a + 2 * Math.PI : Math.max(0, a);
    }

    // ---------------------------------------------------------------------------------------------------------------------------- search

    private void search() {
        cut = false;
        explore(maxRays);
    }

    /** Sets both ends of a search. */
    private void goal(double ax, double ay, double az, double bx, double by, double bz) {
        stateX[0] = ax;
        stateY[0] = ay;
        stateZ[0] = az;
        stateLx[0] = ax;
        stateLy[0] = ay;
        stateLz[0] = az;
        goalX = bx;
        goalY = by;
        goalZ = bz;
    }

    private void explore(int budget) {
        heapSize = 0;
        clusters = 0;
        entries = 0;
        freeEntries = 0;
        visits = 0;
        Arrays.fill(visitCount, 0);
        root();
        int startRays = rays;
        steps = (int) (effort * STEPS_PER_RAY * budget);
        pushRoots();
        while (heapSize > 0) {
            int entry = (int) heap[0];
            float key = Float.intBitsToFloat((int) (heap[0] >>> 32));
            if (key > limit) {
                return;
            }
            int state = entryState[entry];
            int instance = entryInstance[entry];
            int ref = entryRef[entry];
            pop();
            if (steps <= 0) {
                cut = true;
                return;
            }
            if (ref < 0) {
                account(1);
                visit(state, instance, ~ref);
                if (rays - startRays >= budget) {
                    cut = heapSize > 0;
                    return;
                }
            } else {
                open(state, instance, ref, key);
            }
        }
    }

    /** The state from which a search begins, at the first end of the {@link #goal}. */
    private void root() {
        states = 1;
        stateNx[0] = 0;
        stateNy[0] = 0;
        stateNz[0] = 0;
        stateLength[0] = 0;
        stateBends[0] = 0;
        stateParent[0] = -1;
        stateDepth[0] = 0;
    }

    private void pushRoots() {
        for (int i = 0; i < snapshot.meshes.length; i++) {
            if (snapshot.enabled[i] && snapshot.meshes[i].edges.count() > 0) {
                enter(i);
                double key = nodeKey(0, 0);
                if (key <= limit) {
                    push(key, 0, i, 0);
                }
            }
        }
    }

    /** Prepares for the boxes of an instance. */
    private void enter(int instance) {
        AcousticMesh mesh = snapshot.meshes[instance];
        double[] t = snapshot.transforms;
        int m = GeometrySnapshot.TRANSFORM * instance;
        boxes = mesh.edges.boxes;
        transform = m;
        upright = t[m] == 1 && t[m + 1] == 0 && t[m + 2] == 0 && t[m + 3] == 0 && t[m + 4] == 1 && t[m + 5] == 0 && t[m + 6] == 0 && t[m + 7] == 0 && t[m + 8] == 1;
        centreX = mesh.centre[0];
        centreY = mesh.centre[1];
        centreZ = mesh.centre[2];
    }

    /** The last box asked about, in world axes: middle and half size. */
    private double boxX;
    private double boxY;
    private double boxZ;
    private double sizeX;
    private double sizeY;
    private double sizeZ;

    /**
     * Takes a leaf that the walk from the first end has come to among those that all states look at. One that it has not come to yet holds nothing of use to any state before: a way from the first end to an edge is never
     * longer over a state than straight.
     */
    private void addCluster(int instance, int node) {
        if (clusters == CLUSTERS) {
            cut = true;
            return;
        }
        nodeKey(0, node);
        int c = clusters++;
        clusterInstance[c] = instance;
        clusterNode[c] = node;
        clusterBox[6 * c] = boxX;
        clusterBox[6 * c + 1] = boxY;
        clusterBox[6 * c + 2] = boxZ;
        clusterBox[6 * c + 3] = sizeX;
        clusterBox[6 * c + 4] = sizeY;
        clusterBox[6 * c + 5] = sizeZ;
        for (int s = 1; s < states; s++) {
            pushCluster(s, c);
        }
        account(states / CLUSTERS_A_LOOK);
    }

    private void pushCluster(int state, int c) {
        int b = 6 * c;
        double key = boxKey(state, clusterBox[b], clusterBox[b + 1], clusterBox[b + 2], clusterBox[b + 3], clusterBox[b + 4], clusterBox[b + 5]);
        if (key <= limit) {
            push(key, state, clusterInstance[c], clusterNode[c]);
        }
    }

    private void account(int work) {
        steps -= work;
        looks += work;
    }

    private float[] boxes;
    private int transform;
    /** Whether the instance is neither turned nor scaled. */
    private boolean upright;
    private double centreX;
    private double centreY;
    private double centreZ;

    /** The least that a way over something in a box is long; infinite if the box lies wholly outside of the shadow of the edge that the way has reached. */
    private double nodeKey(int state, int node) {
        float[] b = boxes;
        double[] t = snapshot.transforms;
        int m = transform;
        int at = DiffractionEdges.BOX * node;
        double wx = 0.5 * (b[at] + (double) b[at + 3]) + centreX;
        double wy = 0.5 * (b[at + 1] + (double) b[at + 4]) + centreY;
        double wz = 0.5 * (b[at + 2] + (double) b[at + 5]) + centreZ;
        double rx = 0.5 * (b[at + 3] - (double) b[at]);
        double ry = 0.5 * (b[at + 4] - (double) b[at + 1]);
        double rz = 0.5 * (b[at + 5] - (double) b[at + 2]);
        if (upright) {
            wx += t[m + 18];
            wy += t[m + 19];
            wz += t[m + 20];
        } else {
            double mx = wx;
            double my = wy;
            double mz = wz;
            double hx = rx;
            double hy = ry;
            double hz = rz;
            wx = t[m] * mx + t[m + 1] * my + t[m + 2] * mz + t[m + 18];
            wy = t[m + 3] * mx + t[m + 4] * my + t[m + 5] * mz + t[m + 19];
            wz = t[m + 6] * mx + t[m + 7] * my + t[m + 8] * mz + t[m + 20];
            rx = Math.abs(t[m]) * hx + Math.abs(t[m + 1]) * hy + Math.abs(t[m + 2]) * hz;
            ry = Math.abs(t[m + 3]) * hx + Math.abs(t[m + 4]) * hy + Math.abs(t[m + 5]) * hz;
            rz = Math.abs(t[m + 6]) * hx + Math.abs(t[m + 7]) * hy + Math.abs(t[m + 8]) * hz;
        }
        boxX = wx;
        boxY = wy;
        boxZ = wz;
        sizeX = rx;
        sizeY = ry;
        sizeZ = rz;
        return boxKey(state, wx, wy, wz, rx, ry, rz);
    }

    /** The same for a box in world axes. */
    private double boxKey(int state, double wx, double wy, double wz, double rx, double ry, double rz) {
        double px = stateX[state];
        double py = stateY[state];
        double pz = stateZ[state];
        double side = (wx - px) * stateNx[state] + (wy - py) * stateNy[state] + (wz - pz) * stateNz[state]
                + rx * Math.abs(stateNx[state]) + ry * Math.abs(stateNy[state]) + rz * Math.abs(stateNz[state]);
        if (side < -2 * LIFT_METERS) {
            return Double.POSITIVE_INFINITY;
        }
        return stateLength[state] + overBox(px, py, pz, wx, wy, wz, rx, ry, rz);
    }

    /**
     * A lower bound of the way from a point over a box to the goal. The way over x is convex in x, so it lies above its tangent plane at any x; that one is taken where the straight line comes closest to the box's middle.
     *
     * @param wx the box's middle, likewise the others
     * @param rx half of its size, likewise the others
     */
    private double overBox(double px, double py, double pz, double wx, double wy, double wz, double rx, double ry, double rz) {
        double dx = goalX - px;
        double dy = goalY - py;
        double dz = goalZ - pz;
        double length2 = dx * dx + dy * dy + dz * dz;
        double t = length2 > 0 ? ((wx - px) * dx + (wy - py) * dy + (wz - pz) * dz) / length2 : 0;
        t = Math.max(0, Math.min(1, t));
        // Relative to the middle.
        double x = Math.max(-rx, Math.min(rx, px + t * dx - wx));
        double y = Math.max(-ry, Math.min(ry, py + t * dy - wy));
        double z = Math.max(-rz, Math.min(rz, pz + t * dz - wz));
        double ax = wx + x - px;
        double ay = wy + y - py;
        double az = wz + z - pz;
        double bx = wx + x - goalX;
        double by = wy + y - goalY;
        double bz = wz + z - goalZ;
        double a = Math.sqrt(ax * ax + ay * ay + az * az);
        double b = Math.sqrt(bx * bx + by * by + bz * bz);
        double ia = 1 / Math.max(a, 1e-9);
        double ib = 1 / Math.max(b, 1e-9);
        double gx = ax * ia + bx * ib;
        double gy = ay * ia + by * ib;
        double gz = az * ia + bz * ib;
        return a + b - gx * x - Math.abs(gx) * rx - gy * y - Math.abs(gy) * ry - gz * z - Math.abs(gz) * rz;
    }

    /** Opens a box and what is in it, as long as that is hardly farther; the rest and all edges wait for their turn on the heap. */
    private void open(int state, int instance, int root, double key) {
        DiffractionEdges edges = snapshot.meshes[instance].edges;
        enter(instance);
        double near = Math.min(limit, key + AT_ONCE_METERS);
        int depth = 0;
        nodes[depth++] = root;
        while (depth > 0) {
            int node = nodes[--depth];
            account(1);
            int link = edges.links[node];
            if (link < 0) {
                boolean exposed = false;
                for (int e = ~link; e < ~link + edges.sizes[node]; e++) {
                    exposed |= pushEdge(state, instance, e);
                }
                if (state == 0 && exposed && !litOnly) {
                    addCluster(instance, node);
                }
                continue;
            }
            for (int child = link; child < link + 2; child++) {
                double childKey = nodeKey(state, child);
                if (childKey <= near && depth < nodes.length) {
                    nodes[depth++] = child;
                } else if (childKey <= limit) {
                    push(childKey, state, instance, child);
                }
            }
        }
    }

    /** Puts the exposed parts of an edge on the heap, unless no shadow begins there. @return whether it may have any */
    private boolean pushEdge(int state, int instance, int e) {
        int slot = slot(instance, e);
        if (partCount[slot] == 0) {
            return false;
        }
        int at = EDGE * slot;
        double[] w = wholes;
        double ax = stateX[state];
        double ay = stateY[state];
        double az = stateZ[state];
        if (!litOnly) {
            // Where both faces are seen there is no shadow; what is close to a boundary is decided when it is visited.
            double dx = ax - w[at];
            double dy = ay - w[at + 1];
            double dz = az - w[at + 2];
            double c = dx * w[at + X] + dy * w[at + X + 1] + dz * w[at + X + 2];
            double d = dx * w[at + Y] + dy * w[at + Y + 1] + dz * w[at + Y + 2];
            double inside = 1e-9 * (Math.abs(c) + Math.abs(d));
            if (d > inside && d * w[at + BOTH] - c * w[at + BOTH + 1] > inside) {
                return true;
            }
        }
        double s = place(w, at, ax, ay, az, goalX, goalY, goalZ);
        double x = w[at] + s * w[at + T];
        double y = w[at + 1] + s * w[at + T + 1];
        double z = w[at + 2] + s * w[at + T + 2];
        double key = stateLength[state] + distance(ax, ay, az, x, y, z) + distance(x, y, z, goalX, goalY, goalZ);
        if (key > limit) {
            return true;
        }
        parts(instance, e);
        for (int part = 0; part < partCount[slot]; part++) {
            double held = Math.max(partFrom[PARTS * slot + part], Math.min(partTo[PARTS * slot + part], s));
            if (held != s) {
                x = w[at] + held * w[at + T];
                y = w[at + 1] + held * w[at + T + 1];
                z = w[at + 2] + held * w[at + T + 2];
            }
            double partKey = held == s ? key : stateLength[state] + distance(ax, ay, az, x, y, z) + distance(x, y, z, goalX, goalY, goalZ);
            int number = e * PARTS + part;
            if (partKey <= limit && !(state > 0 && stateInstance[state] == instance && stateEdge[state] == number)) {
                push(partKey, state, instance, ~number);
            }
        }
        return partCount[slot] > 0;
    }

    private double angleIn;

    /** On which side of the loaded edge, seen from a point, a shadow begins: 1 or −1 around it, 0 if there is none because both faces are seen or the point lies inside. */
    private int shadowSide(double ax, double ay, double az, double x, double y, double z) {
        double whole = edge[ANGLE];
        angleIn = angle(edge, 0, ax - x, ay - y, az - z);
        if (angleIn > whole + ON_FACE) {
            return 0;
        }
        return angleIn < whole - Math.PI && angleIn <= Math.PI ? 1 : angleIn > Math.PI ? -1 : 0;
    }

    /** An edge whose turn it is. */
    private void visit(int state, int instance, int number) {
        load(instance, number, edge, 0);
        double ax = stateX[state];
        double ay = stateY[state];
        double az = stateZ[state];
        double s = place(edge, 0, ax, ay, az, goalX, goalY, goalZ);
        double x = edge[0] + s * edge[T];
        double y = edge[1] + s * edge[T + 1];
        double z = edge[2] + s * edge[T + 2];
        double inX = x - ax;
        double inY = y - ay;
        double inZ = z - az;
        double inLength = Math.sqrt(inX * inX + inY * inY + inZ * inZ);
        if (!(inLength > 1e-9) || inX * stateNx[state] + inY * stateNy[state] + inZ * stateNz[state] < -2 * LIFT_METERS) {
            return;
        }
        int side = shadowSide(ax, ay, az, x, y, z);
        if (litOnly && (side == 0 || angle(edge, 0, goalX - x, goalY - y, goalZ - z) > edge[ANGLE] + ON_FACE)) {
            considerLit(instance, number, 0, x, y, z, true);
            return;
        }
        if (side == 0) {
            return;
        }
        double in = angleIn;
        double whole = edge[ANGLE];
        double out = angle(edge, 0, goalX - x, goalY - y, goalZ - z);
        double bends = (out - in) * side - Math.PI;
        double slack = 2 * LIFT_METERS / Math.max(2 * LIFT_METERS, Math.min(inLength, distance(x, y, z, goalX, goalY, goalZ)));
        // Within the lift of the string only the rays tell on which side of the boundary the line runs.
        boolean reaches = !litOnly && out <= whole + ON_FACE && bends >= (state > 0 || !free ? -slack : GRAZING);
        boolean lit = state == 0 && (free || litOnly) && out <= whole + ON_FACE && !reaches && bends > -LIT_NONE;
        bends = Math.min(bends, Math.PI);
        int depth = stateDepth[state];
        double before = stateBends[state];
        if (depth > 0) {
            // What the edge before bends by this leg: the angle between the legs, which for a taut string is all of it.
            int parent = stateParent[state];
            double bx = ax - stateX[parent];
            double by = ay - stateY[parent];
            double bz = az - stateZ[parent];
            double cos = (bx * inX + by * inY + bz * inZ) / (inLength * Math.sqrt(bx * bx + by * by + bz * bz));
            before += Math.min(1, Math.acos(Math.max(-1, Math.min(1, cos))) / FULL_BEND);
        }
        boolean expand = !litOnly && depth + 1 < POINTS && before < order + ORDER_FADE;
        if (lit) {
            considerLit(instance, number, Math.min(0, bends), x, y, z, false);
        }
        if (!reaches && !expand) {
            return;
        }
        int count = visitsOf(instance, number);
        if (count >= 2) {
            return;
        }
        double px = x + LIFT_METERS * edge[U];
        double py = y + LIFT_METERS * edge[U + 1];
        double pz = z + LIFT_METERS * edge[U + 2];
        if (legBlocked(stateLx[state], stateLy[state], stateLz[state], state == 0, px, py, pz, false)) {
            return;
        }
        countVisit(instance, number);
        if (reaches && before + Math.min(1, Math.max(0, bends) / FULL_BEND) < order + ORDER_FADE && !legBlocked(px, py, pz, false, goalX, goalY, goalZ, true)) {
            int k = depth;
            pathInstance[k] = instance;
            pathEdge[k] = number;
            parameter[k] = s;
            for (int at = state; at > 0; at = stateParent[at]) {
                k--;
                pathInstance[k] = stateInstance[at];
                pathEdge[k] = stateEdge[at];
                parameter[k] = stateParameter[at];
            }
            if (!known(depth + 1)) {
                boolean loaded = true;
                for (k = 0; k <= depth; k++) {
                    loaded &= load(pathInstance[k], pathEdge[k], pathEdges, EDGE * k);
                }
                if (loaded) {
                    evaluate(depth + 1);
                }
            }
        }
        if (!expand) {
            return;
        }
        if (states == STATES) {
            cut = true;
            return;
        }
        load(instance, number, edge, 0);
        int next = states++;
        stateX[next] = x;
        stateY[next] = y;
        stateZ[next] = z;
        stateLx[next] = px;
        stateLy[next] = py;
        stateLz[next] = pz;
        // Perpendicular to the way in and to the edge, into the shadow.
        double n = in + side * 1.5 * Math.PI;
        stateNx[next] = Math.cos(n) * edge[X] + Math.sin(n) * edge[Y];
        stateNy[next] = Math.cos(n) * edge[X + 1] + Math.sin(n) * edge[Y + 1];
        stateNz[next] = Math.cos(n) * edge[X + 2] + Math.sin(n) * edge[Y + 2];
        stateLength[next] = stateLength[state] + inLength;
        stateBends[next] = before;
        stateParameter[next] = s;
        stateParent[next] = state;
        stateInstance[next] = instance;
        stateEdge[next] = number;
        stateDepth[next] = depth + 1;
        for (int c = 0; c < clusters; c++) {
            pushCluster(next, c);
        }
        account(clusters / CLUSTERS_A_LOOK);
    }

    private int visitSlot;

    private int visitsOf(int instance, int number) {
        long key = ((long) instance << 32 | number) + 1;
        int slot = (int) (key * 0x9E3779B97F4A7C15L >>> 40) & VISITS - 1;
        while (visitCount[slot] > 0 && visitKey[slot] != key) {
            slot = slot + 1 & VISITS - 1;
        }
        visitSlot = slot;
        visitKey[slot] = key;
        return visitCount[slot];
    }

    private void countVisit(int instance, int number) {
        visitsOf(instance, number);
        if (visitCount[visitSlot] == 0) {
            if (visits == VISITS / 2) {
                cut = true;
                return;
            }
            visits++;
        }
        visitCount[visitSlot]++;
    }

    /** Non-negative floats sort like their bits. */
    private void push(double key, int state, int instance, int ref) {
        if (heapSize == HEAP) {
            cut = true;
            return;
        }
        int entry = freeEntries > 0 ? freeEntry[--freeEntries] : entries++;
        entryState[entry] = state;
        entryInstance[entry] = instance;
        entryRef[entry] = ref;
        long item = (long) Float.floatToRawIntBits((float) key) << 32 | entry;
        int i = heapSize++;
        while (i > 0) {
            int up = i - 1 >> 1;
            if (heap[up] <= item) {
                break;
            }
            heap[i] = heap[up];
            i = up;
        }
        heap[i] = item;
    }

    private void pop() {
        freeEntry[freeEntries++] = (int) heap[0];
        long item = heap[--heapSize];
        int i = 0;
        while (true) {
            int child = 2 * i + 1;
            if (child >= heapSize) {
                break;
            }
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= item) {
                break;
            }
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = item;
    }

    // ---------------------------------------------------------------------------------------------------------------------------- strings

    /** v of 125 Hz of a lit edge, stretched towards where its influence ends. */
    private static double litValue(double fresnelSquared, double bends) {
        double share = smooth((bends + LIT_NONE) / (LIT_NONE - LIT_FULL));
        return Math.sqrt(fresnelSquared * DiffractionShape.octaveHz(0)) / Math.max(share, 1e-6);
    }

    private static double smooth(double x) {
        double t = Math.max(0, Math.min(1, x));
        return t * t * (3 - 2 * t);
    }

    /** Loads a remembered sequence and lays the string roughly. */
    private boolean start(int count) {
        for (int k = 0; k < count; k++) {
            if (!load(pathInstance[k], pathEdge[k], pathEdges, EDGE * k)) {
                return false;
            }
        }
        double x = lx;
        double y = ly;
        double z = lz;
        for (int k = 0; k < count; k++) {
            parameter[k] = place(pathEdges, EDGE * k, x, y, z, ex, ey, ez);
            x = pathEdges[EDGE * k] + parameter[k] * pathEdges[EDGE * k + T];
            y = pathEdges[EDGE * k + 1] + parameter[k] * pathEdges[EDGE * k + T + 1];
            z = pathEdges[EDGE * k + 2] + parameter[k] * pathEdges[EDGE * k + T + 2];
        }
        return true;
    }

    private boolean known(int count) {
        for (int i = 0; i < raws; i++) {
            boolean same = rawCount[i] == count;
            for (int k = 0; same && k < count; k++) {
                same = rawInstance[POINTS * i + k] == pathInstance[k] && rawEdge[POINTS * i + k] == pathEdge[k];
            }
            if (same) {
                return true;
            }
        }
        return false;
    }

    /** Places the string's points by parameters. @return its length */
    private double lay(int count, double[] p) {
        point[0] = lx;
        point[1] = ly;
        point[2] = lz;
        for (int k = 0; k < count; k++) {
            for (int a = 0; a < 3; a++) {
                point[3 * k + 3 + a] = pathEdges[EDGE * k + a] + p[k] * pathEdges[EDGE * k + T + a];
            }
        }
        point[3 * count + 3] = ex;
        point[3 * count + 4] = ey;
        point[3 * count + 5] = ez;
        double length = 0;
        for (int k = 0; k <= count; k++) {
            leg[k] = distance(point[3 * k], point[3 * k + 1], point[3 * k + 2], point[3 * k + 3], point[3 * k + 4], point[3 * k + 5]);
            length += leg[k];
        }
        return length;
    }

    /** Pulls the string taut over its edges. @return its length */
    private double pull(int count) {
        double length = lay(count, parameter);
        if (count == 1) {
            parameter[0] = place(pathEdges, 0, lx, ly, lz, ex, ey, ez);
            return lay(count, parameter);
        }
        for (int iteration = 0; iteration < 12; iteration++) {
            for (int k = 0; k < count; k++) {
                diagonal[k] = 1e-9;
                gradient[k] = 0;
                coupling[k] = 0;
            }
            for (int k = 0; k <= count; k++) {
                double d = Math.max(leg[k], 1e-6);
                double x = (point[3 * k + 3] - point[3 * k]) / d;
                double y = (point[3 * k + 4] - point[3 * k + 1]) / d;
                double z = (point[3 * k + 5] - point[3 * k + 2]) / d;
                double from = 0;
                double to = 0;
                if (k > 0) {
                    int at = EDGE * (k - 1) + T;
                    from = pathEdges[at] * x + pathEdges[at + 1] * y + pathEdges[at + 2] * z;
                    gradient[k - 1] -= from;
                    diagonal[k - 1] += (1 - from * from) / d;
                }
                if (k < count) {
                    int at = EDGE * k + T;
                    to = pathEdges[at] * x + pathEdges[at + 1] * y + pathEdges[at + 2] * z;
                    gradient[k] += to;
                    diagonal[k] += (1 - to * to) / d;
                }
                if (k > 0 && k < count) {
                    coupling[k - 1] = (from * to - dot(pathEdges, EDGE * (k - 1) + T, pathEdges, EDGE * k + T)) / d;
                }
            }
            for (int k = 0; k < count; k++) {
                boolean held = parameter[k] <= 0 && gradient[k] > 0 || parameter[k] >= pathEdges[EDGE * k + LENGTH] && gradient[k] < 0;
                if (held) {
                    gradient[k] = 0;
                    diagonal[k] = 1;
                    coupling[k] = 0;
                    if (k > 0) {
                        coupling[k - 1] = 0;
                    }
                }
            }
            // Thomas's algorithm for the symmetric tridiagonal system; it is diagonally dominant enough because the length is convex.
            for (int k = 1; k < count; k++) {
                double factor = coupling[k - 1] / diagonal[k - 1];
                diagonal[k] = Math.max(1e-9, diagonal[k] - factor * coupling[k - 1]);
                gradient[k] -= factor * gradient[k - 1];
            }
            double largest = 0;
            for (int k = count - 1; k >= 0; k--) {
                gradient[k] = (gradient[k] - (k + 1 < count ? coupling[k] * gradient[k + 1] : 0)) / diagonal[k];
            }
            double step = 1;
            double next = length;
            for (int attempt = 0; attempt < 6; attempt++) {
                largest = 0;
                for (int k = 0; k < count; k++) {
                    trial[k] = Math.max(0, Math.min(pathEdges[EDGE * k + LENGTH], parameter[k] - step * gradient[k]));
                    largest = Math.max(largest, Math.abs(trial[k] - parameter[k]));
                }
                next = lay(count, trial);
                if (next <= length) {
                    break;
                }
                step *= 0.35;
            }
            if (next > length) {
                return lay(count, parameter);
            }
            System.arraycopy(trial, 0, parameter, 0, count);
            length = next;
            if (largest < 1e-7) {
                break;
            }
        }
        return length;
    }

    /**
     * Makes a path of the edges in {@link #pathEdges}: pulls the string, drops edges off which it lifts, asks for its legs, and keeps it with its levels.
     *
     * @return whether it is one, or a lit edge that was taken
     */
    private boolean evaluate(int edges) {
        int count = edges;
        double length;
        while (true) {
            length = pull(count);
            int worst = -1;
            double least = 0;
            for (int k = 0; k < count; k++) {
                int at = 3 * k + 3;
                double in = angle(pathEdges, EDGE * k, point[at - 3] - point[at], point[at - 2] - point[at + 1], point[at - 1] - point[at + 2]);
                double out = angle(pathEdges, EDGE * k, point[at + 3] - point[at], point[at + 4] - point[at + 1], point[at + 5] - point[at + 2]);
                double whole = pathEdges[EDGE * k + ANGLE];
                bend[k] = Math.abs(out - in) - Math.PI;
                if (in > whole + ON_FACE || out > whole + ON_FACE) {
                    // Through the wedge: not around it.
                    return false;
                }
                double slack = count > 1 || !free ? 2 * LIFT_METERS / Math.max(2 * LIFT_METERS, Math.min(leg[k], leg[k + 1])) : GRAZING;
                if (count == 1 && free && bend[k] < GRAZING || bend[k] < -slack && bend[k] + slack < least) {
                    least = bend[k] + slack;
                    worst = k;
                }
            }
            if (count == 1 && worst == 0) {
                return takeLit(length);
            }
            if (worst < 0 || count == 1) {
                break;
            }
            for (int k = worst; k + 1 < count; k++) {
                System.arraycopy(pathEdges, EDGE * (k + 1), pathEdges, EDGE * k, EDGE);
                parameter[k] = parameter[k + 1];
                pathInstance[k] = pathInstance[k + 1];
                pathEdge[k] = pathEdge[k + 1];
            }
            count--;
        }
        if (count < edges && known(count)) {
            return true;
        }
        if (length > limit || raws == RAW && !dropWeakest()) {
            return false;
        }
        double sharp = 0;
        double total = 0;
        for (int k = 0; k < count; k++) {
            bend[k] = Math.max(0, bend[k]);
            sharp += Math.min(1, bend[k] / FULL_BEND);
            total += bend[k];
        }
        if (sharp >= order + ORDER_FADE) {
            return false;
        }
        for (int k = 0; k <= count; k++) {
            double ax = point[3 * k] + (k > 0 ? lift(k - 1, 0) : 0);
            double ay = point[3 * k + 1] + (k > 0 ? lift(k - 1, 1) : 0);
            double az = point[3 * k + 2] + (k > 0 ? lift(k - 1, 2) : 0);
            double bx = point[3 * k + 3] + (k < count ? lift(k, 0) : 0);
            double by = point[3 * k + 4] + (k < count ? lift(k, 1) : 0);
            double bz = point[3 * k + 5] + (k < count ? lift(k, 2) : 0);
            if (legBlocked(ax, ay, az, k == 0, bx, by, bz, k == count)) {
                return false;
            }
        }
        int main = levels(count, length, total);
        double fade = Math.log(Math.max(1e-5, smooth((order + ORDER_FADE - sharp) / ORDER_FADE)));
        int r = raws++;
        rawCount[r] = count;
        rawLength[r] = length;
        rawBend[r] = total;
        rawBesides[r] = -1;
        rawOpening[r] = Double.POSITIVE_INFINITY;
        keepPass(r, count, main);
        rawMain[r] = main;
        System.arraycopy(out, 0, rawOut, 3 * POINTS * r, 3 * count);
        double sum = 0;
        for (int o = 0; o < OCTAVES; o++) {
            double l = Math.max(SILENT, level[o] + fade);
            rawLevel[OCTAVES * r + o] = l;
            sum += l;
        }
        rawLoudness[r] = sum / OCTAVES - Math.log(length);
        for (int k = 0; k < count; k++) {
            rawInstance[POINTS * r + k] = pathInstance[k];
            rawEdge[POINTS * r + k] = pathEdge[k];
        }
        System.arraycopy(point, 3, rawFirst, 3 * r, 3);
        System.arraycopy(point, 3 * count, rawLast, 3 * r, 3);
        sample(r, count, length);
        if (length < shortest) {
            shortest = length;
            bound();
        }
        return true;
    }

    private double lift(int k, int axis) {
        return LIFT_METERS * pathEdges[EDGE * k + U + axis];
    }

    /** A remembered edge beside a free line. */
    private boolean takeLit(double length) {
        if (!free || bend[0] < -LIT_NONE || litValue(EdgeDiffraction.fresnelSquared(length, direct), bend[0]) >= LIT_V) {
            return false;
        }
        System.arraycopy(pathEdges, 0, edge, 0, EDGE);
        considerLit(pathInstance[0], pathEdge[0], bend[0], point[3], point[4], point[5], false);
        return true;
    }

    private double footX;
    private double footY;
    private double footZ;
    private double footBefore;
    private double footAfter;

    /** Leaves in the foot the point of the way that is nearest to a point, and how much of the whole way lies before and after it. */
    private void nearest(double px, double py, double pz) {
        double best = Double.POSITIVE_INFINITY;
        double before = wayBefore;
        for (int k = 0; k + 1 < wayPoints; k++) {
            double dx = way[3 * k + 3] - way[3 * k];
            double dy = way[3 * k + 4] - way[3 * k + 1];
            double dz = way[3 * k + 5] - way[3 * k + 2];
            double length2 = dx * dx + dy * dy + dz * dz;
            double t = length2 > 0 ? ((px - way[3 * k]) * dx + (py - way[3 * k + 1]) * dy + (pz - way[3 * k + 2]) * dz) / length2 : 0;
            t = Math.max(0, Math.min(1, t));
            double fx = way[3 * k] + t * dx;
            double fy = way[3 * k + 1] + t * dy;
            double fz = way[3 * k + 2] + t * dz;
            double d = distance(fx, fy, fz, px, py, pz);
            double length = Math.sqrt(length2);
            if (d < best) {
                best = d;
                footX = fx;
                footY = fy;
                footZ = fz;
                footBefore = before + t * length;
            }
            before += length;
        }
        footAfter = Math.max(0, reference - footBefore);
    }

    /** Whether a point of the loaded edge is seen from the point of the way that is nearest to it. */
    private boolean beholds(double s, double ux, double uy, double uz) {
        double px = edge[0] + s * edge[T] + LIFT_METERS * ux;
        double py = edge[1] + s * edge[T + 1] + LIFT_METERS * uy;
        double pz = edge[2] + s * edge[T + 2] + LIFT_METERS * uz;
        nearest(px, py, pz);
        rays++;
        return !scene.anyHit(query, footX, footY, footZ, px, py, pz);
    }

    private void lineDirection(double ax, double ay, double az, double bx, double by, double bz) {
        double d = Math.max(1e-12, distance(ax, ay, az, bx, by, bz));
        lineX = (bx - ax) / d;
        lineY = (by - ay) / d;
        lineZ = (bz - az) / d;
    }

    private final double[] across = new double[3];

    /** Leaves in {@link #across} the unit direction across both the line and an edge, to the side where the edge leaves the way free (zero where the edge runs along the line). */
    private void across(double[] e, int at) {
        double x = lineY * e[at + T + 2] - lineZ * e[at + T + 1];
        double y = lineZ * e[at + T] - lineX * e[at + T + 2];
        double z = lineX * e[at + T + 1] - lineY * e[at + T];
        double side = x * e[at + U] + y * e[at + U + 1] + z * e[at + U + 2];
        double r = Math.sqrt(x * x + y * y + z * z);
        r = r > 1e-9 ? (side < 0 ? -1 : 1) / r : 0;
        across[0] = x * r;
        across[1] = y * r;
        across[2] = z * r;
    }

    /** Whether a nearer lit edge on the same side, found before, leaves nothing for this one to take. */
    private boolean shaded(double v) {
        for (int k = 0; k < ownEdges; k++) {
            if (dot(across, 0, rawOut, 3 * (ownAt + k)) > 0.9999) {
                return true;
            }
        }
        for (int i = 0; i < lits; i++) {
            if (litV[i] <= v && across[0] * litOut[3 * i] + across[1] * litOut[3 * i + 1] + across[2] * litOut[3 * i + 2] > 0.9999) {
                return true;
            }
        }
        return false;
    }

    /** Takes the loaded edge among the lit ones if it stands close enough beside the way and nothing is between: seen from the way's point that is nearest to it. */
    private void considerLit(int instance, int number, double bends, double x, double y, double z, boolean onlyTouching) {
        for (int k = 0; k < ownEdges; k++) {
            if (rawInstance[ownAt + k] == instance && rawEdge[ownAt + k] == number) {
                return;
            }
        }
        int i = 0;
        for (; i < lits; i++) {
            if (litInstance[i] == instance && litEdge[i] == number) {
                return;
            }
        }
        double ux = edge[U];
        double uy = edge[U + 1];
        double uz = edge[U + 2];
        across(edge, 0);
        if (onlyTouching && ownEdges > 0) {
            // Which side of it the string passes at a corner is a matter of rounding: it is the one that the string is on.
            int main = ownAt / POINTS;
            if (dot(across, 0, rawPass, PASS * main + 9) < -0.7) {
                across[0] = -across[0];
                across[1] = -across[1];
                across[2] = -across[2];
            }
        }
        // How far off the way the edge stands, across it, and how much longer the way over it is: as if the way were straight.
        nearest(x, y, z);
        double off = Math.max(0, distance(footX, footY, footZ, x, y, z) - (litOnly ? TOUCH_METERS : 0));
        if (onlyTouching && off > 0) {
            return;
        }
        if ((footX - x) * across[0] + (footY - y) * across[1] + (footZ - z) * across[2] < -2 * LIFT_METERS) {
            return;
        }
        double along = footBefore;
        double around = Math.sqrt(footBefore * footBefore + off * off) + Math.sqrt(footAfter * footAfter + off * off);
        double v = litValue(EdgeDiffraction.fresnelSquared(around, reference), bends);
        if (v >= LIT_V || shaded(v)) {
            return;
        }
        double s = (x - edge[0]) * edge[T] + (y - edge[1]) * edge[T + 1] + (z - edge[2]) * edge[T + 2];
        // At a corner of an opening the point itself may be hidden by a hair; then its neighbours tell.
        if (!beholds(s, ux, uy, uz) && !beholds(Math.min(edge[LENGTH], s + BESIDE_METERS), ux, uy, uz) && !beholds(Math.max(0, s - BESIDE_METERS), ux, uy, uz)) {
            return;
        }
        if (lits == LITS) {
            if (litV[LITS - 1] <= v) {
                return;
            }
            lits--;
        }
        i = lits++;
        while (i > 0 && litV[i - 1] > v) {
            litInstance[i] = litInstance[i - 1];
            litEdge[i] = litEdge[i - 1];
            litV[i] = litV[i - 1];
            litPath[i] = litPath[i - 1];
            litAlong[i] = litAlong[i - 1];
            System.arraycopy(litPoint, 3 * i - 3, litPoint, 3 * i, 3);
            System.arraycopy(litOut, 3 * i - 3, litOut, 3 * i, 3);
            i--;
        }
        litInstance[i] = instance;
        litEdge[i] = number;
        litV[i] = v;
        litPath[i] = around;
        litAlong[i] = along;
        litPoint[3 * i] = x;
        litPoint[3 * i + 1] = y;
        litPoint[3 * i + 2] = z;
        System.arraycopy(across, 0, litOut, 3 * i, 3);
    }

    /** Remembers how the string passes its main edge, for {@link #narrow}. */
    private void keepPass(int r, int count, int main) {
        int at = PASS * r;
        double before = 0;
        double after = 0;
        for (int k = 0; k <= count; k++) {
            before += k <= main ? leg[k] : 0;
            after += k > main ? leg[k] : 0;
        }
        double toBefore = before / Math.max(1e-9, leg[main]);
        double toAfter = after / Math.max(1e-9, leg[main + 1]);
        for (int a = 0; a < 3; a++) {
            double p = point[3 * main + 3 + a];
            rawPass[at + a] = p + toBefore * (point[3 * main + a] - p);
            rawPass[at + 3 + a] = p + toAfter * (point[3 * main + 6 + a] - p);
            rawPass[at + 6 + a] = p;
            rawPass[at + 12 + a] = p + lift(main, a);
            rawPass[at + 15 + a] = point[3 * main + a] + (main > 0 ? lift(main - 1, a) : 0);
            rawPass[at + 18 + a] = point[3 * main + 6 + a] + (main + 1 < count ? lift(main + 1, a) : 0);
        }
        System.arraycopy(out, 3 * main, rawPass, at + 9, 3);
    }

    /** Makes room where more paths are found than can be kept. */
    private boolean dropWeakest() {
        int worst = 0;
        for (int r = 1; r < raws; r++) {
            if (rawLoudness[r] < rawLoudness[worst]) {
                worst = r;
            }
        }
        int last = --raws;
        rawCount[worst] = rawCount[last];
        rawLength[worst] = rawLength[last];
        rawBend[worst] = rawBend[last];
        rawOpening[worst] = rawOpening[last];
        System.arraycopy(rawPass, PASS * last, rawPass, PASS * worst, PASS);
        System.arraycopy(rawOut, 3 * POINTS * last, rawOut, 3 * POINTS * worst, 3 * POINTS);
        rawMain[worst] = rawMain[last];
        rawBesides[worst] = rawBesides[last];
        System.arraycopy(rawBesideInstance, LITS * last, rawBesideInstance, LITS * worst, LITS);
        System.arraycopy(rawBesideEdge, LITS * last, rawBesideEdge, LITS * worst, LITS);
        rawLoudness[worst] = rawLoudness[last];
        System.arraycopy(rawLevel, OCTAVES * last, rawLevel, OCTAVES * worst, OCTAVES);
        System.arraycopy(rawInstance, POINTS * last, rawInstance, POINTS * worst, POINTS);
        System.arraycopy(rawEdge, POINTS * last, rawEdge, POINTS * worst, POINTS);
        System.arraycopy(rawFirst, 3 * last, rawFirst, 3 * worst, 3);
        System.arraycopy(rawLast, 3 * last, rawLast, 3 * worst, 3);
        System.arraycopy(rawSamples, 3 * SAMPLES * last, rawSamples, 3 * SAMPLES * worst, 3 * SAMPLES);
        return true;
    }

    /** Points at equal steps along the string, by which strings are compared. */
    private void sample(int r, int count, double length) {
        int k = 0;
        double before = 0;
        for (int s = 0; s < SAMPLES; s++) {
            double at = length * (s + 1) / (SAMPLES + 1);
            while (k < count && before + leg[k] < at) {
                before += leg[k++];
            }
            double u = leg[k] > 0 ? (at - before) / leg[k] : 0;
            for (int a = 0; a < 3; a++) {
                rawSamples[3 * (SAMPLES * r + s) + a] = point[3 * k + a] + u * (point[3 * k + 3 + a] - point[3 * k + a]);
            }
        }
    }

    // ----------------------------------------------------------------------------------------------------------------------------- levels

    /** v² of 1 Hz of edge k, were the string on either side of it straight for given lengths: (S² − R²) of the bent way, also where the string hangs on the end of the edge. */
    private double local(int k, double before, double after) {
        int at = 3 * k + 3;
        double d1 = Math.max(1e-9, leg[k]);
        double d2 = Math.max(1e-9, leg[k + 1]);
        double x = (point[at] - point[at - 3]) / d1 - (point[at + 3] - point[at]) / d2;
        double y = (point[at + 1] - point[at - 2]) / d1 - (point[at + 4] - point[at + 1]) / d2;
        double z = (point[at + 2] - point[at - 1]) / d1 - (point[at + 5] - point[at + 2]) / d2;
        // |difference of the unit directions| = 2 sin(θ/2).
        return before + after > 0 ? 2 / EdgeDiffraction.SPEED_OF_SOUND * before * after * (x * x + y * y + z * z) / (before + after) : 0;
    }

    /** Fills {@link #level} and {@link #out} for the string as it lies. @return the edge with the largest v */
    private int levels(int count, double length, double total) {
        for (int k = 0; k < count; k++) {
            ratio[k] = EdgeDiffraction.wedgeRatio(pathEdges[EDGE * k + ANGLE] / Math.PI, bend[k]);
            double before = Math.max(1e-9, leg[k]);
            double after = Math.max(1e-9, leg[k + 1]);
            int at = 3 * k + 3;
            lineX = (point[at] - point[at - 3]) / before + (point[at + 3] - point[at]) / after;
            lineY = (point[at + 1] - point[at - 2]) / before + (point[at + 4] - point[at + 1]) / after;
            lineZ = (point[at + 2] - point[at - 1]) / before + (point[at + 5] - point[at + 2]) / after;
            across(pathEdges, EDGE * k);
            System.arraycopy(across, 0, out, 3 * k, 3);
        }
        double along = 0;
        for (int k = 0; k < count; k++) {
            along += leg[k];
            alone[k] = local(k, along, length - along);
        }
        edgesNow = count;
        lineDirection(lx, ly, lz, ex, ey, ez);
        Arrays.fill(level, 0);
        crossed = 0;
        pathLength = length;
        Arrays.fill(pinch, 0);
        int main = between(0, count, 0, length, true);
        // Also for one edge: where the string hangs on the end of an edge its detour is more than what it bends around the edge's line.
        double whole = EdgeDiffraction.fresnelSquared(length, direct);
        double share = total > 0 ? bend[main] / total : 1;
        for (int o = 0; o < OCTAVES; o++) {
            double v = Math.sqrt(whole * DiffractionShape.octaveHz(o));
            double mainV = Math.sqrt(fresnel[main] * DiffractionShape.octaveHz(o));
            double raised = EdgeDiffraction.shadowLog(v) + share * (EdgeDiffraction.wedgeLog(mainV, ratio[main]) - EdgeDiffraction.shadowLog(mainV)) + crossed;
            level[o] = Math.min(level[o], raised) + pinch[o];
        }
        return main;
    }

    /** Unit directions across the string, by edge of the string at hand. */
    private final double[] out = new double[3 * POINTS];
    /** v² of 1 Hz of each, were it the only one. */
    private final double[] alone = new double[POINTS];
    private int edgesNow;
    /** ln of what edges take at their boundary because they do not run along those before. */
    private double crossed;
    private double pathLength;
    private final double[] pinch = new double[OCTAVES];

    /**
     * Adds the levels of the edges from..to − 1 of the string, of which the part from {@code start} to {@code end} metres along it counts; the largest first, then both sides of it.
     *
     * <p>An edge on the same side as a larger one counts twice its own level (nothing where it just touches), one that runs across it (the lintel above a jamb) just its own level (a half where it just
     * touches): the same as {@link #beside} gives an edge that the string has not reached yet.
     *
     * @return the largest
     */
    private int between(int from, int to, double start, double end, boolean first) {
        if (from >= to) {
            return -1;
        }
        double at = 0;
        double mainAt = 0;
        int main = from;
        double largest = -1;
        for (int k = 0; k < to; k++) {
            at += leg[k];
            if (k >= from) {
                double f = local(k, at - start, end - at);
                if (f > largest) {
                    largest = f;
                    main = k;
                    mainAt = at;
                }
            }
        }
        double doubled = 0;
        if (!first) {
            double share = 1;
            for (int k = 0; k < edgesNow; k++) {
                double c = alone[k] > alone[main] ? dot(out, 3 * k, out, 3 * main) : 0;
                double o = Math.min(1, c * c);
                if (c < 0) {
                    // Two sides of one gap through which the string winds: as wide as they are apart across it.
                    double x = point[3 * k + 3] - point[3 * main + 3];
                    double y = point[3 * k + 4] - point[3 * main + 4];
                    double z = point[3 * k + 5] - point[3 * main + 5];
                    double width = Math.abs(x * out[3 * k] + y * out[3 * k + 1] + z * out[3 * k + 2]);
                    o *= together(Math.sqrt(x * x + y * y + z * z));
                    double before = Math.max(1e-9, mainAt);
                    double after = Math.max(1e-9, pathLength - mainAt);
                    double gap2 = 2 / EdgeDiffraction.SPEED_OF_SOUND * width * width * (before + after) / (before * after);
                    for (int i = 0; i < OCTAVES && o > 0; i++) {
                        pinch[i] += o * Math.log(Math.max(1e-5, EdgeDiffraction.slitFactor(0, Math.sqrt(gap2 * DiffractionShape.octaveHz(i)))));
                    }
                }
                share *= 1 - o;
            }
            doubled = Math.log(2 - share);
            crossed += doubled - Math.log(2);
        }
        fresnel[main] = largest;
        for (int o = 0; o < OCTAVES; o++) {
            level[o] += EdgeDiffraction.wedgeLog(Math.sqrt(largest * DiffractionShape.octaveHz(o)), ratio[main]) + doubled;
        }
        between(from, main, start, mainAt, false);
        between(main + 1, to, mainAt, end, false);
        return main;
    }

    /** Looks for what stands beside the way past a path's main edge and lowers the path's levels by it. */
    private void narrow(int r) {
        int at = PASS * r;
        double[] p = rawPass;
        lits = 0;
        litOnly = true;
        reference = rawLength[r];
        goal(p[at], p[at + 1], p[at + 2], p[at + 3], p[at + 4], p[at + 5]);
        lineDirection(p[at], p[at + 1], p[at + 2], p[at + 3], p[at + 4], p[at + 5]);
        wayPoints = 3;
        wayBefore = Math.max(0, distance(p[at], p[at + 1], p[at + 2], p[at + 6], p[at + 7], p[at + 8]) - distance(p[at + 15], p[at + 16], p[at + 17], p[at + 6], p[at + 7], p[at + 8]));
        System.arraycopy(p, at + 15, way, 0, 3);
        System.arraycopy(p, at + 12, way, 3, 3);
        System.arraycopy(p, at + 18, way, 6, 3);
        limit = reference + LIT_METERS;
        ownAt = POINTS * r;
        ownEdges = rawCount[r];
        if (searching || rawBesides[r] < 0) {
            effort = 1;
            explore(NARROW_RAYS);
            rawBesides[r] = lits;
            System.arraycopy(litInstance, 0, rawBesideInstance, LITS * r, lits);
            System.arraycopy(litEdge, 0, rawBesideEdge, LITS * r, lits);
        } else {
            root();
            for (int i = LITS * r; i < LITS * r + rawBesides[r]; i++) {
                if (snapshot.enabled[rawBesideInstance[i]] && load(rawBesideInstance[i], rawBesideEdge[i], edge, 0)) {
                    visit(0, rawBesideInstance[i], rawBesideEdge[i]);
                }
            }
        }
        beside(rawLength[r], r);
        for (int o = 0; o < OCTAVES; o++) {
            rawLevel[OCTAVES * r + o] = Math.max(SILENT, rawLevel[OCTAVES * r + o] + slit[o]);
        }
        rawOpening[r] = slitWidth;
    }

    /**
     * Fills {@link #slit} with what the lit edges take away together. An edge on the same side as one before it takes nothing more; one across (a lintel above a jamb) multiplies, as in a rectangular
     * aperture; one on the other side at the same place makes a slit with it, farther along the way it multiplies too.
     *
     * @param length of the path (metres)
     * @param r      the path, or −1 for the free line
     */
    private void beside(double length, int r) {
        Arrays.fill(slit, 0);
        slitWidth = Double.POSITIVE_INFINITY;
        int own = r < 0 ? 0 : rawCount[r];
        int main = r < 0 ? -1 : rawMain[r];
        int pass = PASS * r;
        double mainAlong = r < 0 ? 0 : distance(rawPass[pass], rawPass[pass + 1], rawPass[pass + 2], rawPass[pass + 6], rawPass[pass + 7], rawPass[pass + 8]);
        double near2 = r < 0 ? 0 : EdgeDiffraction.fresnelSquared(length, direct);
        for (int i = 0; i < lits; i++) {
            double share = smooth((LIT_V - litV[i]) / LIT_FADE);
            double opposite = 0;
            int partner = -1;
            for (int k = 0; k < own; k++) {
                double c = dot(litOut, 3 * i, rawOut, 3 * (POINTS * r + k));
                if (c > 0) {
                    share *= 1 - Math.min(1, c * c);
                } else if (k == main) {
                    opposite = c * c * together(litAlong[i] - mainAlong);
                    if (c < -0.7 && opposite > 0) {
                        slitWidth = Math.min(slitWidth, distance(rawPass[pass + 6], rawPass[pass + 7], rawPass[pass + 8], litPoint[3 * i], litPoint[3 * i + 1], litPoint[3 * i + 2]));
                    }
                }
            }
            for (int k = 0; k < i; k++) {
                double c = dot(litOut, 3 * i, litOut, 3 * k);
                if (c > 0) {
                    share *= 1 - Math.min(1, c * c);
                    continue;
                }
                double o = c * c * together(litAlong[i] - litAlong[k]);
                if (o * litShare[k] > opposite) {
                    opposite = o;
                    partner = k;
                }
                if (c < -0.7 && o > 0) {
                    slitWidth = Math.min(slitWidth, distance(litPoint[3 * k], litPoint[3 * k + 1], litPoint[3 * k + 2], litPoint[3 * i], litPoint[3 * i + 1], litPoint[3 * i + 2]));
                }
            }
            litShare[i] = share;
            if (share <= 0) {
                continue;
            }
            for (int o = 0; o < OCTAVES; o++) {
                double hz = DiffractionShape.octaveHz(o);
                double v = litV[i] * Math.sqrt(hz / DiffractionShape.octaveHz(0));
                double alone = 1 - Math.exp(EdgeDiffraction.litLog(v));
                double paired = 0;
                if (partner >= 0) {
                    paired = 1 - EdgeDiffraction.slitFactor(-litV[partner] * Math.sqrt(hz / DiffractionShape.octaveHz(0)), v);
                } else if (opposite > 0) {
                    // v is proportional to how far off the line an edge stands, so the gap's adds to the near edge's.
                    double near = Math.sqrt(near2 * hz);
                    paired = 1 - EdgeDiffraction.slitFactor(near, near + v);
                }
                slit[o] += Math.log(Math.max(1e-5, 1 - share * ((1 - opposite) * alone + opposite * paired)));
            }
        }
    }

    /** Whether two edges so far apart along the way bound one slit (1) or stand behind each other (0). */
    private static double together(double alongMeters) {
        return 1 - smooth((Math.abs(alongMeters) - SLIT_DEPTH_METERS) / SLIT_DEPTH_METERS);
    }

    // ----------------------------------------------------------------------------------------------------------------------------- result

    private void finish(DiffractionResult result) {
        boolean near = free && lits > 0;
        int nearInstance = 0;
        double nearPath = direct;
        double nearOpening = Double.POSITIVE_INFINITY;
        Arrays.fill(nearLevel, 0);
        Arrays.fill(litLevel, 0);
        keepLit();
        if (near) {
            // Alone it decides how far the ways around its other sides matter; with all others it lowers the direct sound.
            for (int o = 0; o < OCTAVES; o++) {
                nearLevel[o] = EdgeDiffraction.litLog(litV[0] * Math.sqrt(DiffractionShape.octaveHz(o) / DiffractionShape.octaveHz(0)));
            }
            beside(direct, -1);
            System.arraycopy(slit, 0, litLevel, 0, OCTAVES);
            nearInstance = litInstance[0];
            nearPath = litPath[0];
            nearOpening = slitWidth;
            System.arraycopy(litPoint, 0, nearPoint, 0, 3);
        }
        // Louder ones first; each by how far it is from all of those on its side.
        Arrays.fill(rawUsed, 0, RAW, false);
        for (int i = 0; i < raws; i++) {
            int best = -1;
            for (int r = 0; r < raws; r++) {
                if (!rawUsed[r] && (best < 0 || rawLoudness[r] > rawLoudness[best])) {
                    best = r;
                }
            }
            rawUsed[best] = true;
            rawOrder[i] = best;
        }
        double spread = SPREAD_METERS + (shortest < Double.POSITIVE_INFINITY ? shortest - direct : 0);
        for (int i = 0; i < raws; i++) {
            int r = rawOrder[i];
            double weight = smooth(2 * (shortest + spread - rawLength[r]) / spread);
            for (int k = 0; k < i; k++) {
                int q = rawOrder[k];
                double same = smooth(2 * dot(rawPass, PASS * r + 9, rawPass, PASS * q + 9) + 1);
                weight *= 1 - same * (1 - smooth((apart(r, q) - SAME_METERS) / (OTHER_METERS - SAME_METERS)));
            }
            for (int k = 0; near && k < lits; k++) {
                double same = smooth(2 * dot(rawPass, PASS * r + 9, litOut, 3 * k) + 1);
                weight *= 1 - same * (1 - smooth((offLine(r) - SAME_METERS) / (OTHER_METERS - SAME_METERS)));
            }
            double fade = Math.log(Math.max(1e-5, weight));
            for (int o = 0; o < OCTAVES; o++) {
                double l = rawLevel[OCTAVES * r + o] + fade;
                if (free) {
                    double f = Math.exp(2 * nearLevel[o]);
                    l += Math.log(Math.max(1e-5, Math.min(1, (1 - f) / 0.75)));
                }
                rawLevel[OCTAVES * r + o] = Math.max(SILENT, l);
            }
        }
        int narrowed = 0;
        for (int i = 0; i < raws && narrowed < DiffractionResult.MAX_PATHS; i++) {
            if (audible(rawOrder[i])) {
                narrow(rawOrder[i]);
                narrowed++;
            }
        }
        result.paths = 0;
        result.directEdgeName = near ? scene.instanceName(nearInstance) : null;
        parcels = 0;
        if (free) {
            for (int o = 0; o < OCTAVES; o++) {
                parcelGain[o] = Math.exp(litLevel[o]);
            }
            parcelLength[parcels++] = direct;
        }
        if (near) {
            for (int o = 0; o < OCTAVES; o++) {
                level[o] = Math.max(SILENT, litLevel[o] + Math.log(nearPath / direct));
            }
            emit(result, level, 0, nearPoint[0], nearPoint[1], nearPoint[2], nearPoint[0], nearPoint[1], nearPoint[2], nearPath, 0, 1, nearOpening, nearInstance, nearInstance);
        }
        for (int i = 0; i < raws; i++) {
            int r = rawOrder[i];
            if (result.paths == DiffractionResult.MAX_PATHS || !audible(r)) {
                continue;
            }
            for (int o = 0; o < OCTAVES; o++) {
                parcelGain[OCTAVES * parcels + o] = Math.exp(rawLevel[OCTAVES * r + o]) * direct / rawLength[r];
            }
            parcelLength[parcels++] = rawLength[r];
            emit(result, rawLevel, OCTAVES * r, rawFirst[3 * r], rawFirst[3 * r + 1], rawFirst[3 * r + 2], rawLast[3 * r], rawLast[3 * r + 1], rawLast[3 * r + 2],
                    rawLength[r], rawBend[r], rawCount[r], rawOpening[r], rawInstance[POINTS * r], rawInstance[POINTS * r + rawCount[r] - 1]);
        }
        for (int o = 0; o < OCTAVES; o++) {
            double sum = 0;
            for (int i = 0; i < parcels; i++) {
                for (int k = 0; k < parcels; k++) {
                    sum += parcelGain[OCTAVES * i + o] * parcelGain[OCTAVES * k + o] * EdgeDiffraction.coherence(parcelLength[i] - parcelLength[k], DiffractionShape.octaveHz(o));
                }
            }
            scratch[o] = Math.max(SILENT, 0.5 * Math.log(Math.max(1e-30, sum)));
        }
        DiffractionShape.fit(scratch, result.directCurve, 0);
    }

    private int parcels;
    private final double[] parcelGain = new double[(DiffractionResult.MAX_PATHS + 1) * OCTAVES];
    private final double[] parcelLength = new double[DiffractionResult.MAX_PATHS + 1];
    private final double[] litLevel = new double[OCTAVES];
    private final double[] nearPoint = new double[3];
    private int keptLits;
    private final int[] keptInstance = new int[LITS];
    private final int[] keptEdge = new int[LITS];

    private void keepLit() {
        keptLits = free ? lits : 0;
        System.arraycopy(litInstance, 0, keptInstance, 0, keptLits);
        System.arraycopy(litEdge, 0, keptEdge, 0, keptLits);
    }

    private boolean audible(int r) {
        for (int o = 0; o < OCTAVES; o++) {
            if (rawLevel[OCTAVES * r + o] > SILENT + 1e-9) {
                return true;
            }
        }
        return false;
    }

    /** The largest distance of a string from the straight line, at equal parts of both. */
    private double offLine(int r) {
        double most = 0;
        for (int s = 0; s < SAMPLES; s++) {
            double u = (s + 1.0) / (SAMPLES + 1);
            int i = 3 * (SAMPLES * r + s);
            most = Math.max(most, distance(rawSamples[i], rawSamples[i + 1], rawSamples[i + 2], lx + u * (ex - lx), ly + u * (ey - ly), lz + u * (ez - lz)));
        }
        return most;
    }

    /** The largest distance between two strings at equal parts of their ways. */
    private double apart(int a, int b) {
        double most = 0;
        for (int s = 0; s < SAMPLES; s++) {
            int i = 3 * (SAMPLES * a + s);
            int k = 3 * (SAMPLES * b + s);
            most = Math.max(most, distance(rawSamples[i], rawSamples[i + 1], rawSamples[i + 2], rawSamples[k], rawSamples[k + 1], rawSamples[k + 2]));
        }
        return most;
    }

    private void emit(DiffractionResult result, double[] levels, int at, double fx, double fy, double fz, double gx, double gy, double gz, double length, double bends, int edges, double opening,
                      int firstInstance, int lastInstance) {
        int i = result.paths++;
        System.arraycopy(levels, at, level, 0, OCTAVES);
        DiffractionShape.fit(level, result.curves, 3 * i);
        double first = Math.max(1e-9, distance(lx, ly, lz, fx, fy, fz));
        double last = Math.max(1e-9, distance(ex, ey, ez, gx, gy, gz));
        result.lengths[i] = length;
        result.virtual[3 * i] = lx + (fx - lx) / first * length;
        result.virtual[3 * i + 1] = ly + (fy - ly) / first * length;
        result.virtual[3 * i + 2] = lz + (fz - lz) / first * length;
        result.departures[3 * i] = (gx - ex) / last;
        result.departures[3 * i + 1] = (gy - ey) / last;
        result.departures[3 * i + 2] = (gz - ez) / last;
        result.bends[i] = bends;
        result.firstDistances[i] = first;
        result.lastDistances[i] = last;
        result.openings[i] = opening;
        result.edgeCounts[i] = edges;
        result.firstNames[i] = scene.instanceName(firstInstance);
        result.lastNames[i] = scene.instanceName(lastInstance);
    }

    private void store(DiffractionResult result, boolean searched) {
        result.cacheMeshes = snapshot.meshes;
        result.cached = 0;
        for (int i = 0; i < keptLits && result.cached < DiffractionResult.CACHE; i++) {
            int c = result.cached++;
            result.cacheCount[c] = 1;
            result.cacheAge[c] = 0;
            result.cacheInstance[POINTS * c] = keptInstance[i];
            result.cacheEdge[POINTS * c] = keptEdge[i];
            result.besides[c] = -1;
        }
        for (int i = 0; i < raws && result.cached < DiffractionResult.CACHE; i++) {
            int r = rawOrder[i];
            int c = result.cached++;
            result.cacheCount[c] = rawCount[r];
            result.cacheAge[c] = 0;
            System.arraycopy(rawInstance, POINTS * r, result.cacheInstance, POINTS * c, POINTS);
            System.arraycopy(rawEdge, POINTS * r, result.cacheEdge, POINTS * c, POINTS);
            result.besides[c] = rawBesides[r];
            System.arraycopy(rawBesideInstance, LITS * r, result.besideInstance, LITS * c, LITS);
            System.arraycopy(rawBesideEdge, LITS * r, result.besideEdge, LITS * c, LITS);
        }
        for (int d = 0; d < dormant && !searched && result.cached < DiffractionResult.CACHE; d++) {
            int c = result.cached++;
            result.cacheCount[c] = dormantCount[d];
            result.cacheAge[c] = dormantAge[d];
            System.arraycopy(dormantInstance, POINTS * d, result.cacheInstance, POINTS * c, POINTS);
            System.arraycopy(dormantEdge, POINTS * d, result.cacheEdge, POINTS * c, POINTS);
            result.besides[c] = -1;
        }
        set(result.solvedAt, lx, ly, lz, ex, ey, ez);
        result.solvedFor = snapshot;
        if (searched) {
            set(result.searchedAt, lx, ly, lz, ex, ey, ez);
            result.searchedFor = snapshot;
            result.changed = false;
            result.lost = false;
        }
    }

    private static void set(double[] at, double lx, double ly, double lz, double ex, double ey, double ez) {
        at[0] = lx;
        at[1] = ly;
        at[2] = lz;
        at[3] = ex;
        at[4] = ey;
        at[5] = ez;
    }
}
