package io.pinna.internal.acoustics;

import io.pinna.acoustics.Bands;
import io.pinna.internal.Check;
import java.util.Arrays;

/**
 * Early reflections around one listener: which surfaces mirror sound to it ({@link #discover}, spread over updates), and by which of them an emitter is heard ({@link #solve}, for each pair).
 * Acoustics thread; allocates nothing after construction; same calls, same bits.
 *
 * <p><b>Discovery.</b> Rays leave the listener on a Fibonacci lattice that is turned anew for every turn, and are mirrored at each surface they meet. Every sequence of planes met is a candidate,
 * kept while it is met again or heard. Planes, not surfaces: everything within {@value #PLANE_METERS} m and {@value #PLANE_SINE} rad of a plane that is known belongs to it, so a floor of many
 * tiles is one mirror. A plane follows the surface that it was found by, if that moves; if something else that was met there stays, the plane stays with it. Reflections by planes at right
 * angles commute: all orders of such a sequence have the same image and are one candidate, so a path that wanders around the corner of a room remains the same.
 *
 * <p><b>Solving</b> is the image source method (J. B. Allen, D. A. Berkley, "Image method for efficiently simulating small-room acoustics", J. Acoust. Soc. Am. 65, 1979; J. Borish, "Extension of
 * the image model to arbitrary polyhedra", J. Acoust. Soc. Am. 75, 1984). The listener's image in each sequence is kept; the line from the emitter to it gives the last point of reflection,
 * the line from there to the image before it the next one. Each leg has to be free and end on something solid where the plane is, whichever surface that is.
 *
 * <p><b>Smoothness.</b> A mirror of finite size fades with the share of the Fresnel zone that it covers, as an amplitude. Here {@value #SAMPLES} exact paths between displaced ends are tried, both ends
 * displaced alike, so that every point of reflection along the path is displaced too, at any ratio of distances; the share of those that exist is the weight of the path. In a convex room every
 * displaced path exists, so corners fade nothing. The displacements fill a ball of {@value #SOFT_METERS} m, half of the Fresnel radius √(λ·d₁·d₂/(d₁ + d₂)) at 1 kHz where both legs have 1.5 m,
 * or of the emitter's radius where that is larger. Where everything agrees, a few outermost displacements a solve look whether it still does; where it does not, a quarter of all is renewed in each
 * solve. Weights move by no more than {@link ReflectionSettings#largestStep()} a solve.
 */
public final class ReflectionFinder {
    /** What is no farther from a plane than this, where a ray meets it, belongs to it. */
    public static final double PLANE_METERS = 2e-3;
    /** Largest sine of the angle between normals of one plane. */
    public static final double PLANE_SINE = 1e-3;
    /** Images closer than this are one. */
    public static final double SAME_IMAGE_METERS = 0.01;
    /** Radius of the ball of displacements. */
    public static final double SOFT_METERS = 0.25;
    /** Emitters larger than this do not soften more: paths of the middle would say nothing of so large an emitter's. */
    private static final double SOFTEST_METERS = 1;
    /** Displacements, the first being none, the next {@link #PROBES} the outermost ones. */
    static final int SAMPLES = 32;
    private static final int PROBES = 6;
    /** Samples renewed in a solve where all agreed, of the first and the outermost ones. */
    private static final int STEADY_SAMPLES = 2;
    /** The same where they did not, of all. */
    private static final int PARTIAL_SAMPLES = 8;
    private static final int ALL = -1;
    /** Solves after which every candidate has had its turn, however few rays there are. */
    private static final int LONGEST_PERIOD = 32;
    /** What reflects less than this amplitude is not a mirror. */
    private static final double SMALLEST_GAIN = 1e-4;

    /** Planes of one listener; a furnished room has 50. */
    private static final int PLANES = 512;
    private static final int MEMBERS = 8;
    /** Normals with a smaller cosine between them reflect in either order: at 10 m the two images differ by 4 mm. */
    private static final double COMMUTING_COSINE = 2e-4;
    /** How far a ray starts from the surface that mirrored it, and how far before the listener it ends. */
    private static final double NUDGE_METERS = 1e-3;
    /** Bounds of planes are wider by this, for rounding of floats in large meshes. */
    private static final double BOUNDS_METERS = 5e-3;
    /** Turns after which a candidate that was neither met nor heard is forgotten; a single surface, which is worth more and costs little, stays longer. */
    private static final int KEPT_TURNS = 8;
    private static final int KEPT_TURNS_FIRST_ORDER = 64;
    /** The weakest paths kept fade out within this factor above the strongest one that is not: 1.5 dB. */
    private static final double CUT_RANGE = 1.19;
    /** By how much the level at which paths are cut may change from solve to solve. */
    private static final double CUT_STEP = 1.05;
    private static final int MAX = ReflectionSettings.LARGEST_ORDER;

    private final ReflectionSettings settings;
    private final SceneQuery query = new SceneQuery(1);
    private final double[] sample = new double[3 * SAMPLES];
    private final double goldenAngle = Math.PI * (3 - Math.sqrt(5));
    private final int stride;

    // Planes: unit normal and a point of each.
    private final double[] plane = new double[6 * PLANES];
    private final double[] planeBounds = new double[6 * PLANES];
    private final double[] planeGain = new double[PLANES];
    private final int[] planeSerial = new int[PLANES];
    private final boolean[] planeReferenced = new boolean[PLANES];
    private final int[] memberCount = new int[PLANES];
    private final int[] memberInstance = new int[PLANES * MEMBERS];
    private final int[] memberSurface = new int[PLANES * MEMBERS];
    private final AcousticMesh[] memberMesh = new AcousticMesh[PLANES * MEMBERS];
    private final String[] memberName = new String[PLANES * MEMBERS];
    /** Planes at and beyond this are free. */
    private int planeLimit;
    private int serials;
    /** Which plane a surface belonged to when it was last met: a cache, by instance and surface. */
    private final long[] cacheKey = new long[1 << 12];
    private final int[] cachePlane = new int[1 << 12];
    private final double[] world = new double[6];
    private final double[] worldBounds = new double[6];

    // Candidates.
    private final int[] candidateOrder;
    private final int[] candidatePlanes;
    private final long[] candidateId;
    private final int[] candidateSeen;
    private final double[] candidateGain;
    private final double[] candidateImage;
    /** By candidate, MAX bits for each place in the sequence: the later places that it does not commute with. */
    private final int[] candidateAfter;
    private int candidateLimit;
    private int candidateCount;
    private final int[] table;
    private final int[] sequence = new int[MAX];
    private final int[] sorted = new int[MAX];

    private GeometrySnapshot prepared;
    private double listenerX = Double.NaN;
    private double listenerY;
    private double listenerZ;
    private double softMeters = SOFT_METERS;
    private int turn = 1;
    private int cursor;
    private double turnZ;
    private double turnAngle;
    private long lostCandidates;

    // One solve.
    private AcousticScene scene;
    private double emitterX;
    private double emitterY;
    private double emitterZ;
    private int raysLeft;
    private int idleRays;
    private int idleTried;
    private final double[] listenerShift = new double[3 * SAMPLES];
    private final double[] emitterShift = new double[3 * SAMPLES];
    private int listenerShiftReady;
    private int emitterShiftReady;
    private final int[] heap;
    private final double[] potential;
    private final double[] accepted;
    private final double[] acceptedImage;
    private final int[] acceptedCandidate;
    private final int[] acceptedSlot;
    private int acceptedCount;
    private final double[] traceGain = new double[Bands.COUNT * (MAX + 1)];
    private final int[] traceInstance = new int[MAX];
    private final int[] tracePlace = new int[MAX];
    private final double[] sampleGain = new double[Bands.COUNT];
    private final double[] point = new double[3];
    private boolean traced;
    private final int[] pathInstance;
    private final int[] pathPlace;
    private final boolean[] pathTraced;

    public ReflectionFinder(ReflectionSettings settings) {
        this.settings = settings;
        int capacity = settings.candidates();
        candidateOrder = new int[capacity];
        candidatePlanes = new int[MAX * capacity];
        candidateId = new long[capacity];
        candidateSeen = new int[capacity];
        candidateGain = new double[capacity];
        candidateImage = new double[3 * capacity];
        candidateAfter = new int[capacity];
        heap = new int[capacity];
        potential = new double[capacity];
        table = new int[Integer.highestOneBit(capacity) << 2];
        Arrays.fill(table, -1);
        int kept = settings.maxReflections() + 1;
        accepted = new double[kept];
        acceptedImage = new double[3 * capacity];
        acceptedCandidate = new int[kept];
        acceptedSlot = new int[kept];
        pathInstance = new int[MAX * capacity];
        pathPlace = new int[MAX * capacity];
        pathTraced = new boolean[capacity];
        stride = coprime(settings.raysPerTurn());
        for (int a = 0; a < 3; a++) {
            sample[3 * (1 + 2 * a) + a] = 1;
            sample[3 * (2 + 2 * a) + a] = -1;
        }
        // The rest of the ball: directions on a Fibonacci lattice, radii of equal shells of volume in the order of the van der Corput sequence.
        int rest = SAMPLES - 1 - PROBES;
        for (int i = 0; i < rest; i++) {
            double z = 1 - (2 * i + 1.0) / rest;
            double ring = Math.sqrt(1 - z * z);
            double radius = Math.cbrt((Integer.reverse(i) >>> 1) / (double) (1L << 31) + 0.5 / rest);
            int at = 3 * (1 + PROBES + i);
            sample[at] = Math.min(1, radius) * ring * Math.cos(goldenAngle * i);
            sample[at + 1] = Math.min(1, radius) * ring * Math.sin(goldenAngle * i);
            sample[at + 2] = Math.min(1, radius) * z;
        }
        startTurn();
    }

    /** The step nearest to the golden section of n that visits all of n, so that every slice of a turn is spread over the sphere. */
    private static int coprime(int n) {
        int step = Math.max(1, (int) Math.round(n * 0.6180339887));
        while (divisor(step, n) != 1) {
            step++;
        }
        return step;
    }

    private static int divisor(int a, int b) {
        return b == 0 ? a : divisor(b, a % b);
    }

    public ReflectionSettings settings() {
        return settings;
    }

    /** Sequences of surfaces that are known. */
    public int candidateCount() {
        return candidateCount;
    }

    /** Turns completed: after the first one everything worth hearing has been looked for. */
    public int turns() {
        return turn - 1;
    }

    /** Sequences that found no room since construction; growing quickly, it says that {@link ReflectionSettings#candidates()} is small for the scene. */
    public long lostCandidates() {
        return lostCandidates;
    }

    /** Forgets everything known of the listener's surroundings, for another listener or after a jump. */
    public void clear() {
        for (int c = 0; c < candidateLimit; c++) {
            candidateId[c] = 0;
        }
        candidateLimit = 0;
        candidateCount = 0;
        Arrays.fill(table, -1);
        for (int p = 0; p < planeLimit; p++) {
            freePlane(p);
        }
        planeLimit = 0;
        Arrays.fill(cacheKey, 0);
        prepared = null;
    }

    // ---- Discovery

    /**
     * Follows some more rays of the present turn.
     *
     * @param x    the listener in the world (metres, finite), likewise the others
     * @param rays how many (≥ 0); each is followed by at most the highest order of reflections
     */
    public void discover(AcousticScene world, double x, double y, double z, int rays) {
        prepare(world, x, y, z);
        int perTurn = settings.raysPerTurn();
        for (int r = 0; r < rays; r++) {
            int i = (int) ((long) cursor * stride % perTurn);
            double up = 1 - 2 * (i + turnZ) / perTurn;
            double ring = Math.sqrt(Math.max(0, 1 - up * up));
            double angle = goldenAngle * i + turnAngle;
            follow(ring * Math.cos(angle), up, ring * Math.sin(angle));
            if (++cursor == perTurn) {
                cursor = 0;
                endTurn();
            }
        }
    }

    private void startTurn() {
        // The additive recurrence of the plastic number (M. Roberts, "The unreasonable effectiveness of quasirandom sequences", 2018): turns are unlike each other and together fill the sphere.
        turnZ = (0.5 + turn * 0.7548776662466927) % 1;
        turnAngle = 2 * Math.PI * ((0.5 + turn * 0.5698402909980532) % 1);
    }

    private void follow(double dx, double dy, double dz) {
        double ox = listenerX;
        double oy = listenerY;
        double oz = listenerZ;
        double left = settings.maxPathMeters();
        for (int depth = 0; depth < settings.maxOrder(); depth++) {
            if (!scene.closestHit(query, ox, oy, oz, ox + left * dx, oy + left * dy, oz + left * dz)) {
                return;
            }
            double t = query.hitFraction * left;
            double hx = ox + t * dx;
            double hy = oy + t * dy;
            double hz = oz + t * dz;
            int surface = scene.mesh(query.hitInstance).surfaces.surface[query.hitPlace];
            int p = planeOf(query.hitInstance, surface, hx, hy, hz);
            if (p < 0 || depth > 0 && sequence[depth - 1] == p) {
                return;
            }
            sequence[depth] = p;
            insert(depth + 1);
            double along = dx * plane[6 * p] + dy * plane[6 * p + 1] + dz * plane[6 * p + 2];
            double away = along > 0 ? -NUDGE_METERS : NUDGE_METERS;
            dx -= 2 * along * plane[6 * p];
            dy -= 2 * along * plane[6 * p + 1];
            dz -= 2 * along * plane[6 * p + 2];
            ox = hx + away * plane[6 * p];
            oy = hy + away * plane[6 * p + 1];
            oz = hz + away * plane[6 * p + 2];
            left -= t;
            if (!(left > NUDGE_METERS)) {
                return;
            }
        }
    }

    private void endTurn() {
        turn++;
        startTurn();
        Arrays.fill(planeReferenced, 0, planeLimit, false);
        for (int c = 0; c < candidateLimit; c++) {
            if (candidateId[c] != 0 && turn - candidateSeen[c] > (candidateOrder[c] == 1 ? KEPT_TURNS_FIRST_ORDER : KEPT_TURNS)) {
                remove(c);
            }
            for (int i = 0; candidateId[c] != 0 && i < candidateOrder[c]; i++) {
                planeReferenced[candidatePlanes[MAX * c + i]] = true;
            }
        }
        while (candidateLimit > 0 && candidateId[candidateLimit - 1] == 0) {
            candidateLimit--;
        }
        for (int p = 0; p < planeLimit; p++) {
            if (!planeReferenced[p]) {
                freePlane(p);
            }
        }
        while (planeLimit > 0 && memberCount[planeLimit - 1] == 0) {
            planeLimit--;
        }
    }

    // ---- Planes

    private void freePlane(int p) {
        Arrays.fill(memberMesh, MEMBERS * p, MEMBERS * (p + 1), null);
        Arrays.fill(memberName, MEMBERS * p, MEMBERS * (p + 1), null);
        memberCount[p] = 0;
        planeSerial[p] = 0;
    }

    /** The plane of a surface that was met at a point. @return −1 if the surface is too small, or there is no room */
    private int planeOf(int instance, int surface, double x, double y, double z) {
        MeshSurfaces surfaces = scene.mesh(instance).surfaces;
        double areaScale = worldPlane(instance, surfaces, surface);
        if (surfaces.area[surface] * areaScale < settings.minAreaSquareMeters()) {
            return -1;
        }
        long key = (long) instance << 32 | surface + 1L;
        int slot = (int) (key * 0x9E3779B97F4A7C15L >>> 52);
        int p = cacheKey[slot] == key && memberCount[cachePlane[slot]] > 0 && coplanar(cachePlane[slot], x, y, z) ? cachePlane[slot] : -1;
        int free = -1;
        for (int k = 0; p < 0 && k < planeLimit; k++) {
            if (memberCount[k] == 0) {
                free = free < 0 ? k : free;
            } else if (coplanar(k, x, y, z)) {
                p = k;
            }
        }
        worldBounds(instance, surfaces, surface);
        if (p < 0) {
            p = free >= 0 ? free : planeLimit;
            if (p == PLANES) {
                lostCandidates++;
                return -1;
            }
            planeLimit = Math.max(planeLimit, p + 1);
            planeSerial[p] = ++serials;
            planeGain[p] = 0;
            System.arraycopy(world, 0, plane, 6 * p, 6);
            System.arraycopy(worldBounds, 0, planeBounds, 6 * p, 6);
        }
        cacheKey[slot] = key;
        cachePlane[slot] = p;
        join(p, surfaces.largestGain[surface]);
        int m = MEMBERS * p;
        while (m < MEMBERS * p + memberCount[p] && (memberInstance[m] != instance || memberSurface[m] != surface)) {
            m++;
        }
        if (m == MEMBERS * p + memberCount[p] && memberCount[p] < MEMBERS) {
            memberCount[p]++;
            memberInstance[m] = instance;
            memberSurface[m] = surface;
            memberMesh[m] = scene.mesh(instance);
            memberName[m] = scene.instanceName(instance);
        }
        return p;
    }

    /** Widens a plane's bounds and gain by what is in worldBounds. */
    private void join(int p, double gain) {
        for (int a = 0; a < 3; a++) {
            planeBounds[6 * p + a] = Math.min(planeBounds[6 * p + a], worldBounds[a] - BOUNDS_METERS);
            planeBounds[6 * p + 3 + a] = Math.max(planeBounds[6 * p + 3 + a], worldBounds[3 + a] + BOUNDS_METERS);
        }
        if (gain > planeGain[p]) {
            planeGain[p] = gain;
            for (int c = 0; c < candidateLimit; c++) {
                if (candidateId[c] != 0) {
                    boundGain(c);
                }
            }
        }
    }

    /** Whether the plane in the field world is a known one, seen from a point. */
    private boolean coplanar(int p, double x, double y, double z) {
        double nx = plane[6 * p];
        double ny = plane[6 * p + 1];
        double nz = plane[6 * p + 2];
        if (!(Math.abs(nx * (x - plane[6 * p + 3]) + ny * (y - plane[6 * p + 4]) + nz * (z - plane[6 * p + 5])) <= PLANE_METERS)) {
            return false;
        }
        double cx = ny * world[2] - nz * world[1];
        double cy = nz * world[0] - nx * world[2];
        double cz = nx * world[1] - ny * world[0];
        return cx * cx + cy * cy + cz * cz <= PLANE_SINE * PLANE_SINE;
    }

    /** Leaves the plane of a surface in the field world. @return by what its area is scaled */
    private double worldPlane(int instance, MeshSurfaces surfaces, int surface) {
        double[] t = prepared.transforms;
        int at = GeometrySnapshot.TRANSFORM * instance;
        double[] centre = scene.mesh(instance).centre;
        double[] local = surfaces.plane;
        int s = 6 * surface;
        // Normals turn by the transpose of the inverse.
        double nx = t[at + 9] * local[s] + t[at + 12] * local[s + 1] + t[at + 15] * local[s + 2];
        double ny = t[at + 10] * local[s] + t[at + 13] * local[s + 1] + t[at + 16] * local[s + 2];
        double nz = t[at + 11] * local[s] + t[at + 14] * local[s + 1] + t[at + 17] * local[s + 2];
        double length = Math.sqrt(nx * nx + ny * ny + nz * nz);
        world[0] = nx / length;
        world[1] = ny / length;
        world[2] = nz / length;
        double px = local[s + 3] + centre[0];
        double py = local[s + 4] + centre[1];
        double pz = local[s + 5] + centre[2];
        for (int a = 0; a < 3; a++) {
            world[3 + a] = t[at + 3 * a] * px + t[at + 3 * a + 1] * py + t[at + 3 * a + 2] * pz + t[at + 18 + a];
        }
        double determinant = t[at] * (t[at + 4] * t[at + 8] - t[at + 5] * t[at + 7]) - t[at + 1] * (t[at + 3] * t[at + 8] - t[at + 5] * t[at + 6])
                + t[at + 2] * (t[at + 3] * t[at + 7] - t[at + 4] * t[at + 6]);
        return Math.abs(determinant) * length;
    }

    private void worldBounds(int instance, MeshSurfaces surfaces, int surface) {
        double[] t = prepared.transforms;
        int at = GeometrySnapshot.TRANSFORM * instance;
        double[] centre = scene.mesh(instance).centre;
        double[] box = surfaces.bounds;
        for (int a = 0; a < 3; a++) {
            double middle = t[at + 18 + a];
            double half = 0;
            for (int k = 0; k < 3; k++) {
                double f = t[at + 3 * a + k];
                middle += f * (centre[k] + 0.5 * (box[6 * surface + k] + box[6 * surface + 3 + k]));
                half += 0.5 * Math.abs(f) * (box[6 * surface + 3 + k] - box[6 * surface + k]);
            }
            worldBounds[a] = middle - half;
            worldBounds[3 + a] = middle + half;
        }
    }

    /** After geometry has changed: planes follow what they were found by, or stay with what else was met there. @param before the same instances at their places of before, or null */
    private void refreshPlanes(GeometrySnapshot before) {
        Arrays.fill(cacheKey, 0);
        for (int p = 0; p < planeLimit; p++) {
            if (memberCount[p] == 0) {
                continue;
            }
            if (before == null) {
                keepPresentMembers(p);
                if (memberCount[p] == 0) {
                    removeCandidatesOf(p);
                    planeSerial[p] = 0;
                    continue;
                }
            }
            int stays = -1;
            // One that did not move at all before one that moved a little: a slow door takes no wall along.
            for (int m = 0; m < memberCount[p] && stays < 0; m++) {
                int instance = memberInstance[MEMBERS * p + m];
                stays = before != null && prepared.enabled[instance] && sameTransform(before.transforms, instance) ? m : -1;
            }
            for (int m = 0; m < memberCount[p] && stays < 0; m++) {
                int at = MEMBERS * p + m;
                MeshSurfaces surfaces = memberMesh[at].surfaces;
                worldPlane(memberInstance[at], surfaces, memberSurface[at]);
                if (prepared.enabled[memberInstance[at]] && coplanar(p, world[3], world[4], world[5])) {
                    stays = m;
                }
            }
            if (stays > 0) {
                // Those before it have gone away from here.
                System.arraycopy(memberInstance, MEMBERS * p + stays, memberInstance, MEMBERS * p, memberCount[p] - stays);
                System.arraycopy(memberSurface, MEMBERS * p + stays, memberSurface, MEMBERS * p, memberCount[p] - stays);
                System.arraycopy(memberMesh, MEMBERS * p + stays, memberMesh, MEMBERS * p, memberCount[p] - stays);
                System.arraycopy(memberName, MEMBERS * p + stays, memberName, MEMBERS * p, memberCount[p] - stays);
                memberCount[p] -= stays;
            }
            int first = MEMBERS * p;
            MeshSurfaces surfaces = memberMesh[first].surfaces;
            worldPlane(memberInstance[first], surfaces, memberSurface[first]);
            worldBounds(memberInstance[first], surfaces, memberSurface[first]);
            if (stays < 0) {
                // All moved: the plane goes with the one that it was found by.
                memberCount[p] = 1;
                Arrays.fill(planeBounds, 6 * p, 6 * p + 3, Double.POSITIVE_INFINITY);
                Arrays.fill(planeBounds, 6 * p + 3, 6 * p + 6, Double.NEGATIVE_INFINITY);
            }
            System.arraycopy(world, 0, plane, 6 * p, 6);
            join(p, surfaces.largestGain[memberSurface[first]]);
            for (int m = 1; m < memberCount[p]; m++) {
                worldBounds(memberInstance[first + m], memberMesh[first + m].surfaces, memberSurface[first + m]);
                join(p, 0);
            }
        }
    }

    private boolean sameTransform(double[] before, int instance) {
        int at = GeometrySnapshot.TRANSFORM * instance;
        return Arrays.equals(before, at, at + GeometrySnapshot.TRANSFORM, prepared.transforms, at, at + GeometrySnapshot.TRANSFORM);
    }

    /** Finds the members of a plane among the instances of a new snapshot, in which they may have other numbers. */
    private void keepPresentMembers(int p) {
        int kept = 0;
        for (int m = 0; m < memberCount[p]; m++) {
            int from = MEMBERS * p + m;
            int instance = memberInstance[from];
            if (instance >= prepared.meshes.length || prepared.meshes[instance] != memberMesh[from] || prepared.names[instance] != memberName[from]) {
                // Of several instances of a mesh with one name, the one that stands in the plane.
                instance = -1;
                for (int i = 0; i < prepared.meshes.length && instance < 0; i++) {
                    if (prepared.meshes[i] == memberMesh[from] && prepared.names[i] == memberName[from]) {
                        worldPlane(i, memberMesh[from].surfaces, memberSurface[from]);
                        instance = coplanar(p, world[3], world[4], world[5]) ? i : -1;
                    }
                }
            }
            if (instance >= 0) {
                int to = MEMBERS * p + kept++;
                memberInstance[to] = instance;
                memberSurface[to] = memberSurface[from];
                memberMesh[to] = memberMesh[from];
                memberName[to] = memberName[from];
            }
        }
        Arrays.fill(memberMesh, MEMBERS * p + kept, MEMBERS * (p + 1), null);
        Arrays.fill(memberName, MEMBERS * p + kept, MEMBERS * (p + 1), null);
        memberCount[p] = kept;
    }

    // ---- Candidates

    private void removeCandidatesOf(int p) {
        for (int c = 0; c < candidateLimit; c++) {
            for (int i = 0; candidateId[c] != 0 && i < candidateOrder[c]; i++) {
                if (candidatePlanes[MAX * c + i] == p) {
                    remove(c);
                }
            }
        }
    }

    private boolean commute(int p, int q) {
        return Math.abs(plane[6 * p] * plane[6 * q] + plane[6 * p + 1] * plane[6 * q + 1] + plane[6 * p + 2] * plane[6 * q + 2]) < COMMUTING_COSINE;
    }

    /** Remembers the sequence of that many planes, listener's first, or notes that it was met again. */
    private void insert(int order) {
        // The normal form of a sequence some of whose neighbours commute: always the smallest of those that can come first (Anisimov and Knuth, "Inhomogeneous sorting", 1979).
        int left = (1 << order) - 1;
        for (int i = 0; i < order; i++) {
            int best = -1;
            for (int k = 0; k < order; k++) {
                boolean can = (left >> k & 1) != 0;
                for (int j = 0; can && j < k; j++) {
                    can = (left >> j & 1) == 0 || commute(sequence[j], sequence[k]);
                }
                if (can && (best < 0 || planeSerial[sequence[k]] < planeSerial[sequence[best]])) {
                    best = k;
                }
            }
            sorted[i] = sequence[best];
            left &= ~(1 << best);
            if (i > 0 && sorted[i] == sorted[i - 1]) {
                // Twice the same mirror is none: a ray that came around an edge by rounding.
                return;
            }
        }
        long id = order;
        for (int i = 0; i < order; i++) {
            // SplitMix64's finaliser.
            id = (id + planeSerial[sorted[i]]) * 0x9E3779B97F4A7C15L;
            id = (id ^ id >>> 30) * 0xBF58476D1CE4E5B9L;
            id = (id ^ id >>> 27) * 0x94D049BB133111EBL;
            id ^= id >>> 31;
        }
        id = id == 0 ? 1 : id;
        int slot = (int) (id >>> 20) & table.length - 1;
        while (table[slot] >= 0) {
            if (candidateId[table[slot]] == id) {
                candidateSeen[table[slot]] = turn;
                return;
            }
            slot = slot + 1 & table.length - 1;
        }
        int c = candidateLimit;
        if (candidateCount < candidateLimit || c == candidateOrder.length) {
            c = vacate(order);
            if (c < 0) {
                lostCandidates++;
                return;
            }
            slot = (int) (id >>> 20) & table.length - 1;
            while (table[slot] >= 0) {
                slot = slot + 1 & table.length - 1;
            }
        }
        candidateLimit = Math.max(candidateLimit, c + 1);
        table[slot] = c;
        candidateCount++;
        candidateId[c] = id;
        candidateOrder[c] = order;
        candidateSeen[c] = turn;
        System.arraycopy(sorted, 0, candidatePlanes, MAX * c, order);
        boundGain(c);
        mirrorListener(c);
    }

    /** A place for a new candidate: a free one, or that of the one of a like or higher order that has not been met for longest. @return −1 if all are needed more */
    private int vacate(int order) {
        int best = -1;
        for (int c = 0; c < candidateLimit; c++) {
            if (candidateId[c] == 0) {
                return c;
            }
            // Those met or heard in the turn before may be met again in this one.
            if (candidateOrder[c] > 1 && turn - candidateSeen[c] > 1 && (best < 0 || candidateSeen[c] < candidateSeen[best])) {
                best = c;
            }
        }
        for (int c = 0; best < 0 && c < candidateLimit; c++) {
            if (candidateOrder[c] > order) {
                best = c;
            }
        }
        if (best >= 0) {
            remove(best);
        }
        return best;
    }

    private void remove(int c) {
        int mask = table.length - 1;
        int slot = (int) (candidateId[c] >>> 20) & mask;
        while (table[slot] != c) {
            slot = slot + 1 & mask;
        }
        // Deletion from linear probing: whatever stands farther from its home than the gap moves into it.
        int gap = slot;
        int at = slot;
        while (true) {
            at = at + 1 & mask;
            if (table[at] < 0) {
                break;
            }
            int home = (int) (candidateId[table[at]] >>> 20) & mask;
            if ((at - home & mask) >= (at - gap & mask)) {
                table[gap] = table[at];
                gap = at;
            }
        }
        table[gap] = -1;
        candidateId[c] = 0;
        candidateCount--;
    }

    private void boundGain(int c) {
        double gain = 1;
        for (int i = 0; i < candidateOrder[c]; i++) {
            gain *= planeGain[candidatePlanes[MAX * c + i]];
        }
        candidateGain[c] = gain;
    }

    private void mirrorListener(int c) {
        point[0] = listenerX;
        point[1] = listenerY;
        point[2] = listenerZ;
        int order = candidateOrder[c];
        int after = 0;
        for (int i = 0; i < order; i++) {
            int p = candidatePlanes[MAX * c + i];
            mirror(p, point);
            for (int j = i + 1; j < order; j++) {
                if (!commute(p, candidatePlanes[MAX * c + j])) {
                    after |= 1 << MAX * i + j;
                }
            }
        }
        candidateAfter[c] = after;
        System.arraycopy(point, 0, candidateImage, 3 * c, 3);
    }

    private void mirror(int p, double[] x) {
        int at = 6 * p;
        double twice = 2 * (plane[at] * (x[0] - plane[at + 3]) + plane[at + 1] * (x[1] - plane[at + 4]) + plane[at + 2] * (x[2] - plane[at + 5]));
        x[0] -= twice * plane[at];
        x[1] -= twice * plane[at + 1];
        x[2] -= twice * plane[at + 2];
    }

    private void prepare(AcousticScene world, double x, double y, double z) {
        double limit = GeometryState.LARGEST_POSITION_METERS * 2;
        Check.inRange(x, -limit, limit, "x of the listener");
        Check.inRange(y, -limit, limit, "y of the listener");
        Check.inRange(z, -limit, limit, "z of the listener");
        scene = world;
        GeometrySnapshot snapshot = world.snapshot();
        boolean moved = x != listenerX || y != listenerY || z != listenerZ;
        if (snapshot == prepared && !moved) {
            return;
        }
        listenerX = x;
        listenerY = y;
        listenerZ = z;
        listenerShiftReady = 0;
        if (snapshot != prepared) {
            GeometrySnapshot before = prepared != null && prepared.meshes == snapshot.meshes ? prepared : null;
            prepared = snapshot;
            refreshPlanes(before);
        }
        for (int c = 0; c < candidateLimit; c++) {
            if (candidateId[c] != 0) {
                mirrorListener(c);
            }
        }
    }

    // ---- Solving

    /**
     * The reflections by which the listener hears an emitter.
     *
     * @param x      the listener in the world (metres, finite), likewise the others
     * @param ex     the middle of the emitter in the world (metres, finite), likewise the others
     * @param radius of the emitter (metres, ≥ 0, finite)
     * @param result of this pair, always the same one; made by the settings of this finder
     * @throws io.pinna.InvalidValueException if a value is out of range, or the result was made for other settings
     */
    public void solve(AcousticScene world, double x, double y, double z, double ex, double ey, double ez, double radius, ReflectionResult result) {
        double limit = GeometryState.LARGEST_POSITION_METERS * 2;
        Check.inRange(ex, -limit, limit, "x of the emitter");
        Check.inRange(ey, -limit, limit, "y of the emitter");
        Check.inRange(ez, -limit, limit, "z of the emitter");
        Check.inRange(radius, 0, limit, "radius of the emitter");
        if (result.knownId.length != candidateOrder.length || result.capacity != settings.maxReflections()) {
            Check.inRange(result.capacity, settings.maxReflections(), settings.maxReflections(), "capacity of the result");
            Check.inRange(result.knownId.length, candidateOrder.length, candidateOrder.length, "candidates of the result");
        }
        prepare(world, x, y, z);
        emitterX = ex;
        emitterY = ey;
        emitterZ = ez;
        emitterShiftReady = 0;
        double soft = Math.max(SOFT_METERS, Math.min(radius, SOFTEST_METERS));
        if (soft != softMeters) {
            softMeters = soft;
            listenerShiftReady = 0;
        }
        boolean first = !result.started;
        int budget = settings.raysPerSolve() * (first ? ReflectionSettings.FIRST_SOLVE_FACTOR : ReflectionSettings.HARD_LIMIT_FACTOR);
        raysLeft = budget;
        idleRays = 0;
        idleTried = 0;
        result.truncated = false;
        int idle = tryCandidates(result, gather());
        fill(result, first);
        result.started = true;
        result.solves = result.solves + 1 & 0xFFFFFF;
        result.rays = budget - raysLeft;
        if (!first) {
            // Where paths want more rays than there are, they take turns; what they leave serves the silent candidates, who take turns too.
            int aim = settings.raysPerSolve();
            int pathRays = result.rays - idleRays;
            int wanted = pathRays * result.pathPeriod;
            result.pathPeriod = Math.max(1, Math.min(LONGEST_PERIOD, (wanted + aim - 1) / aim));
            int leftOver = Math.max(aim / 8, aim - pathRays);
            int idleWanted = (int) ((long) idle * (idleTried > 0 ? idleRays : 2) / Math.max(1, idleTried));
            result.idlePeriod = Math.max(1, Math.min(LONGEST_PERIOD, (idleWanted + leftOver - 1) / leftOver));
        }
    }

    /** Puts candidates by which there may be a path into a heap, the one that may be loudest on top. @return how many */
    private int gather() {
        int count = 0;
        double farthest = settings.maxPathMeters() * settings.maxPathMeters();
        double reach = softMeters + BOUNDS_METERS;
        for (int c = 0; c < candidateLimit; c++) {
            if (candidateId[c] == 0 || candidateGain[c] < SMALLEST_GAIN) {
                continue;
            }
            double tx = candidateImage[3 * c];
            double ty = candidateImage[3 * c + 1];
            double tz = candidateImage[3 * c + 2];
            double dx = tx - emitterX;
            double dy = ty - emitterY;
            double dz = tz - emitterZ;
            double squared = dx * dx + dy * dy + dz * dz;
            if (squared > farthest || !mayLeave(c, tx, ty, tz, reach)) {
                continue;
            }
            potential[c] = candidateGain[c] / Math.max(Math.sqrt(squared), 1e-3);
            heap[count++] = c;
        }
        for (int i = count / 2 - 1; i >= 0; i--) {
            sink(i, count);
        }
        return count;
    }

    /** Whether the emitter, or one displaced by up to the reach, sees the listener's image through the bounds of a plane that can be the first one on the way. */
    private boolean mayLeave(int c, double tx, double ty, double tz, double reach) {
        int order = candidateOrder[c];
        int after = candidateAfter[c];
        for (int i = 0; i < order; i++) {
            if ((after >> MAX * i & (1 << MAX) - 1) != 0) {
                continue;
            }
            int at = 6 * candidatePlanes[MAX * c + i];
            double se = plane[at] * (emitterX - plane[at + 3]) + plane[at + 1] * (emitterY - plane[at + 4]) + plane[at + 2] * (emitterZ - plane[at + 5]);
            double st = plane[at] * (tx - plane[at + 3]) + plane[at + 1] * (ty - plane[at + 4]) + plane[at + 2] * (tz - plane[at + 5]);
            if (se * st >= 0) {
                continue;
            }
            double f = se / (se - st);
            double px = emitterX + f * (tx - emitterX);
            double py = emitterY + f * (ty - emitterY);
            double pz = emitterZ + f * (tz - emitterZ);
            if (px >= planeBounds[at] - reach && px <= planeBounds[at + 3] + reach && py >= planeBounds[at + 1] - reach && py <= planeBounds[at + 4] + reach
                    && pz >= planeBounds[at + 2] - reach && pz <= planeBounds[at + 5] + reach) {
                return true;
            }
        }
        return false;
    }

    private boolean above(int a, int b) {
        return potential[a] > potential[b] || potential[a] == potential[b] && a < b;
    }

    private void sink(int i, int count) {
        int c = heap[i];
        while (2 * i + 1 < count) {
            int child = 2 * i + 1;
            if (child + 1 < count && above(heap[child + 1], heap[child])) {
                child++;
            }
            if (!above(heap[child], c)) {
                break;
            }
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = c;
    }

    /** Tries the candidates of the heap, loudest first, and leaves the strongest paths in the accepted ones. @return candidates met that had no path before */
    private int tryCandidates(ReflectionResult result, int count) {
        int most = settings.maxReflections() + 1;
        int idle = 0;
        acceptedCount = 0;
        while (count > 0) {
            int c = heap[0];
            heap[0] = heap[--count];
            sink(0, count);
            if (acceptedCount == most && potential[c] <= accepted[most - 1]) {
                break;
            }
            boolean known = result.knownId[c] == candidateId[c];
            if (!known) {
                result.knownId[c] = candidateId[c];
                result.knownMask[c] = 0;
                result.knownPartial[c] = false;
            }
            pathTraced[c] = false;
            if (raysLeft <= 0) {
                result.truncated = true;
                if (!known) {
                    // Not tried yet; the next solve does.
                    result.knownId[c] = ReflectionResult.NONE;
                    continue;
                }
            } else if (known && result.knownMask[c] == 0) {
                idle++;
                if ((result.solves + c) % result.idlePeriod == 0) {
                    int before = raysLeft;
                    test(c, result, true, (result.solves + c) / result.idlePeriod);
                    idleRays += before - raysLeft;
                    idleTried++;
                }
            } else if (!known || (result.solves + c) % result.pathPeriod == 0) {
                test(c, result, known, (result.solves + c) / result.pathPeriod);
            }
            if (result.knownMask[c] != 0) {
                candidateSeen[c] = turn;
                accept(c, result, most);
            }
        }
        return idle;
    }

    private void accept(int c, ReflectionResult result, int most) {
        double energy = 0;
        for (int b = 0; b < Bands.COUNT; b++) {
            double g = result.knownGain[Bands.COUNT * c + b];
            energy += g * g;
        }
        double dx = candidateImage[3 * c] - emitterX;
        double dy = candidateImage[3 * c + 1] - emitterY;
        double dz = candidateImage[3 * c + 2] - emitterZ;
        double length = Math.sqrt(dx * dx + dy * dy + dz * dz);
        double level = Math.sqrt(energy / Bands.COUNT) * Integer.bitCount(result.knownMask[c]) / SAMPLES / Math.max(length, 1e-3);
        imageOfEmitter(c);
        for (int k = 0; k < acceptedCount; k++) {
            int o = 3 * acceptedCandidate[k];
            if (Math.abs(acceptedImage[o] - point[0]) < SAME_IMAGE_METERS && Math.abs(acceptedImage[o + 1] - point[1]) < SAME_IMAGE_METERS
                    && Math.abs(acceptedImage[o + 2] - point[2]) < SAME_IMAGE_METERS) {
                // The same image in other words. The one that was heard before stays, else the stronger one.
                boolean wasHeard = result.find(candidateId[acceptedCandidate[k]]) >= 0;
                boolean isHeard = result.find(candidateId[c]) >= 0;
                if (wasHeard && !isHeard || wasHeard == isHeard && accepted[k] >= level) {
                    return;
                }
                System.arraycopy(accepted, k + 1, accepted, k, acceptedCount - k - 1);
                System.arraycopy(acceptedCandidate, k + 1, acceptedCandidate, k, acceptedCount - k - 1);
                acceptedCount--;
                break;
            }
        }
        if (acceptedCount == most && level <= accepted[most - 1]) {
            return;
        }
        int at = Math.min(acceptedCount, most - 1);
        while (at > 0 && accepted[at - 1] < level) {
            accepted[at] = accepted[at - 1];
            acceptedCandidate[at] = acceptedCandidate[at - 1];
            at--;
        }
        accepted[at] = level;
        acceptedCandidate[at] = c;
        acceptedCount = Math.min(most, acceptedCount + 1);
        System.arraycopy(point, 0, acceptedImage, 3 * c, 3);
    }

    private void imageOfEmitter(int c) {
        point[0] = emitterX;
        point[1] = emitterY;
        point[2] = emitterZ;
        for (int i = candidateOrder[c] - 1; i >= 0; i--) {
            mirror(candidatePlanes[MAX * c + i], point);
        }
    }

    /** Brings what is known of a candidate for the pair up to date. @param round grows by one from test to test of the same candidate */
    private void test(int c, ReflectionResult result, boolean known, int round) {
        int mask = result.knownMask[c];
        if (known && result.knownPartial[c]) {
            int from = round * PARTIAL_SAMPLES;
            int tried = 0;
            int seen = 0;
            clearGain();
            for (int k = 0; k < PARTIAL_SAMPLES; k++) {
                // A step that has no divisor in common with the number of samples: what is tried together is spread.
                int j = (from + k) * 11 & SAMPLES - 1;
                tried |= 1 << j;
                seen |= trace(c, j) ? 1 << j : 0;
            }
            mask = mask & ~tried | seen;
            if (seen != 0) {
                float share = result.knownMask[c] == 0 ? 1 : (float) Integer.bitCount(seen) / SAMPLES;
                mixGain(c, result, Integer.bitCount(seen), share);
            }
            result.knownMask[c] = mask;
            if ((mask == 0 || mask == ALL) && (round & 3) == 3) {
                // All agree after a full round, but for where one material ends and another begins.
                result.knownPartial[c] = mask == ALL && gainDiffers(c, result, Integer.bitCount(seen));
            }
            return;
        }
        if (known) {
            int seen = 0;
            clearGain();
            for (int k = 0; k < STEADY_SAMPLES; k++) {
                seen += trace(c, (STEADY_SAMPLES * round + k) % (1 + PROBES)) ? 1 : 0;
            }
            if (seen == (mask == 0 ? 0 : STEADY_SAMPLES) && !(seen > 0 && gainDiffers(c, result, seen))) {
                return;
            }
        }
        clearGain();
        int seen = 0;
        double firstGain = -1;
        boolean gainsAgree = true;
        mask = 0;
        for (int j = 0; j < SAMPLES; j++) {
            if (j == 1 + PROBES && gainsAgree && (seen == 0 || seen == j)) {
                mask = seen == 0 ? 0 : ALL;
                break;
            }
            if (trace(c, j)) {
                mask |= 1 << j;
                seen++;
                double sum = 0;
                for (int b = 0; b < Bands.COUNT; b++) {
                    sum += traceGain[Bands.COUNT * candidateOrder[c] + b];
                }
                gainsAgree &= firstGain < 0 || Math.abs(sum - firstGain) < 1e-6;
                firstGain = sum;
            }
        }
        result.knownMask[c] = mask;
        result.knownPartial[c] = mask != 0 && mask != ALL || !gainsAgree;
        if (seen > 0) {
            mixGain(c, result, seen, 1);
        }
    }

    private void clearGain() {
        Arrays.fill(sampleGain, 0);
    }

    private void mixGain(int c, ReflectionResult result, int seen, float share) {
        for (int b = 0; b < Bands.COUNT; b++) {
            int at = Bands.COUNT * c + b;
            result.knownGain[at] = share >= 1 ? (float) (sampleGain[b] / seen) : result.knownGain[at] + share * ((float) (sampleGain[b] / seen) - result.knownGain[at]);
        }
    }

    /** Whether the mean of the samples just traced is another than what is known. */
    private boolean gainDiffers(int c, ReflectionResult result, int seen) {
        for (int b = 0; b < Bands.COUNT; b++) {
            if (Math.abs(sampleGain[b] / seen - result.knownGain[Bands.COUNT * c + b]) > 1e-5) {
                return true;
            }
        }
        return false;
    }

    /** Whether there is a path by a candidate between the displaced ends; adds its gains to the samples', and notes what it meets. */
    private boolean trace(int c, int j) {
        shift(true, j);
        shift(false, j);
        int order = candidateOrder[c];
        for (int b = 0; b < Bands.COUNT; b++) {
            traceGain[b] = 1;
        }
        double ex = emitterX + emitterShift[3 * j];
        double ey = emitterY + emitterShift[3 * j + 1];
        double ez = emitterZ + emitterShift[3 * j + 2];
        // A mirror is a linear map but for its distance: only the displacement has to be mirrored anew.
        double ux = listenerShift[3 * j];
        double uy = listenerShift[3 * j + 1];
        double uz = listenerShift[3 * j + 2];
        if (j > 0) {
            for (int i = 0; i < order; i++) {
                int at = 6 * candidatePlanes[MAX * c + i];
                double twice = 2 * (plane[at] * ux + plane[at + 1] * uy + plane[at + 2] * uz);
                ux -= twice * plane[at];
                uy -= twice * plane[at + 1];
                uz -= twice * plane[at + 2];
            }
        }
        if (!step(c, j, (1 << order) - 1, 0, ex, ey, ez, ex, ey, ez, candidateImage[3 * c] + ux, candidateImage[3 * c + 1] + uy, candidateImage[3 * c + 2] + uz)) {
            return false;
        }
        for (int b = 0; b < Bands.COUNT; b++) {
            sampleGain[b] += traceGain[Bands.COUNT * order + b];
        }
        if (!pathTraced[c] || j == 0) {
            pathTraced[c] = true;
            System.arraycopy(traceInstance, 0, pathInstance, MAX * c, order);
            System.arraycopy(tracePlace, 0, pathPlace, MAX * c, order);
        }
        return true;
    }

    /**
     * Goes on from a point towards the listener's image in the planes that are left.
     *
     * @param left planes of the candidate that are left, a bit each
     * @param qx   the last point of reflection, or the emitter; likewise the others
     * @param sx   the same, off the surface; likewise the others
     * @param tx   the listener's image; likewise the others
     */
    private boolean step(int c, int j, int left, int depth, double qx, double qy, double qz, double sx, double sy, double sz, double tx, double ty, double tz) {
        if (left == 0) {
            double dx = tx - sx;
            double dy = ty - sy;
            double dz = tz - sz;
            double length = Math.sqrt(dx * dx + dy * dy + dz * dz);
            double f = length > 2 * NUDGE_METERS ? 1 - NUDGE_METERS / length : 0.5;
            raysLeft--;
            return !scene.anyHit(query, sx, sy, sz, sx + f * dx, sy + f * dy, sz + f * dz);
        }
        int after = candidateAfter[c];
        for (int i = candidateOrder[c] - 1; i >= 0; i--) {
            if ((left >> i & 1) == 0 || (after >> MAX * i & left) != 0) {
                continue;
            }
            int at = 6 * candidatePlanes[MAX * c + i];
            double nx = plane[at];
            double ny = plane[at + 1];
            double nz = plane[at + 2];
            double sideQ = nx * (qx - plane[at + 3]) + ny * (qy - plane[at + 4]) + nz * (qz - plane[at + 5]);
            double sideT = nx * (tx - plane[at + 3]) + ny * (ty - plane[at + 4]) + nz * (tz - plane[at + 5]);
            if (!(sideQ * sideT < 0)) {
                continue;
            }
            double f = sideQ / (sideQ - sideT);
            double px = qx + f * (tx - qx);
            double py = qy + f * (ty - qy);
            double pz = qz + f * (tz - qz);
            if (px < planeBounds[at] || px > planeBounds[at + 3] || py < planeBounds[at + 1] || py > planeBounds[at + 4] || pz < planeBounds[at + 2] || pz > planeBounds[at + 5]) {
                continue;
            }
            if (!meets(depth, sx, sy, sz, px, py, pz, nx, ny, nz)) {
                continue;
            }
            double off = sideQ > 0 ? NUDGE_METERS : -NUDGE_METERS;
            if (step(c, j, left & ~(1 << i), depth + 1, px, py, pz, px + off * nx, py + off * ny, pz + off * nz, tx - 2 * sideT * nx, ty - 2 * sideT * ny, tz - 2 * sideT * nz)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the way from s to p is free, and at p there is something; what it reflects goes to the gains of the next depth. */
    private boolean meets(int depth, double sx, double sy, double sz, double px, double py, double pz, double nx, double ny, double nz) {
        double dx = px - sx;
        double dy = py - sy;
        double dz = pz - sz;
        double length = Math.sqrt(dx * dx + dy * dy + dz * dz);
        if (!(length > 1e-9)) {
            return false;
        }
        double cosine = Math.abs(dx * nx + dy * ny + dz * nz) / length;
        // What belongs to the plane lies within its tolerance; along a grazing ray that is farther, but never far enough to take something that stands in the way for the mirror.
        double slack = Math.min(PLANE_METERS / Math.max(cosine, 1e-9), 10 * PLANE_METERS);
        double reach = (length + slack) / length;
        raysLeft--;
        if (!scene.closestHit(query, sx, sy, sz, sx + reach * dx, sy + reach * dy, sz + reach * dz) || query.hitFraction * (length + slack) < length - slack) {
            return false;
        }
        AcousticMesh mesh = scene.mesh(query.hitInstance);
        int material = mesh.material[query.hitPlace];
        for (int b = 0; b < Bands.COUNT; b++) {
            traceGain[Bands.COUNT * (depth + 1) + b] = traceGain[Bands.COUNT * depth + b] * Math.sqrt((1 - mesh.absorption[material * Bands.COUNT + b]) * (1 - mesh.scattering[material]));
        }
        traceInstance[depth] = query.hitInstance;
        tracePlace[depth] = query.hitPlace;
        return true;
    }

    /** Finds how far an end can be displaced for a sample: to nine tenths of the way to what stands there. */
    private void shift(boolean emitter, int j) {
        if (((emitter ? emitterShiftReady : listenerShiftReady) >> j & 1) != 0) {
            return;
        }
        double[] shifts = emitter ? emitterShift : listenerShift;
        double dx = softMeters * sample[3 * j];
        double dy = softMeters * sample[3 * j + 1];
        double dz = softMeters * sample[3 * j + 2];
        double f = 1;
        if (j > 0) {
            double x = emitter ? emitterX : listenerX;
            double y = emitter ? emitterY : listenerY;
            double z = emitter ? emitterZ : listenerZ;
            raysLeft--;
            double far = 1 / 0.9;
            if (scene.closestHit(query, x, y, z, x + far * dx, y + far * dy, z + far * dz)) {
                f = query.hitFraction;
            }
        }
        shifts[3 * j] = f * dx;
        shifts[3 * j + 1] = f * dy;
        shifts[3 * j + 2] = f * dz;
        if (emitter) {
            emitterShiftReady |= 1 << j;
        } else {
            listenerShiftReady |= 1 << j;
        }
    }

    // ---- Results

    private void fill(ReflectionResult result, boolean first) {
        double most = first ? 1 : settings.largestStep();
        int kept = Math.min(acceptedCount, result.capacity);
        double cut = acceptedCount > result.capacity ? accepted[result.capacity] : 0;
        if (!first) {
            // From silence, or to it, it goes at once: with nothing cut, there is nothing to fade.
            cut = result.cut > 0 && cut > 0 ? Math.max(result.cut / CUT_STEP, Math.min(result.cut * CUT_STEP, cut)) : cut;
        }
        result.cut = cut;
        Arrays.fill(result.target, 0);
        for (int k = 0; k < kept; k++) {
            acceptedSlot[k] = result.find(candidateId[acceptedCandidate[k]]);
            if (acceptedSlot[k] >= 0) {
                place(result, k, acceptedSlot[k], cut);
            }
        }
        for (int k = 0; k < kept; k++) {
            if (acceptedSlot[k] < 0) {
                // Slots of paths that fade out are not free yet; then this one waits.
                int slot = result.find(ReflectionResult.NONE);
                if (slot < 0) {
                    break;
                }
                result.id[slot] = candidateId[acceptedCandidate[k]];
                result.weight[slot] = 0;
                // It may have been traced in an earlier solve; then its surfaces are told when it is traced again.
                Arrays.fill(result.instanceNames, MAX * slot, MAX * (slot + 1), null);
                Arrays.fill(result.materials, MAX * slot, MAX * (slot + 1), null);
                place(result, k, slot, cut);
            }
        }
        for (int s = 0; s < result.capacity; s++) {
            if (result.id[s] == ReflectionResult.NONE) {
                continue;
            }
            double w = result.weight[s];
            result.weight[s] = w + Math.max(-most, Math.min(most, result.target[s] - w));
            if (result.weight[s] <= 0 && result.target[s] <= 0) {
                result.id[s] = ReflectionResult.NONE;
                result.weight[s] = 0;
            }
        }
    }

    private void place(ReflectionResult result, int k, int slot, double cut) {
        int c = acceptedCandidate[k];
        double above = cut > 0 ? Math.max(0, Math.min(1, (accepted[k] / cut - 1) / (CUT_RANGE - 1))) : 1;
        result.target[slot] = above * Integer.bitCount(result.knownMask[c]) / SAMPLES;
        result.order[slot] = candidateOrder[c];
        double dx = candidateImage[3 * c] - emitterX;
        double dy = candidateImage[3 * c + 1] - emitterY;
        double dz = candidateImage[3 * c + 2] - emitterZ;
        double length = Math.sqrt(dx * dx + dy * dy + dz * dz);
        result.length[slot] = length;
        double scale = length > 0 ? 1 / length : 0;
        result.departure[3 * slot] = scale * dx;
        result.departure[3 * slot + 1] = scale * dy;
        result.departure[3 * slot + 2] = scale * dz;
        System.arraycopy(acceptedImage, 3 * c, result.image, 3 * slot, 3);
        for (int b = 0; b < Bands.COUNT; b++) {
            result.reflected[Bands.COUNT * slot + b] = result.knownGain[Bands.COUNT * c + b];
        }
        if (pathTraced[c]) {
            for (int i = 0; i < candidateOrder[c]; i++) {
                AcousticMesh mesh = scene.mesh(pathInstance[MAX * c + i]);
                result.instanceNames[MAX * slot + i] = scene.instanceName(pathInstance[MAX * c + i]);
                result.materials[MAX * slot + i] = mesh.materials().get(mesh.material[pathPlace[MAX * c + i]]);
            }
        }
    }
}
