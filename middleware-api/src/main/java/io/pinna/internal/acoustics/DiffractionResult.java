package io.pinna.internal.acoustics;

/**
 * What a {@link DiffractionSolver} found for one listener and one emitter, and what it remembers of them for the next time. One a pair; owned by the acoustics thread, overwritten by each solve;
 * allocates nothing after construction except in {@link #describe}.
 *
 * <p>Levels are curves of {@link DiffractionShape}. Where an emitter has a size, V = 1 − occlusion of it is seen directly: the direct path then has the amplitude {@link DiffractionMix#direct}, each path
 * here {@link DiffractionMix#path}. Both parts follow the same curve across the boundary of the shadow, so their sum does not depend on how V steps.
 */
public final class DiffractionResult {
    /** Most paths of a pair. */
    public static final int MAX_PATHS = 3;
    /** Most edges that one path touches; smooth pillars of many facets need more than sharp corners. */
    static final int MAX_POINTS = 8;
    /** Sequences of edges that are tried first the next time. */
    static final int CACHE = 12;
    /** Most edges beside one path, or beside the free line, that narrow it. */
    static final int LITS = 8;
    /** ln of the lowest level that is told from silence: −100 dB. */
    static final double SILENT = -5 * Math.log(10);

    boolean lineFree;
    boolean cut;
    int rays;
    final double[] directCurve = new double[3];
    String directEdgeName;
    int paths;
    final double[] curves = new double[3 * MAX_PATHS];
    final double[] lengths = new double[MAX_PATHS];
    final double[] virtual = new double[3 * MAX_PATHS];
    final double[] departures = new double[3 * MAX_PATHS];
    final double[] bends = new double[MAX_PATHS];
    final double[] firstDistances = new double[MAX_PATHS];
    final double[] lastDistances = new double[MAX_PATHS];
    final double[] openings = new double[MAX_PATHS];
    final int[] edgeCounts = new int[MAX_PATHS];
    final String[] firstNames = new String[MAX_PATHS];
    final String[] lastNames = new String[MAX_PATHS];

    /** Sequences of edges of the last time, as instances and edge numbers, and for which meshes these hold. */
    AcousticMesh[] cacheMeshes;
    final int[] cacheCount = new int[CACHE];
    final int[] cacheInstance = new int[CACHE * MAX_POINTS];
    final int[] cacheEdge = new int[CACHE * MAX_POINTS];
    int cached;
    /** For how many updates it has not held; 0 for those that did the last time. */
    final byte[] cacheAge = new byte[CACHE];
    /** What stands beside each as the last search found it: how many edges (−1 if none has looked), instances and edge numbers. */
    final int[] besides = new int[CACHE];
    final int[] besideInstance = new int[CACHE * LITS];
    final int[] besideEdge = new int[CACHE * LITS];
    /** Since the last search the line has become free or blocked, or a path has ceased to hold; and nothing is left of what was heard before. */
    boolean changed;
    boolean lost;
    /** Listener and emitter of the last solve and of the last search, and the geometry of either. */
    final double[] solvedAt = new double[6];
    GeometrySnapshot solvedFor;
    final double[] searchedAt = new double[6];
    GeometrySnapshot searchedFor;

    /** Forgets everything, also what the next solve would start from, such as when the pair is given to another emitter. */
    public void clear() {
        lineFree = true;
        cut = false;
        rays = 0;
        paths = 0;
        directEdgeName = null;
        directCurve[0] = 0;
        directCurve[1] = 0;
        directCurve[2] = 0;
        cacheMeshes = null;
        cached = 0;
        solvedFor = null;
        searchedFor = null;
        changed = false;
        lost = false;
        for (int i = 0; i < MAX_PATHS; i++) {
            firstNames[i] = null;
            lastNames[i] = null;
        }
    }

    public DiffractionResult() {
        clear();
    }

    /** Whether nothing stands between the listener and the middle of the emitter. */
    public boolean lineFree() {
        return lineFree;
    }

    /** Part 0 (base), 1 (slope) or 2 (curve) of the level of all sound that passes obstacles, relative to free sound over the straight distance. The factor of the direct path; continues into the shadow. */
    public double direct(int part) {
        return directCurve[part];
    }

    /** ln|H| of {@link #direct} at a frequency. */
    public double directLogGain(double hz) {
        return DiffractionShape.logGain(directCurve[0], directCurve[1], directCurve[2], hz);
    }

    /** The geometry whose edge is nearest to the free line, or null where none matters. */
    public String directEdgeName() {
        return directEdgeName;
    }

    /** Paths around edges, the loudest first: 0 to {@value #MAX_PATHS}. Where the line is free those that matter to an emitter with a size. */
    public int paths() {
        return paths;
    }

    /** Part 0 (base), 1 (slope) or 2 (curve) of the level relative to free sound over the path's own length. */
    public double curve(int path, int part) {
        return curves[3 * path + part];
    }

    /** ln|H| of a path at a frequency. */
    public double logGain(int path, double hz) {
        return DiffractionShape.logGain(curves[3 * path], curves[3 * path + 1], curves[3 * path + 2], hz);
    }

    /** Length of the whole path (metres). */
    public double lengthMeters(int path) {
        return lengths[path];
    }

    /** Coordinate 0 to 2 of the point from which the sound seems to come: towards the first edge, at the distance of the path's length (world, metres). */
    public double virtualPosition(int path, int coordinate) {
        return virtual[3 * path + coordinate];
    }

    /** Coordinate 0 to 2 of the unit direction in which the sound leaves the emitter: towards the last edge. */
    public double departure(int path, int coordinate) {
        return departures[3 * path + coordinate];
    }

    /** By how much the path bends in all (radians, ≥ 0). */
    public double bendRadians(int path) {
        return bends[path];
    }

    public int edges(int path) {
        return edgeCounts[path];
    }

    /** From the listener to the first edge (metres). */
    public double firstEdgeDistanceMeters(int path) {
        return firstDistances[path];
    }

    /** From the emitter to the last edge (metres). */
    public double lastEdgeDistanceMeters(int path) {
        return lastDistances[path];
    }

    /** How wide the way is at the edge that bends the path most (metres), infinite where nothing stands on the other side. */
    public double openingMeters(int path) {
        return openings[path];
    }

    /** The geometry of the edge that is nearest to the listener. */
    public String firstEdgeName(int path) {
        return firstNames[path];
    }

    /** The geometry of the edge that is nearest to the emitter. */
    public String lastEdgeName(int path) {
        return lastNames[path];
    }

    /** How far the ends of a pair are from where they were searched last, the farther one (metres). */
    double movedMeters(double listenerX, double listenerY, double listenerZ, double emitterX, double emitterY, double emitterZ) {
        double[] s = searchedAt;
        double listener = (s[0] - listenerX) * (s[0] - listenerX) + (s[1] - listenerY) * (s[1] - listenerY) + (s[2] - listenerZ) * (s[2] - listenerZ);
        double emitter = (s[3] - emitterX) * (s[3] - emitterX) + (s[4] - emitterY) * (s[4] - emitterY) + (s[5] - emitterZ) * (s[5] - emitterZ);
        return Math.sqrt(Math.max(listener, emitter));
    }

    /** Rays of the last solve. */
    public int rays() {
        return rays;
    }

    /** Whether the last search ended because its rays or its memory were used up, so that a further path may exist. */
    public boolean cut() {
        return cut;
    }

    /** In words, such as "through the opening at 2.1 m" or "around the edge of ward/door_3". Allocates. */
    public String describe(int path) {
        return openings[path] < DiffractionSolver.OPENING_METERS ? way(path) + " at " + Math.round(10 * firstDistances[path]) / 10.0 + " m" : way(path);
    }

    /** The same without what changes as the listener walks. Allocates. */
    public String way(int path) {
        return openings[path] < DiffractionSolver.OPENING_METERS ? "through the opening" : "around the edge of " + firstNames[path];
    }
}
