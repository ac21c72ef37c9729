package io.pinna.internal.hrtf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.hrtf.PersonalHrtf;
import io.pinna.hrtf.PersonalHrtfKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Reads and writes {@code .pinna} files; {@link PersonalHrtf} documents the format. Nothing is allocated by what a file says about itself before that is checked against what the file holds. Any thread
 * but the audio thread.
 */
public final class PersonalHrtfFile {
    /** Number of the format that is written, and the highest that is read. */
    public static final int VERSION = 1;
    static final byte[] MAGIC = {'P', 'I', 'N', 'N', 'A', '\r', '\n', 0x1a};
    private static final int FIXED_BYTES = MAGIC.length + 8;
    private static final int CHECKSUM_BYTES = 4;
    private static final int MOST_HEADER_BYTES = 1 << 16;
    private static final long MOST_BYTES = FIXED_BYTES + MOST_HEADER_BYTES + payloadBytes(HarmonicField.MAX_ORDER, HarmonicField.MAX_ORDER) + CHECKSUM_BYTES;
    private static final JsonMapper JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private PersonalHrtfFile() {
    }

    private static long payloadBytes(int order, int delayOrder) {
        return (long) Float.BYTES * (HarmonicField.levelCount(order) + HarmonicField.delayCount(delayOrder));
    }

    /** @throws InvalidValueException if its texts are too long for a header */
    public static byte[] encode(PersonalHrtf hrtf) {
        HarmonicField field = PersonalHrtfs.field(hrtf);
        ObjectNode header = JSON.createObjectNode();
        header.put("kind", hrtf.kind().name()).put("createdBy", hrtf.createdBy());
        ArrayNode notes = header.putArray("notes");
        hrtf.notes().forEach(notes::add);
        header.put("sampleRateHz", HarmonicField.SAMPLE_RATE_HZ).put("fftSize", HarmonicField.FFT_SIZE).put("order", field.order()).put("itdOrder", field.delayOrder());
        byte[] text;
        try {
            text = JSON.writeValueAsBytes(header);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree of text and numbers is JSON", e);
        }
        if (text.length > MOST_HEADER_BYTES) {
            throw new InvalidValueException("notes and createdBy need " + text.length + " bytes in the file; at most " + MOST_HEADER_BYTES + " are allowed");
        }
        int size = (int) (FIXED_BYTES + text.length + payloadBytes(field.order(), field.delayOrder()) + CHECKSUM_BYTES);
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).putInt(VERSION).putInt(text.length).put(text);
        for (float[] values : new float[][] {field.levelCoefficients(), field.delayCoefficients()}) {
            for (float value : values) {
                out.putFloat(value);
            }
        }
        return out.putInt((int) checksum(out.array(), size - CHECKSUM_BYTES)).array();
    }

    private static long checksum(byte[] bytes, int count) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, count);
        return crc.getValue();
    }

    /** @throws ResourceException if the file cannot be used */
    public static PersonalHrtf read(Path path) {
        String file = path.toString();
        byte[] bytes;
        if (Files.isDirectory(path)) {
            throw new ResourceException(file, "file", "is a folder; give a .pinna file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            // One more than any profile has, whatever the file system says its size is.
            bytes = in.readNBytes((int) MOST_BYTES + 1);
        } catch (java.nio.file.NoSuchFileException e) {
            throw new ResourceException(file, "file", "does not exist", e);
        } catch (IOException e) {
            throw new ResourceException(file, "file", "cannot be read: " + e.getClass().getSimpleName() + " " + e.getMessage(), e);
        }
        return new Reader(file, bytes).read();
    }

    /** One file. */
    private static final class Reader {
        private final String file;
        private final byte[] bytes;
        private final ByteBuffer in;

        Reader(String file, byte[] bytes) {
            this.file = file;
            this.bytes = bytes;
            in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        private ResourceException fault(String field, String reason) {
            return new ResourceException(file, field, reason);
        }

        PersonalHrtf read() {
            int compared = Math.min(bytes.length, MAGIC.length);
            if (bytes.length == 0 || !Arrays.equals(bytes, 0, compared, MAGIC, 0, compared)) {
                String start = new String(MAGIC, 0, 5, StandardCharsets.US_ASCII);
                boolean text = compared > 5 && Arrays.equals(bytes, 0, 5, MAGIC, 0, 5) && (bytes[5] == '\n' || bytes[5] == '\r');
                throw fault("file", text ? "begins with " + start + ", but its line ends were changed: it was transferred as text; transfer it as binary data"
                        : "is not a .pinna file (it does not begin with " + start + "); make one with pinna hrtf");
            }
            if (bytes.length < FIXED_BYTES) {
                throw fault("file", "is truncated: it has " + bytes.length + " bytes, less than its start alone needs");
            }
            in.position(MAGIC.length);
            long version = Integer.toUnsignedLong(in.getInt());
            if (version > VERSION) {
                throw fault("format", "written by a newer Pinna (format " + version + "; this one reads " + VERSION + "): update Pinna");
            }
            if (version < 1) {
                throw fault("format", "is " + version + "; allowed is 1 to " + VERSION);
            }
            long headerBytes = Integer.toUnsignedLong(in.getInt());
            if (headerBytes > MOST_HEADER_BYTES) {
                throw fault("header", "says it has " + headerBytes + " bytes; at most " + MOST_HEADER_BYTES + " are allowed; the file is damaged");
            }
            if (headerBytes > in.remaining()) {
                throw fault("header", "is truncated: it has " + in.remaining() + " of " + headerBytes + " bytes");
            }
            JsonNode header = header((int) headerBytes);
            fixed(header, "sampleRateHz", HarmonicField.SAMPLE_RATE_HZ);
            fixed(header, "fftSize", HarmonicField.FFT_SIZE);
            int order = number(header, "order", 0, HarmonicField.MAX_ORDER);
            int delayOrder = number(header, "itdOrder", 0, HarmonicField.MAX_ORDER);
            long expected = in.position() + payloadBytes(order, delayOrder) + CHECKSUM_BYTES;
            if (bytes.length < expected) {
                throw fault("file", "is truncated: it has " + bytes.length + " of " + expected + " bytes");
            }
            if (bytes.length > expected) {
                throw fault("file", "goes on after its end: it has " + (bytes.length > MOST_BYTES ? "more than " + MOST_BYTES : bytes.length) + " bytes, its header says " + expected);
            }
            int end = bytes.length - CHECKSUM_BYTES;
            long wanted = Integer.toUnsignedLong(in.getInt(end));
            long found = checksum(bytes, end);
            if (found != wanted) {
                throw fault("checksum", String.format("does not fit (%08x, the content has %08x): the file is damaged", wanted, found));
            }
            float[] levels = floats("levels", HarmonicField.levelCount(order));
            float[] delays = floats("itd", HarmonicField.delayCount(delayOrder));
            try {
                return PersonalHrtfs.create(kind(header), text(header, "createdBy"), notes(header), new HarmonicField(order, levels, delayOrder, delays));
            } catch (InvalidValueException e) {
                String message = e.getMessage();
                int space = message.indexOf(' ');
                throw new ResourceException(file, message.substring(0, space), message.substring(space + 1), e);
            }
        }

        private JsonNode header(int count) {
            try {
                // The mapper would accept other encodings.
                CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(in.slice().limit(count));
                in.position(in.position() + count);
                JsonNode header = JSON.readTree(text.toString());
                if (!header.isObject()) {
                    throw fault("header", "is not a JSON object; the file is damaged");
                }
                return header;
            } catch (CharacterCodingException e) {
                throw new ResourceException(file, "header", "is not UTF-8; the file is damaged", e);
            } catch (JsonProcessingException e) {
                throw new ResourceException(file, "header", "is not valid JSON: " + e.getOriginalMessage().lines().findFirst().orElse("") + "; the file is damaged", e);
            }
        }

        private JsonNode field(JsonNode header, String name) {
            JsonNode node = header.get(name);
            if (node == null) {
                throw fault("header." + name, "is missing");
            }
            return node;
        }

        private int number(JsonNode header, String name, int lowest, int highest) {
            JsonNode node = field(header, name);
            if (!node.isInt() || node.asInt() < lowest || node.asInt() > highest) {
                throw fault("header." + name, "is " + abbreviated(node) + "; a whole number from " + lowest + " to " + highest + " is allowed");
            }
            return node.asInt();
        }

        private void fixed(JsonNode header, String name, int value) {
            JsonNode node = field(header, name);
            if (!node.isInt() || node.asInt() != value) {
                throw fault("header." + name, "is " + abbreviated(node) + "; " + value + " is allowed");
            }
        }

        private String text(JsonNode header, String name) {
            JsonNode node = field(header, name);
            if (!node.isTextual()) {
                throw fault("header." + name, "is " + abbreviated(node) + "; text is allowed");
            }
            return node.asText();
        }

        private PersonalHrtfKind kind(JsonNode header) {
            String name = text(header, "kind");
            for (PersonalHrtfKind kind : PersonalHrtfKind.values()) {
                if (kind.name().equals(name)) {
                    return kind;
                }
            }
            throw fault("header.kind", "is " + abbreviated(header.get("kind")) + "; allowed are " + Arrays.toString(PersonalHrtfKind.values()));
        }

        private List<String> notes(JsonNode header) {
            JsonNode node = field(header, "notes");
            if (!node.isArray()) {
                throw fault("header.notes", "is " + abbreviated(node) + "; a list of text is allowed");
            }
            List<String> notes = new ArrayList<>(node.size());
            for (JsonNode note : node) {
                if (!note.isTextual()) {
                    throw fault("header.notes[" + notes.size() + "]", "is " + abbreviated(note) + "; text is allowed");
                }
                notes.add(note.asText());
            }
            return notes;
        }

        private static String abbreviated(JsonNode node) {
            String text = node.toString();
            return text.length() <= 60 ? text : text.substring(0, 60) + "…";
        }

        private float[] floats(String name, int count) {
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = in.getFloat();
            }
            return values;
        }
    }
}
