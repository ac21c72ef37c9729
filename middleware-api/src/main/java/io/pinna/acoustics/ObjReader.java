package io.pinna.acoustics;

import io.pinna.ResourceException;
import io.pinna.internal.Check;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads Wavefront OBJ files into {@link TriangleMesh}es, one for each object or group, named FILE/GROUP. Any thread; blocks on the file.
 *
 * <p>Faces may have any number of corners (concave ones are cut by ears), as v, v/vt, v//vn or v/vt/vn, with numbers from 1 or negative ones from the end; comments and lines that go on after a
 * backslash are understood; normals, texture coordinates, smoothing groups, lines and points are passed over, free-form surfaces are refused. {@code usemtl} gives the acoustic material by name; the
 * .mtl file, which is about light, is not opened.
 *
 * <p>Groups whose open edges meet, such as the six walls of a box in groups of their own, become one mesh, because together they may bound a solid.
 */
public final class ObjReader {
    /** Largest file (bytes). */
    public static final long MAX_FILE_BYTES = 1L << 30;
    /** Most vertices and most triangles of a file. */
    public static final int MAX_ELEMENTS = 20_000_000;
    /** Most corners of a face. */
    public static final int MAX_CORNERS = 10_000;
    /** Longest line, with everything that continues it (bytes). */
    public static final int MAX_LINE_BYTES = 1 << 20;
    /** Largest coordinate (metres). */
    public static final double MAX_COORDINATE = 1e9;

    private static final Set<String> PASSED_OVER = Set.of("vt", "vn", "vp", "s", "mg", "l", "p", "mtllib", "lod", "bevel", "c_interp", "d_interp", "shadow_obj", "trace_obj", "maplib", "usemap",
            "ctech", "stech");
    private static final Set<String> FREE_FORM = Set.of("cstype", "deg", "bmat", "step", "curv", "curv2", "surf", "parm", "trim", "hole", "scrv", "sp", "end", "con", "bsp", "bzp", "cdc", "cdp", "res");

    private final String file;
    private final String stem;
    private final Function<String, AcousticMaterial> lookup;
    private final Collection<String> known;

    private float[] vertices = new float[3 * 1024];
    private int vertexCount;
    private int triangleCount;
    private int lineNumber;
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private final Map<String, AcousticMaterial> materials = new HashMap<>();
    private String object = "";
    private String groupName = "";
    private Group group;
    private AcousticMaterial material;
    private int[] corners = new int[16];

    private static final class Group {
        final String name;
        int[] indices = new int[3 * 64];
        int[] material = new int[64];
        int count;
        final List<AcousticMaterial> materials = new ArrayList<>();

        Group(String name) {
            this.name = name;
        }

        void add(int a, int b, int c, AcousticMaterial m) {
            if (count == material.length) {
                material = Arrays.copyOf(material, 2 * count);
                indices = Arrays.copyOf(indices, 6 * count);
            }
            int number = materials.lastIndexOf(m);
            if (number < 0) {
                number = materials.size();
                materials.add(m);
            }
            material[count] = number;
            indices[3 * count] = a;
            indices[3 * count + 1] = b;
            indices[3 * count + 2] = c;
            count++;
        }
    }

    private ObjReader(Path path, Function<String, AcousticMaterial> lookup, Collection<String> known) {
        this.file = path.toString();
        Path name = path.getFileName();
        String base = name == null ? file : name.toString();
        int dot = base.lastIndexOf('.');
        this.stem = dot > 0 ? base.substring(0, dot) : base;
        this.lookup = lookup;
        this.known = known;
    }

    /** As {@link #read(Path, Function, Collection)} with the materials of a map. */
    public static List<TriangleMesh> read(Path path, Map<String, AcousticMaterial> materials) {
        Map<String, AcousticMaterial> copy = Map.copyOf(Check.notNull(materials, "materials"));
        return read(path, copy::get, new TreeSet<>(copy.keySet()));
    }

    /**
     * @param path      the file
     * @param materials gives the material for a name after {@code usemtl}, for "" that of faces before any; null where there is none
     * @param known     the names that it knows, for the message where one is missing
     * @return the meshes in the order of the file; at least one
     * @throws ResourceException if the file is missing, too large, not an OBJ file, has no face, or something in it is wrong; the field is "line N" or "file"
     */
    public static List<TriangleMesh> read(Path path, Function<String, AcousticMaterial> materials, Collection<String> known) {
        Check.notNull(path, "path");
        Check.notNull(materials, "materials");
        Check.notNull(known, "known");
        return new ObjReader(path, materials, known).read(path);
    }

    private List<TriangleMesh> read(Path path) {
        try {
            if (Files.isDirectory(path)) {
                throw wholeFile("is a folder; give an OBJ file", null);
            }
            long size = Files.size(path);
            if (size > MAX_FILE_BYTES) {
                throw wholeFile("has " + size + " bytes; at most " + MAX_FILE_BYTES + " are read", null);
            }
            try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
                lines(in);
            }
        } catch (NoSuchFileException e) {
            throw wholeFile("does not exist", e);
        } catch (IOException e) {
            throw wholeFile("cannot be read: " + e, e);
        }
        if (triangleCount == 0) {
            throw wholeFile("has no face (" + vertexCount + " vertices); give geometry as f lines", null);
        }
        return meshes();
    }

    private ResourceException wholeFile(String reason, Throwable cause) {
        return new ResourceException(file, "file", reason, cause);
    }

    private ResourceException bad(String reason) {
        return new ResourceException(file, "line " + lineNumber, reason);
    }

    private void lines(InputStream in) throws IOException {
        byte[] line = new byte[256];
        int length = 0;
        int physical = 1;
        lineNumber = 1;
        int bom = 0;
        while (true) {
            int c = in.read();
            if (physical == 1 && bom < 3 && c == (bom == 0 ? 0xEF : bom == 1 ? 0xBB : 0xBF)) {
                bom++;
                continue;
            }
            if (c == '\r') {
                continue;
            }
            if (c == '\n' || c < 0) {
                if (c == '\n') {
                    physical++;
                }
                if (c == '\n' && length > 0 && line[length - 1] == '\\') {
                    line[length - 1] = ' ';
                    continue;
                }
                statement(new String(line, 0, length, StandardCharsets.UTF_8));
                length = 0;
                lineNumber = physical;
                if (c < 0) {
                    return;
                }
                continue;
            }
            if (c < ' ' && c != '\t' && c != '\f') {
                throw bad("has the byte " + c + ", which no text has; this is not an OBJ file");
            }
            if (length == MAX_LINE_BYTES) {
                throw bad("is longer than " + MAX_LINE_BYTES + " bytes; this is not an OBJ file");
            }
            if (length == line.length) {
                line = Arrays.copyOf(line, 2 * length);
            }
            line[length++] = (byte) c;
        }
    }

    private void statement(String text) {
        int hash = text.indexOf('#');
        // In the middle of a word it belongs to a name.
        while (hash > 0 && !Character.isWhitespace(text.charAt(hash - 1))) {
            hash = text.indexOf('#', hash + 1);
        }
        String s = (hash >= 0 ? text.substring(0, hash) : text).strip();
        if (s.isEmpty()) {
            return;
        }
        int end = 0;
        while (end < s.length() && !Character.isWhitespace(s.charAt(end))) {
            end++;
        }
        String keyword = s.substring(0, end);
        String rest = s.substring(end).strip();
        switch (keyword) {
            case "v" -> vertex(rest);
            case "f", "fo" -> face(rest);
            case "o" -> {
                object = rest;
                group = null;
                groupName = "";
            }
            case "g" -> {
                group = null;
                groupName = rest;
            }
            case "usemtl" -> useMaterial(rest);
            default -> {
                if (FREE_FORM.contains(keyword)) {
                    throw bad("has " + keyword + ": free-form curves and surfaces are not read; export the geometry as polygons");
                }
                if (!PASSED_OVER.contains(keyword)) {
                    throw bad("starts with " + shorten(keyword) + ", which is no OBJ statement");
                }
            }
        }
    }

    private static String shorten(String s) {
        StringBuilder b = new StringBuilder("\"");
        for (int i = 0; i < Math.min(40, s.length()); i++) {
            char c = s.charAt(i);
            b.append(c < ' ' || c == 0xFFFD ? '?' : c);
        }
        return b.append(s.length() > 40 ? "…\"" : "\"").toString();
    }

    private void vertex(String rest) {
        String[] parts = rest.split("\\s+");
        // x y z, perhaps a weight, perhaps a colour.
        if (rest.isEmpty() || parts.length < 3 || parts.length > 8) {
            throw bad("has " + (rest.isEmpty() ? 0 : parts.length) + " numbers for a vertex; give x y z");
        }
        if (vertexCount == MAX_ELEMENTS) {
            throw bad("is one vertex too many; at most " + MAX_ELEMENTS + " are read");
        }
        if (3 * vertexCount == vertices.length) {
            vertices = Arrays.copyOf(vertices, 2 * vertices.length);
        }
        for (int a = 0; a < 3; a++) {
            double value;
            try {
                value = Double.parseDouble(parts[a]);
            } catch (NumberFormatException e) {
                throw bad("has " + shorten(parts[a]) + " where a coordinate belongs");
            }
            if (!(Math.abs(value) <= MAX_COORDINATE)) {
                throw bad("has the coordinate " + parts[a] + "; allowed are finite numbers within ±" + MAX_COORDINATE);
            }
            vertices[3 * vertexCount + a] = (float) value;
        }
        vertexCount++;
    }

    private void useMaterial(String name) {
        material = materials.get(name);
        if (material == null) {
            material = lookup.apply(name);
            if (material == null) {
                throw bad("uses the material " + shorten(name) + ", for which no acoustic material is given; there are " + (known.isEmpty() ? "none" : String.join(", ", known)));
            }
            materials.put(name, material);
        }
    }

    private void face(String rest) {
        if (material == null) {
            material = lookup.apply("");
            if (material == null) {
                throw bad("is a face before any usemtl; name its material, or give one for \"\"");
            }
        }
        int count = 0;
        int at = 0;
        int length = rest.length();
        while (at < length) {
            int start = at;
            while (at < length && !Character.isWhitespace(rest.charAt(at))) {
                at++;
            }
            if (count == MAX_CORNERS) {
                throw bad("is a face of more than " + MAX_CORNERS + " corners");
            }
            if (count == corners.length) {
                corners = Arrays.copyOf(corners, 2 * count);
            }
            corners[count++] = corner(rest.substring(start, at));
            while (at < length && Character.isWhitespace(rest.charAt(at))) {
                at++;
            }
        }
        if (count < 3) {
            throw bad("is a face of " + count + " corners; it takes three");
        }
        if (triangleCount > MAX_ELEMENTS - (count - 2)) {
            throw bad("is one face too many; at most " + MAX_ELEMENTS + " triangles are read");
        }
        if (group == null) {
            String name = object.isEmpty() ? groupName : groupName.isEmpty() || groupName.equals(object) ? object : object + "/" + groupName;
            group = groups.computeIfAbsent(name, Group::new);
        }
        triangleCount += count - 2;
        if (count == 3) {
            group.add(corners[0], corners[1], corners[2], material);
        } else {
            polygon(count);
        }
    }

    private int corner(String token) {
        int slash = token.indexOf('/');
        String number = slash < 0 ? token : token.substring(0, slash);
        long index;
        try {
            index = Long.parseLong(number);
            for (int from = slash; from >= 0; ) {
                int next = token.indexOf('/', from + 1);
                String part = token.substring(from + 1, next < 0 ? token.length() : next);
                if (!part.isEmpty()) {
                    Long.parseLong(part);
                }
                from = next;
            }
        } catch (NumberFormatException e) {
            throw bad("has " + shorten(token) + " where a corner belongs; it is v, v/vt, v//vn or v/vt/vn");
        }
        long resolved = index < 0 ? vertexCount + index : index - 1;
        if (index == 0 || resolved < 0 || resolved >= vertexCount) {
            throw bad("names vertex " + number + "; there are " + vertexCount + " so far, counted from 1");
        }
        return (int) resolved;
    }

    /** Cuts a polygon into triangles: a fan where it is convex, else ears (G. H. Meisters, "Polygons have ears", 1975) in the plane of its normal (M. E. Newell's sum). */
    private void polygon(int count) {
        double nx = 0;
        double ny = 0;
        double nz = 0;
        for (int i = 0; i < count; i++) {
            int p = 3 * corners[i];
            int q = 3 * corners[(i + 1) % count];
            nx += ((double) vertices[p + 1] - vertices[q + 1]) * ((double) vertices[p + 2] + vertices[q + 2]);
            ny += ((double) vertices[p + 2] - vertices[q + 2]) * ((double) vertices[p] + vertices[q]);
            nz += ((double) vertices[p] - vertices[q]) * ((double) vertices[p + 1] + vertices[q + 1]);
        }
        // Seen along the longest axis of the normal, turned so that the corners run counter-clockwise.
        int axis = Math.abs(nx) >= Math.abs(ny) && Math.abs(nx) >= Math.abs(nz) ? 0 : Math.abs(ny) >= Math.abs(nz) ? 1 : 2;
        double sign = (axis == 0 ? nx : axis == 1 ? ny : nz) < 0 ? -1 : 1;
        int u = (axis + 1) % 3;
        int v = (axis + 2) % 3;
        int[] left = Arrays.copyOf(corners, count);
        int n = count;
        while (n > 3) {
            int ear = -1;
            for (int i = 0; i < n && ear < 0; i++) {
                if (isEar(left, n, i, u, v, sign)) {
                    ear = i;
                }
            }
            // A polygon that crosses itself or has no area may have no ear; then any corner is as good.
            ear = Math.max(ear, 0);
            group.add(left[(ear + n - 1) % n], left[ear], left[(ear + 1) % n], material);
            System.arraycopy(left, ear + 1, left, ear, n - ear - 1);
            n--;
        }
        group.add(left[0], left[1], left[2], material);
    }

    private boolean isEar(int[] p, int n, int i, int u, int v, double sign) {
        int a = p[(i + n - 1) % n];
        int b = p[i];
        int c = p[(i + 1) % n];
        if (!(sign * cross(a, b, c, u, v) > 0)) {
            return false;
        }
        for (int k = 0; k < n - 3; k++) {
            int q = p[(i + 2 + k) % n];
            if (q != a && q != b && q != c && sign * cross(a, b, q, u, v) >= 0 && sign * cross(b, c, q, u, v) >= 0 && sign * cross(c, a, q, u, v) >= 0) {
                return false;
            }
        }
        return true;
    }

    private double cross(int a, int b, int c, int u, int v) {
        double ux = (double) vertices[3 * b + u] - vertices[3 * a + u];
        double uy = (double) vertices[3 * b + v] - vertices[3 * a + v];
        double vx = (double) vertices[3 * c + u] - vertices[3 * a + u];
        double vy = (double) vertices[3 * c + v] - vertices[3 * a + v];
        return ux * vy - uy * vx;
    }

    private List<TriangleMesh> meshes() {
        List<Group> all = new ArrayList<>();
        for (Group g : groups.values()) {
            if (g.count > 0) {
                all.add(g);
            }
        }
        int[] joined = join(all);
        Map<Integer, List<Group>> byRoot = new LinkedHashMap<>();
        for (int i = 0; i < all.size(); i++) {
            byRoot.computeIfAbsent(joined[i], k -> new ArrayList<>()).add(all.get(i));
        }
        List<TriangleMesh> result = new ArrayList<>();
        int[] renumbered = new int[vertexCount];
        Arrays.fill(renumbered, -1);
        for (List<Group> parts : byRoot.values()) {
            result.add(mesh(parts, renumbered));
        }
        return List.copyOf(result);
    }

    private TriangleMesh mesh(List<Group> parts, int[] renumbered) {
        int triangles = 0;
        for (Group g : parts) {
            triangles += g.count;
        }
        int[] indices = new int[3 * triangles];
        int[] numbers = new int[triangles];
        int[] used = new int[Math.min(vertexCount, 3 * triangles)];
        int usedCount = 0;
        List<AcousticMaterial> list = new ArrayList<>();
        int at = 0;
        for (Group g : parts) {
            int[] number = new int[g.materials.size()];
            for (int m = 0; m < number.length; m++) {
                number[m] = list.indexOf(g.materials.get(m));
                if (number[m] < 0) {
                    number[m] = list.size();
                    list.add(g.materials.get(m));
                }
            }
            for (int t = 0; t < g.count; t++) {
                numbers[at] = number[g.material[t]];
                for (int k = 0; k < 3; k++) {
                    int v = g.indices[3 * t + k];
                    if (renumbered[v] < 0) {
                        renumbered[v] = usedCount;
                        used[usedCount++] = v;
                    }
                    indices[3 * at + k] = renumbered[v];
                }
                at++;
            }
        }
        float[] positions = new float[3 * usedCount];
        for (int i = 0; i < usedCount; i++) {
            System.arraycopy(vertices, 3 * used[i], positions, 3 * i, 3);
            renumbered[used[i]] = -1;
        }
        String first = parts.get(0).name;
        String name = (first.isEmpty() ? stem : stem + "/" + first) + (parts.size() > 1 ? "+" + (parts.size() - 1) : "");
        return new TriangleMesh(name, positions, indices, numbers, list);
    }

    private record Place(float x, float y, float z) {
    }

    /** For each group the number of the first group that it belongs together with: groups are joined where an edge that is open in one lies on an edge that is open in another. */
    private int[] join(List<Group> all) {
        int[] root = new int[all.size()];
        for (int i = 0; i < root.length; i++) {
            root[i] = i;
        }
        if (root.length < 2) {
            return root;
        }
        Map<Place, Integer> places = new HashMap<>();
        Map<Long, Integer> owner = new HashMap<>();
        for (int i = 0; i < root.length; i++) {
            Group g = all.get(i);
            long[] open = oddOnes(edges(g));
            for (int e = 0; e < open.length; e++) {
                int a = place(places, (int) (open[e] >>> 32));
                int b = place(places, (int) open[e]);
                open[e] = edge(a, b);
            }
            // Once more by place, because within a group too corners may have vertices of their own.
            for (long e : oddOnes(open)) {
                Integer other = owner.putIfAbsent(e, i);
                if (other != null) {
                    int p = find(root, other);
                    int q = find(root, i);
                    root[Math.max(p, q)] = Math.min(p, q);
                }
            }
        }
        for (int i = 0; i < root.length; i++) {
            root[i] = find(root, i);
        }
        return root;
    }

    private static int find(int[] root, int i) {
        while (root[i] != i) {
            root[i] = root[root[i]];
            i = root[i];
        }
        return i;
    }

    private int place(Map<Place, Integer> places, int vertex) {
        // Adding 0 turns −0 into +0, which is the same place.
        return places.computeIfAbsent(new Place(vertices[3 * vertex] + 0f, vertices[3 * vertex + 1] + 0f, vertices[3 * vertex + 2] + 0f), k -> vertex);
    }

    private static long edge(int a, int b) {
        return (long) Math.min(a, b) << 32 | Math.max(a, b);
    }

    private static long[] edges(Group g) {
        long[] edges = new long[3 * g.count];
        for (int t = 0; t < g.count; t++) {
            for (int k = 0; k < 3; k++) {
                edges[3 * t + k] = edge(g.indices[3 * t + k], g.indices[3 * t + (k + 1) % 3]);
            }
        }
        return edges;
    }

    /** The values that occur an odd number of times. */
    private static long[] oddOnes(long[] values) {
        Arrays.sort(values);
        long[] odd = new long[values.length];
        int count = 0;
        for (int i = 0; i < values.length; ) {
            int j = i;
            while (j < values.length && values[j] == values[i]) {
                j++;
            }
            if ((j - i & 1) != 0) {
                odd[count++] = values[i];
            }
            i = j;
        }
        return Arrays.copyOf(odd, count);
    }
}
