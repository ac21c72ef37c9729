package io.pinna.internal.hrtf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes HDF5 files of the shape that netCDF-4 gives them, which SOFA (AES69) prescribes: dimensions are datasets of class DIMENSION_SCALE, and every variable refers to its dimensions by the attribute
 * DIMENSION_LIST. The pure-Java HDF5 library of the reader writes neither references nor the dense group storage that libmysofa insists on, so the bytes are laid out here, after the "HDF5 File Format
 * Specification", version 3: superblock 2, object headers 2 with attributes inside, contiguous data, one global heap collection for the references, and a root group whose links are one block of a
 * fractal heap, indexed by one leaf of a version 2 B-tree. Everything is little-endian with addresses of 8 bytes.
 *
 * <p>Addresses stand in structures that precede what they point to, so the file is laid out twice: sizes do not depend on addresses. Any one thread.
 */
final class NetCdfWriter {
    /** The same limit as a Java array, and eight times what libmysofa reads of one variable. */
    private static final long MAX_BYTES = Integer.MAX_VALUE - 4096L;
    private static final long UNDEFINED = -1L;
    private static final int MAX_ATTRIBUTE_BYTES = 64;
    private static final int SUPERBLOCK_BYTES = 48;
    private static final int NODE_BYTES = 2048;
    private static final int LINK_RECORD_BYTES = 11;
    /** Objects in the heap start behind signature, version, header address, block offset and checksum. */
    private static final int HEAP_BLOCK_HEADER = 21;
    private static final int MIN_HEAP_COLLECTION = 4096;

    private static final int DATASPACE = 1;
    private static final int LINK_INFO = 2;
    private static final int DATATYPE = 3;
    private static final int FILL_VALUE = 5;
    private static final int LAYOUT = 8;
    private static final int GROUP_INFO = 10;
    private static final int ATTRIBUTE = 12;
    private static final int ATTRIBUTE_INFO = 21;

    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final Map<String, Integer> dimensions = new LinkedHashMap<>();
    private final List<Variable> variables = new ArrayList<>();
    private final Map<String, Long> addresses = new LinkedHashMap<>();
    private final Map<String, Long> dataAddresses = new LinkedHashMap<>();
    private long heapCollection;
    private long linkHeap;
    private long linkBlock;
    private long linkIndex;
    private long linkLeaf;
    private long end;

    private record Variable(String name, List<String> dimensions, double[] values, Map<String, String> attributes) {
    }

    /** A global attribute, stored as UTF-8. A text of more than 64 bytes, which libmysofa refuses, continues in attributes of the same name with _2, _3 .. behind it. */
    NetCdfWriter attribute(String name, String value) {
        StringBuilder part = new StringBuilder();
        int number = 1;
        int bytes = 0;
        for (int c : value.codePoints().toArray()) {
            String text = Character.toString(c);
            int more = text.getBytes(StandardCharsets.UTF_8).length;
            if (bytes + more > MAX_ATTRIBUTE_BYTES) {
                attributes.put(number == 1 ? name : name + "_" + number, part.toString());
                number++;
                part.setLength(0);
                bytes = 0;
            }
            part.append(text);
            bytes += more;
        }
        attributes.put(number == 1 ? name : name + "_" + number, part.toString());
        return this;
    }

    NetCdfWriter dimension(String name, int length) {
        dimensions.put(name, length);
        return this;
    }

    /**
     * A variable of 64-bit floating-point numbers.
     *
     * @param over   the names of its dimensions, slowest first, with commas between
     * @param values as many as the product of the dimensions; not copied
     * @param more   its attributes: name, value, name, value ..
     */
    NetCdfWriter variable(String name, String over, double[] values, String... more) {
        List<String> names = List.of(over.split(","));
        long count = 1;
        for (String d : names) {
            count *= dimensions.get(d);
        }
        if (count != values.length) {
            throw new IllegalArgumentException(name + " has " + values.length + " values, its dimensions want " + count);
        }
        Map<String, String> own = new LinkedHashMap<>();
        for (int i = 0; i < more.length; i += 2) {
            own.put(more[i], more[i + 1]);
        }
        variables.add(new Variable(name, names, values, own));
        return this;
    }

    /** @throws IllegalStateException if the file would be larger than 2 GiB */
    byte[] toBytes() {
        long data = 0;
        for (Variable v : variables) {
            data += 8L * v.values.length;
        }
        if (data > MAX_BYTES - (1 << 20)) {
            throw new IllegalStateException("would be " + data + " bytes long");
        }
        layOut(null);
        ByteBuffer file = ByteBuffer.allocate(Math.toIntExact(end)).order(ByteOrder.LITTLE_ENDIAN);
        layOut(file);
        return file.array();
    }

    /** Assigns all addresses; with a file, which takes two calls, writes everything to them. */
    private void layOut(ByteBuffer file) {
        long at = SUPERBLOCK_BYTES;
        long root = at;
        at = put(file, at, rootHeader());
        linkHeap = at;
        byte[] block = linkBlock();
        at = put(file, at, linkHeapHeader(block.length));
        linkIndex = at;
        at = put(file, at, linkIndexHeader());
        linkLeaf = at;
        at = put(file, at, linkLeaf());
        linkBlock = at;
        at = put(file, at, block);
        for (Map.Entry<String, Integer> d : dimensions.entrySet()) {
            addresses.put(d.getKey(), at);
            at = put(file, at, dimensionHeader(d.getKey(), d.getValue()));
        }
        for (Variable v : variables) {
            addresses.put(v.name, at);
            at = put(file, at, variableHeader(v));
        }
        heapCollection = at;
        at = put(file, at, heapCollection());
        for (Variable v : variables) {
            dataAddresses.put(v.name, at);
            if (file != null) {
                file.position(Math.toIntExact(at));
                for (double x : v.values) {
                    file.putDouble(x);
                }
            }
            at += 8L * v.values.length;
        }
        end = at;
        put(file, 0, superblock(root));
    }

    /** Structures start at multiples of 8. */
    private static long put(ByteBuffer file, long at, byte[] bytes) {
        if (file != null) {
            file.position(Math.toIntExact(at));
            file.put(bytes);
        }
        return (at + bytes.length + 7) / 8 * 8;
    }

    private byte[] superblock(long root) {
        ByteBuffer b = buffer(SUPERBLOCK_BYTES);
        b.put(new byte[] {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n', 2, 8, 8, 0});
        b.putLong(0).putLong(UNDEFINED).putLong(end).putLong(root);
        return sealed(b);
    }

    // ---- Object headers ---------------------------------------------------------------------------------------------------------------------------------------------------------------

    /** The messages of an object, numbered for the creation order of attributes, which netCDF wants tracked. */
    private static final class Header {
        private final ByteBuffer b = buffer(1 << 18);
        private int attributeCount;

        Header() {
            ascii(b, "OHDR");
            // Version 2; the size of the chunk in 4 bytes; creation order of attributes tracked and indexed.
            b.put((byte) 2).put((byte) 0x0e).putInt(0);
        }

        void message(int type, byte[] body) {
            message(type, body, 0);
        }

        private void message(int type, byte[] body, int order) {
            // Datatypes and fill values are constant (flag 1) by the specification's own advice.
            int flags = type == DATATYPE || type == FILL_VALUE ? 1 : 0;
            b.put((byte) type).putShort((short) body.length).put((byte) flags).putShort((short) order).put(body);
        }

        void attribute(String name, byte[] type, byte[] space, byte[] value) {
            byte[] text = name.getBytes(StandardCharsets.UTF_8);
            ByteBuffer a = buffer(9 + text.length + 1 + type.length + space.length + value.length);
            a.put((byte) 3).put((byte) 0).putShort((short) (text.length + 1)).putShort((short) type.length).putShort((short) space.length).put((byte) 0);
            a.put(text).put((byte) 0).put(type).put(space).put(value);
            message(ATTRIBUTE, a.array(), attributeCount++);
        }

        void attribute(String name, String value) {
            byte[] text = value.getBytes(StandardCharsets.UTF_8);
            boolean ascii = text.length == value.length();
            // A fixed length cannot be 0; padded with zeros.
            byte[] stored = Arrays.copyOf(text, Math.max(1, text.length));
            ByteBuffer type = buffer(8);
            type.put((byte) 0x13).put((byte) (ascii ? 0x01 : 0x11)).putShort((short) 0).putInt(stored.length);
            attribute(name, type.array(), new byte[] {2, 0, 0, 0}, stored);
        }

        /** Terminated by a zero, as the dimension-scale convention compares it. */
        void terminated(String name, String value) {
            byte[] stored = Arrays.copyOf(value.getBytes(StandardCharsets.US_ASCII), value.length() + 1);
            ByteBuffer type = buffer(8);
            type.putInt(0x13).putInt(stored.length);
            attribute(name, type.array(), new byte[] {2, 0, 0, 0}, stored);
        }

        byte[] bytes() {
            ByteBuffer info = buffer(28);
            info.put((byte) 0).put((byte) 3).putShort((short) attributeCount).putLong(UNDEFINED).putLong(UNDEFINED).putLong(UNDEFINED);
            message(ATTRIBUTE_INFO, info.array());
            b.putInt(6, b.position() - 10);
            ByteBuffer exact = buffer(b.position() + 4);
            exact.put(b.array(), 0, b.position());
            return sealed(exact);
        }
    }

    private byte[] rootHeader() {
        Header h = new Header();
        ByteBuffer info = buffer(26);
        // Creation order of links is tracked, not indexed.
        info.put((byte) 0).put((byte) 1).putLong(linkCount()).putLong(linkHeap).putLong(linkIndex);
        h.message(LINK_INFO, info.array());
        h.message(GROUP_INFO, new byte[] {0, 0});
        attributes.forEach(h::attribute);
        return h.bytes();
    }

    /** As netCDF writes a dimension without a variable: a dataset that was never stored, 32-bit floats. */
    private byte[] dimensionHeader(String name, int length) {
        Header h = new Header();
        h.message(DATASPACE, space(length));
        ByteBuffer type = buffer(20);
        type.put((byte) 0x11).put((byte) 0x20).put((byte) 31).put((byte) 0).putInt(4);
        type.putShort((short) 0).putShort((short) 32).put((byte) 23).put((byte) 8).put((byte) 0).put((byte) 23).putInt(127);
        h.message(DATATYPE, type.array());
        layout(h, UNDEFINED, 4L * length);
        h.terminated("CLASS", "DIMENSION_SCALE");
        h.terminated("NAME", String.format(java.util.Locale.ROOT, "This is a netCDF dimension but not a netCDF variable.%10d", length));
        List<Long> users = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (Variable v : variables) {
            for (int i = 0; i < v.dimensions.size(); i++) {
                if (v.dimensions.get(i).equals(name)) {
                    users.add(addresses.getOrDefault(v.name, 0L));
                    places.add(i);
                }
            }
        }
        if (!users.isEmpty()) {
            ByteBuffer values = buffer(16 * users.size());
            for (int i = 0; i < users.size(); i++) {
                values.putLong(users.get(i)).putInt(places.get(i)).putInt(0);
            }
            h.attribute("REFERENCE_LIST", referenceListType(), space(users.size()), values.array());
        }
        return h.bytes();
    }

    private byte[] variableHeader(Variable v) {
        Header h = new Header();
        int[] shape = v.dimensions.stream().mapToInt(dimensions::get).toArray();
        h.message(DATASPACE, space(shape));
        ByteBuffer type = buffer(20);
        type.put((byte) 0x11).put((byte) 0x20).put((byte) 63).put((byte) 0).putInt(8);
        type.putShort((short) 0).putShort((short) 64).put((byte) 52).put((byte) 11).put((byte) 0).put((byte) 52).putInt(1023);
        h.message(DATATYPE, type.array());
        layout(h, dataAddresses.getOrDefault(v.name, 0L), 8L * v.values.length);
        ByteBuffer list = buffer(16 * shape.length);
        List<String> names = List.copyOf(dimensions.keySet());
        for (String d : v.dimensions) {
            list.putInt(1).putLong(heapCollection).putInt(names.indexOf(d) + 1);
        }
        ByteBuffer listType = buffer(16);
        // Sequences of variable length, of object references.
        listType.putInt(0x19).putInt(16).putInt(0x17).putInt(8);
        h.attribute("DIMENSION_LIST", listType.array(), space(shape.length), list.array());
        v.attributes.forEach(h::attribute);
        return h.bytes();
    }

    private static void layout(Header h, long address, long bytes) {
        // Storage allocated late, fill value written if set, none set.
        h.message(FILL_VALUE, new byte[] {3, 0x0a});
        ByteBuffer layout = buffer(18);
        layout.put((byte) 3).put((byte) 1).putLong(address).putLong(bytes);
        h.message(LAYOUT, layout.array());
    }

    private static byte[] space(int... shape) {
        ByteBuffer b = buffer(4 + 8 * shape.length);
        b.put((byte) 2).put((byte) shape.length).put((byte) 0).put((byte) 1);
        for (int n : shape) {
            b.putLong(n);
        }
        return b.array();
    }

    /** Of the dimension-scale convention: {object reference "dataset", 32-bit integer "dimension"}. */
    private static byte[] referenceListType() {
        ByteBuffer b = buffer(128);
        b.putInt(0x236).putInt(16);
        ascii(b, "dataset\0");
        b.put((byte) 0).putInt(0x37).putInt(8);
        ascii(b, "dimension\0");
        b.put((byte) 8).putInt(0x0830).putInt(4).putShort((short) 0).putShort((short) 32);
        return Arrays.copyOf(b.array(), b.position());
    }

    // ---- Heaps and index --------------------------------------------------------------------------------------------------------------------------------------------------------------

    private byte[] heapCollection() {
        int used = 16 + 24 * dimensions.size();
        int size = Math.max(MIN_HEAP_COLLECTION, used + 16);
        ByteBuffer b = buffer(size);
        ascii(b, "GCOL");
        b.putInt(1).putLong(size);
        short index = 1;
        for (String d : dimensions.keySet()) {
            b.putShort(index++).putShort((short) 0).putInt(0).putLong(8).putLong(addresses.get(d));
        }
        // Object 0 is the free space.
        b.putLong(0).putLong(size - used);
        return b.array();
    }

    private int linkCount() {
        return dimensions.size() + variables.size();
    }

    private List<String> linkNames() {
        List<String> names = new ArrayList<>(dimensions.keySet());
        variables.forEach(v -> names.add(v.name));
        return names;
    }

    private static int linkBytes(String name) {
        return 19 + name.length();
    }

    /** The link messages, dimensions first, as libmysofa resolves references only to what it has seen. */
    private byte[] linkBlock() {
        int used = HEAP_BLOCK_HEADER;
        for (String name : linkNames()) {
            used += linkBytes(name);
        }
        // Room for the zero that ends the list for libmysofa.
        ByteBuffer b = buffer(Math.max(512, Integer.highestOneBit(used) << 1));
        ascii(b, "FHDB");
        b.put((byte) 0).putLong(linkHeap).putInt(0).putInt(0);
        long order = 0;
        for (String name : linkNames()) {
            // Version 1, with a creation order, a hard link; the length of the name in one byte.
            b.put((byte) 1).put((byte) 4).putLong(order++).put((byte) name.length());
            ascii(b, name);
            b.putLong(addresses.getOrDefault(name, 0L));
        }
        b.putInt(HEAP_BLOCK_HEADER - 4, lookup3(b.array(), b.capacity()));
        return b.array();
    }

    private byte[] linkHeapHeader(int blockBytes) {
        ByteBuffer b = buffer(146);
        ascii(b, "FRHP");
        // Version 0; identifiers of 7 bytes; no filters; direct blocks with checksums; objects up to 4096 bytes.
        b.put((byte) 0).putShort((short) 7).putShort((short) 0).put((byte) 2).putInt(4096);
        int used = HEAP_BLOCK_HEADER;
        for (String name : linkNames()) {
            used += linkBytes(name);
        }
        b.putLong(0).putLong(UNDEFINED).putLong(blockBytes - used).putLong(UNDEFINED);
        b.putLong(blockBytes).putLong(blockBytes).putLong(blockBytes).putLong(linkCount());
        b.putLong(0).putLong(0).putLong(0).putLong(0);
        b.putShort((short) 4).putLong(blockBytes).putLong(65536).putShort((short) 32).putShort((short) 1).putLong(linkBlock).putShort((short) 0);
        return sealed(b);
    }

    private byte[] linkIndexHeader() {
        ByteBuffer b = buffer(38);
        ascii(b, "BTHD");
        b.put((byte) 0).put((byte) 5).putInt(NODE_BYTES).putShort((short) LINK_RECORD_BYTES).putShort((short) 0).put((byte) 100).put((byte) 40);
        b.putLong(linkLeaf).putShort((short) linkCount()).putLong(linkCount());
        return sealed(b);
    }

    private byte[] linkLeaf() {
        record Link(int hash, int offset, int length) {
        }
        List<Link> links = new ArrayList<>();
        int offset = HEAP_BLOCK_HEADER;
        for (String name : linkNames()) {
            byte[] text = name.getBytes(StandardCharsets.US_ASCII);
            links.add(new Link(lookup3(text, text.length), offset, linkBytes(name)));
            offset += linkBytes(name);
        }
        links.sort((a, b) -> Integer.compareUnsigned(a.hash, b.hash));
        ByteBuffer b = buffer(6 + LINK_RECORD_BYTES * links.size() + 4);
        ascii(b, "BTLF");
        b.put((byte) 0).put((byte) 5);
        for (Link link : links) {
            b.putInt(link.hash).put((byte) 0).putInt(link.offset).putShort((short) link.length);
        }
        // The rest of the node is not used.
        return Arrays.copyOf(sealed(b), NODE_BYTES);
    }

    // ---- Bytes ------------------------------------------------------------------------------------------------------------------------------------------------------------------------

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void ascii(ByteBuffer b, String text) {
        b.put(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Puts the checksum into the last four bytes. */
    private static byte[] sealed(ByteBuffer b) {
        int length = b.capacity() - 4;
        b.putInt(length, lookup3(b.array(), length));
        return b.array();
    }

    /** Bob Jenkins's hash "lookup3", hashlittle() with initial value 0 (public domain, 2006): the checksum of HDF5. */
    static int lookup3(byte[] k, int length) {
        int a = 0xdeadbeef + length;
        int b = a;
        int c = a;
        int at = 0;
        int left = length;
        while (left > 12) {
            a += word(k, at, 4);
            b += word(k, at + 4, 4);
            c += word(k, at + 8, 4);
            a -= c;
            a ^= Integer.rotateLeft(c, 4);
            c += b;
            b -= a;
            b ^= Integer.rotateLeft(a, 6);
            a += c;
            c -= b;
            c ^= Integer.rotateLeft(b, 8);
            b += a;
            a -= c;
            a ^= Integer.rotateLeft(c, 16);
            c += b;
            b -= a;
            b ^= Integer.rotateLeft(a, 19);
            a += c;
            c -= b;
            c ^= Integer.rotateLeft(b, 4);
            b += a;
            at += 12;
            left -= 12;
        }
        if (left == 0) {
            return c;
        }
        a += word(k, at, Math.min(4, left));
        b += word(k, at + 4, Math.min(4, left - 4));
        c += word(k, at + 8, Math.min(4, left - 8));
        c ^= b;
        c -= Integer.rotateLeft(b, 14);
        a ^= c;
        a -= Integer.rotateLeft(c, 11);
        b ^= a;
        b -= Integer.rotateLeft(a, 25);
        c ^= b;
        c -= Integer.rotateLeft(b, 16);
        a ^= c;
        a -= Integer.rotateLeft(c, 4);
        b ^= a;
        b -= Integer.rotateLeft(a, 14);
        c ^= b;
        c -= Integer.rotateLeft(b, 24);
        return c;
    }

    private static int word(byte[] k, int at, int bytes) {
        int w = 0;
        for (int i = 0; i < bytes; i++) {
            w |= (k[at + i] & 0xff) << 8 * i;
        }
        return w;
    }
}
