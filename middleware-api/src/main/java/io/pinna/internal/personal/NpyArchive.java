package io.pinna.internal.personal;

import io.pinna.ResourceException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The arrays of a NumPy archive (.npz: a ZIP of .npy files) and the other files in it. Numbers are little-endian, arrays in C order. Nothing is allocated by what a header says: an array's size is
 * compared with the bytes that are there. Immutable; any thread.
 *
 * <p>Format of an .npy file: "\x93NUMPY", a version of two bytes, the length of the header (two bytes in version 1, four in 2 and 3), the header (a Python dictionary of {@code descr},
 * {@code fortran_order} and {@code shape}), the data (NumPy Enhancement Proposal 1).
 */
public final class NpyArchive {
    /** Inflated, over all entries: a hundred times the built-in model. */
    private static final int MAX_BYTES = 1 << 28;
    private static final int MAX_ENTRIES = 1000;
    private static final int MAX_HEADER = 1 << 16;
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final Pattern HEADER = Pattern
            .compile("\\s*\\{\\s*'descr'\\s*:\\s*'([^']{1,16})'\\s*,\\s*'fortran_order'\\s*:\\s*(True|False)\\s*,\\s*'shape'\\s*:\\s*\\(([0-9,\\s]{0,100})\\)\\s*,?\\s*\\}\\s*");

    private final String file;
    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    /**
     * One array.
     *
     * @param type  as NumPy names it: {@code <f4}, {@code <f8}, {@code |i1}, {@code <i4} or {@code <i8}
     * @param shape its dimensions; empty for a single number
     */
    public record Array(String file, String name, String type, int[] shape, ByteBuffer data) {
        /** How many values. */
        public int size() {
            int n = 1;
            for (int d : shape) {
                n *= d;
            }
            return n;
        }

        /** The values of an array of floating-point or whole numbers, finite. */
        public double[] toDoubles() {
            double[] values = new double[size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = switch (type) {
                    case "<f4" -> data.getFloat(4 * i);
                    case "<f8" -> data.getDouble(8 * i);
                    case "|i1" -> data.get(i);
                    case "<i4" -> data.getInt(4 * i);
                    default -> data.getLong(8 * i);
                };
                if (!Double.isFinite(values[i])) {
                    throw new ResourceException(file, name, "has " + values[i] + " at value " + i + "; all must be finite");
                }
            }
            return values;
        }
    }

    /**
     * @param file  its name, for messages
     * @param bytes all of it
     * @throws ResourceException if it is no ZIP, damaged, or larger than anything of this kind
     */
    public NpyArchive(String file, byte[] bytes) {
        this.file = file;
        if (bytes.length < 4 || bytes[0] != 'P' || bytes[1] != 'K') {
            throw new ResourceException(file, "file", "is not a NumPy archive (.npz)");
        }
        long total = 0;
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                byte[] content = zip.readNBytes((int) (MAX_BYTES - total) + 1);
                total += content.length;
                if (total > MAX_BYTES || entries.size() == MAX_ENTRIES) {
                    throw new ResourceException(file, entry.getName(), "is too much: an archive may have " + MAX_ENTRIES + " entries of " + MAX_BYTES + " bytes in all");
                }
                if (entries.put(entry.getName(), content) != null) {
                    throw new ResourceException(file, entry.getName(), "is there twice");
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new ResourceException(file, "file", "is damaged: " + e.getMessage(), e);
        }
        if (entries.isEmpty()) {
            throw new ResourceException(file, "file", "is damaged: no entry can be read");
        }
    }

    public boolean has(String name) {
        return entries.containsKey(name);
    }

    /** An entry that is text in UTF-8. */
    public String text(String name) {
        return new String(entry(name), StandardCharsets.UTF_8);
    }

    private byte[] entry(String name) {
        byte[] bytes = entries.get(name);
        if (bytes == null) {
            throw new ResourceException(file, name, "is missing");
        }
        return bytes;
    }

    /**
     * @param name without the ending {@code .npy}
     * @throws ResourceException if it is missing, not an array, or not as long as it says
     */
    public Array array(String name) {
        byte[] bytes = entry(name + ".npy");
        if (bytes.length < 12 || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length) || bytes[6] < 1 || bytes[6] > 3) {
            throw new ResourceException(file, name, "is not a NumPy array of version 1 to 3");
        }
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int start = bytes[6] == 1 ? 10 : 12;
        long length = bytes[6] == 1 ? b.getShort(8) & 0xffff : b.getInt(8) & 0xffffffffL;
        if (length > MAX_HEADER || start + length > bytes.length) {
            throw new ResourceException(file, name, "has a header of " + length + " bytes; that is damaged");
        }
        String header = new String(bytes, start, (int) length, StandardCharsets.ISO_8859_1);
        Matcher m = HEADER.matcher(header);
        if (!m.matches()) {
            throw new ResourceException(file, name, "has a header that cannot be understood: " + header.strip());
        }
        int width = switch (m.group(1)) {
            case "|i1" -> 1;
            case "<f4", "<i4" -> 4;
            case "<f8", "<i8" -> 8;
            default -> throw new ResourceException(file, name, "holds values of the type " + m.group(1) + "; allowed are <f4, <f8, |i1, <i4 and <i8");
        };
        String[] parts = m.group(3).isBlank() ? new String[0] : m.group(3).strip().split("\\s*,\\s*");
        int[] shape = new int[parts.length];
        long values = 1;
        for (int i = 0; i < parts.length; i++) {
            long d = parts[i].length() > 0 && parts[i].length() < 10 ? Long.parseLong(parts[i]) : -1;
            values *= d;
            if (d < 0 || values > MAX_BYTES) {
                throw new ResourceException(file, name, "has the shape (" + m.group(3) + "), which does not fit to its " + bytes.length + " bytes");
            }
            shape[i] = (int) d;
        }
        if (m.group(2).equals("True") && shape.length > 1) {
            throw new ResourceException(file, name, "is in Fortran order; C order is needed");
        }
        int at = start + (int) length;
        if (values * width != bytes.length - at) {
            throw new ResourceException(file, name, "has the shape " + Arrays.toString(shape) + " of " + values * width + " bytes; " + (bytes.length - at) + " are there");
        }
        return new Array(file, name, m.group(1), shape, b.slice(at, bytes.length - at).order(ByteOrder.LITTLE_ENDIAN));
    }
}
