package io.pinna.hrtf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.PinnaException;
import io.pinna.ResourceException;
import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.PersonalHrtfFile;
import io.pinna.internal.hrtf.PersonalHrtfSamples;
import io.pinna.internal.hrtf.PersonalHrtfs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Profiles and their files. */
class PersonalHrtfTest {
    private static final int FIXED = 16;

    @TempDir
    Path folder;

    private final PersonalHrtf hrtf = PersonalHrtfSamples.hrtf(3, 1);

    @Test
    @Tag("unit")
    void aProfileComesBackBitByBit() throws IOException {
        Path file = folder.resolve("me.pinna");
        hrtf.save(file);
        PersonalHrtf again = PersonalHrtf.load(file);
        assertEquals(PersonalHrtfKind.MEASURED_DIRECTIONS, again.kind());
        assertEquals("Pinna test", again.createdBy());
        assertEquals(PersonalHrtfSamples.NOTES, again.notes());
        HarmonicField before = PersonalHrtfs.field(hrtf);
        HarmonicField after = PersonalHrtfs.field(again);
        assertArrayEquals(bits(before.levelCoefficients()), bits(after.levelCoefficients()));
        assertArrayEquals(bits(before.delayCoefficients()), bits(after.delayCoefficients()));
        assertEquals(hrtf, again);
        assertEquals(hrtf.hashCode(), again.hashCode());
        assertNotEquals(hrtf, PersonalHrtfSamples.hrtf(3, 2));
        Path second = folder.resolve("again.pinna");
        again.save(second);
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(second));
        // Replaced as a whole, and nothing is left beside it.
        PersonalHrtfSamples.hrtf(1, 5).save(file);
        assertEquals(PersonalHrtfSamples.hrtf(1, 5), PersonalHrtf.load(file));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(2, files.count());
        }
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }

    /** Written out by hand, so that files of today are read tomorrow. */
    @Test
    @Tag("unit")
    void theFileIsAsDocumented() throws IOException {
        HarmonicField field = field(0, 3);
        byte[] header = ("{\"future\": [1], \"order\": 0, \"itdOrder\": 1, \"fftSize\": 256, \"sampleRateHz\": 44100, \"kind\": \"LISTENING_TEST\", \"createdBy\": \"ä\", \"notes\": [\"n\"]}")
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer b = ByteBuffer.allocate(16 + header.length + 4 * 258 + 4 * 4 + 4).order(ByteOrder.LITTLE_ENDIAN);
        b.put("PINNA\r\n\032".getBytes(StandardCharsets.US_ASCII)).putInt(1).putInt(header.length).put(header);
        for (int i = 0; i < 258; i++) {
            b.putFloat((float) (3 * Math.sqrt(4 * Math.PI)));
        }
        b.putFloat(0).putFloat(-1e-3f).putFloat(0).putFloat(0);
        CRC32 crc = new CRC32();
        crc.update(b.array(), 0, b.position());
        b.putInt((int) crc.getValue());
        PersonalHrtf read = PersonalHrtf.load(Files.write(folder.resolve("hand.pinna"), b.array()));
        assertEquals(PersonalHrtfKind.LISTENING_TEST, read.kind());
        assertEquals("ä", read.createdBy());
        assertEquals(List.of("n"), read.notes());
        assertEquals(field, PersonalHrtfs.field(read));
        assertEquals(489, read.info().maxInterauralDelayMicroseconds(), 1);
        assertTrue(read.describe().contains("a listening test") && read.describe().contains("order 0"), read.describe());
    }

    private static HarmonicField field(int order, double db) {
        float[] levels = new float[HarmonicField.levelCount(order)];
        Arrays.fill(levels, 0, 258, (float) (db * Math.sqrt(4 * Math.PI)));
        return new HarmonicField(order, levels, 1, new float[] {0, -1e-3f, 0, 0});
    }

    @Test
    @Tag("fault")
    void everyFaultOfAFileIsNamed() throws IOException {
        assertFault("file", "does not exist", folder.resolve("no.pinna"));
        assertFault("file", "is a folder", folder);
        assertFault("file", "not a .pinna", b -> new byte[0]);
        assertFault("file", "not a .pinna", b -> "something else".getBytes(StandardCharsets.US_ASCII));
        assertFault("file", "not a .pinna", b -> "PINNACLE of art".getBytes(StandardCharsets.US_ASCII));
        assertFault("file", "transferred as text", b -> with(b, 5, '\n'));
        assertFault("file", "truncated", b -> Arrays.copyOf(b, 3));
        assertFault("file", "truncated", b -> Arrays.copyOf(b, FIXED - 1));
        assertFault("format", "newer Pinna (format 2; this one reads 1): update Pinna", b -> withInt(b, 8, 2));
        assertFault("format", "newer Pinna (format 4294967295", b -> withInt(b, 8, -1));
        assertFault("format", "allowed is 1", b -> withInt(b, 8, 0));
        assertFault("header", "4294967295", b -> withInt(b, 12, -1));
        assertFault("header", "2147483647", b -> withInt(b, 12, Integer.MAX_VALUE));
        assertFault("header", "at most 65536", b -> withInt(b, 12, 65537));
        assertFault("header", "truncated: it has 20", b -> Arrays.copyOf(b, FIXED + 20));
        assertFault("header", "not valid JSON", b -> withInt(b, 12, 10));
        assertFault("file", "truncated", b -> Arrays.copyOf(b, b.length - 1));
        assertFault("file", "truncated", b -> Arrays.copyOf(b, b.length / 2));
        assertFault("file", "goes on after its end", b -> Arrays.copyOf(b, b.length + 1));
        assertFault("file", "goes on after its end: it has more than", b -> Arrays.copyOf(b, 5_000_000));
        assertFault("checksum", "damaged", b -> with(b, b.length - 20, b[b.length - 20] ^ 1));
        assertFault("checksum", "damaged", b -> with(b, b.length - 1, b[b.length - 1] ^ 0x80));
        assertFault("levels", "NaN", b -> signed(withInt(b, payload(b) + 40, Float.floatToIntBits(Float.NaN))));
        assertFault("itd", "Infinity", b -> signed(withInt(b, b.length - 8, Float.floatToIntBits(Float.POSITIVE_INFINITY))));
        assertFault("levels", "-120 to 120".replace('-', '−'), b -> signed(withInt(b, payload(b) + 4 * 77, Float.floatToIntBits(1000))));
        assertFault("itd", "0.0015", b -> signed(withInt(b, b.length - 8, Float.floatToIntBits(0.01f))));
    }

    @Test
    @Tag("fault")
    void everyFaultOfAHeaderIsNamed() throws IOException {
        assertFault("header", "not a JSON object", "[1]");
        assertFault("header", "not valid JSON", "{} {}");
        assertFault("header", "not a JSON object", "");
        assertFault("header", "not valid JSON", "{\"order\": 3, \"order\": 4}");
        assertFault("header", "not valid JSON", "[".repeat(60000));
        assertFault("header.sampleRateHz", "missing", "{}");
        assertFault("header.sampleRateHz", "44100 is allowed", replaced("44100", "48000"));
        assertFault("header.fftSize", "256 is allowed", replaced("256", "512"));
        assertFault("header.order", "0 to 32", replaced("\"order\":3", "\"order\":33"));
        assertFault("header.order", "0 to 32", replaced("\"order\":3", "\"order\":-1"));
        assertFault("header.order", "0 to 32", replaced("\"order\":3", "\"order\":1e999"));
        assertFault("header.order", "0 to 32", replaced("\"order\":3", "\"order\":\"3\""));
        assertFault("header.itdOrder", "missing", replaced("\"itdOrder\"", "\"else\""));
        assertFault("file", "truncated", replaced("\"order\":3", "\"order\":32"));
        assertFault("file", "goes on after its end", replaced("\"order\":3", "\"order\":2"));
        assertFault("header.kind", "LISTENING_TEST", replaced("MEASURED_DIRECTIONS", "TELEPATHY"));
        assertFault("header.kind", "text", replaced("\"MEASURED_DIRECTIONS\"", "7"));
        assertFault("header.createdBy", "text", replaced("\"Pinna test\"", "null"));
        assertFault("createdBy", "blank", replaced("Pinna test", " "));
        assertFault("createdBy", "U+001B", replaced("Pinna test", "\\u001b[2J"));
        assertFault("header.notes", "list", replaced("\"notes\":[", "\"x\":1,\"notes\":7,\"y\":["));
        assertFault("header.notes[0]", "text", replaced("\"notes\":[", "\"notes\":[{},"));
        assertFault("notes", "at most 100", replaced("\"notes\":[", "\"notes\":[" + "\"a\",".repeat(100)));
        assertFault("header", "UTF-8", b -> {
            byte[] changed = b.clone();
            changed[FIXED + 12] = (byte) 0xff;
            return signed(changed);
        });
    }

    /** Whatever is flipped or cut off: a profile or a reason, never another exception. */
    @Test
    @Tag("property")
    void damageIsNeverMoreThanARefusal() throws IOException {
        byte[] good = bytes(hrtf);
        Random random = new Random(31);
        Path file = folder.resolve("damaged.pinna");
        int refused = 0;
        for (int round = 0; round < 400; round++) {
            byte[] bad = round % 4 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            // Half of the time in the header, which parses before the checksum is looked at.
            int reach = Math.min(bad.length, random.nextBoolean() ? 300 : good.length);
            for (int i = random.nextInt(3); i >= 0 && bad.length > 0; i--) {
                bad[random.nextInt(reach)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, round % 8 == 1 && bad.length > FIXED ? signed(bad) : bad);
            try {
                PersonalHrtf.load(file);
            } catch (ResourceException e) {
                refused++;
                assertTrue(e.getMessage().lines().count() == 1, e.getMessage());
            }
        }
        assertTrue(refused > 300, refused + " of 400");
    }

    @Test
    @Tag("fault")
    void whatCannotBeSavedChangesNothing() throws IOException {
        assertThrows(ResourceException.class, () -> hrtf.save(folder.resolve("no").resolve("me.pinna")));
        assertThrows(ResourceException.class, () -> hrtf.save(folder));
        assertThrows(InvalidValueException.class, () -> hrtf.save(null));
        assertThrows(InvalidValueException.class, () -> PersonalHrtf.load(null));
        PersonalHrtf wordy = PersonalHrtfs.create(PersonalHrtfKind.MEASUREMENTS, "a", Collections.nCopies(100, "x".repeat(1000)), PersonalHrtfs.field(hrtf));
        InvalidValueException tooLong = assertThrows(InvalidValueException.class, () -> wordy.save(folder.resolve("me.pinna")));
        assertTrue(tooLong.getMessage().contains("65536"), tooLong.getMessage());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    @Tag("fault")
    void textsAreOfOneLine() {
        HarmonicField field = PersonalHrtfs.field(hrtf);
        for (List<String> notes : List.of(List.of("two\nlines"), List.of(" "), Collections.nCopies(101, "a"), List.of("x".repeat(2001)))) {
            assertThrows(InvalidValueException.class, () -> PersonalHrtfs.create(PersonalHrtfKind.MEASUREMENTS, "a", notes, field));
        }
        assertThrows(InvalidValueException.class, () -> PersonalHrtfs.create(null, "a", List.of(), field));
        assertThrows(InvalidValueException.class, () -> PersonalHrtfs.create(PersonalHrtfKind.MEASUREMENTS, "", List.of(), field));
        assertThrows(UnsupportedOperationException.class, () -> hrtf.notes().add("more"));
        assertThrows(InvalidValueException.class, () -> HrtfProfile.personal((Path) null));
        assertThrows(InvalidValueException.class, () -> HrtfProfile.personal((PersonalHrtf) null));
    }

    private static byte[] bytes(PersonalHrtf hrtf) {
        return PersonalHrtfFile.encode(hrtf);
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private static byte[] withInt(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        return changed;
    }

    /** With the checksum that fits. */
    private static byte[] signed(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, bytes.length - 4);
        return withInt(bytes, bytes.length - 4, (int) crc.getValue());
    }

    private static int payload(byte[] bytes) {
        return FIXED + ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(12);
    }

    private String replaced(String what, String by) {
        byte[] good = bytes(hrtf);
        String header = new String(good, FIXED, payload(good) - FIXED, StandardCharsets.UTF_8);
        assertTrue(header.contains(what), header);
        return header.replaceFirst(java.util.regex.Pattern.quote(what), java.util.regex.Matcher.quoteReplacement(by));
    }

    private void assertFault(String field, String reason, String header) throws IOException {
        assertFault(field, reason, b -> {
            byte[] text = header.getBytes(StandardCharsets.UTF_8);
            ByteBuffer changed = ByteBuffer.allocate(b.length - payload(b) + FIXED + text.length).order(ByteOrder.LITTLE_ENDIAN);
            changed.put(b, 0, 12).putInt(text.length).put(text).put(b, payload(b), b.length - payload(b));
            return signed(changed.array());
        });
    }

    private void assertFault(String field, String reason, UnaryOperator<byte[]> change) throws IOException {
        assertFault(field, reason, Files.write(folder.resolve("bad.pinna"), change.apply(bytes(hrtf))));
    }

    private static void assertFault(String field, String reason, Path file) {
        PinnaException thrown = assertThrows(PinnaException.class, () -> PersonalHrtf.load(file), field + ": " + reason);
        assertTrue(thrown instanceof ResourceException, thrown.toString());
        ResourceException e = (ResourceException) thrown;
        assertEquals(field, e.field(), e.getMessage());
        assertTrue(e.reason().contains(reason), e.getMessage());
        assertEquals(file.toString(), e.resource());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }
}
