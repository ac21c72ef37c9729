package io.pinna.internal.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.SphericalHeadModels;
import io.pinna.internal.render.HrtfTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HrtfTablesTest {
    private final List<HrtfTable> dropped = new ArrayList<>();
    private final HrtfTables tables = new HrtfTables(48000, 256, 2048, dropped::add);

    private static HrtfProfile someone() {
        return HrtfProfile.field(new SphericalHeadModels.InJava());
    }

    @Test
    @Tag("unit")
    void whatIsInUseIsSharedAndKept() {
        HrtfProfile profile = someone();
        HrtfTables.Entry entry = tables.get(profile);
        tables.use(entry);
        tables.use(entry);
        assertSame(entry, tables.get(profile));
        assertNotSame(entry, tables.get(someone()));
        tables.release(entry.table());
        for (int i = 0; i < 20; i++) {
            tables.get(someone());
        }
        assertSame(entry, tables.get(profile), "still worn by one");
        assertFalse(dropped.contains(entry.table()));
    }

    /** 2562 directions of four arrays of 257 floats are 10.9 MB; six of them fit. */
    @Test
    @Tag("unit")
    void ofWhatIsNotInUseTheLatestAreKept() {
        List<HrtfProfile> profiles = new ArrayList<>();
        List<HrtfTables.Entry> entries = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            profiles.add(someone());
            entries.add(tables.get(profiles.get(i)));
            tables.use(entries.get(i));
            assertEquals(10.9e6, entries.get(i).table().bakedBytes(), 0.2e6);
        }
        assertEquals(List.of(), dropped, "all are in use");
        int[] order = {4, 0, 8, 1, 2, 3, 7, 5};
        for (int i : order) {
            tables.release(entries.get(i).table());
        }
        assertEquals(HrtfTables.KEPT_BYTES / entries.get(0).table().bakedBytes(), order.length - dropped.size());
        assertEquals(List.of(entries.get(4).table(), entries.get(0).table()), dropped, "the first to fall out of use went first");
        assertSame(entries.get(8), tables.get(profiles.get(8)));
        assertSame(entries.get(6), tables.get(profiles.get(6)), "in use");
        assertNotSame(entries.get(4), tables.get(profiles.get(4)), "made anew");
    }

    @Test
    @Tag("unit")
    void aFileThatHasChangedIsReadAgain(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("head.onnx"), SphericalHeadModels.spectra(-1).bytes());
        HrtfProfile profile = HrtfProfile.onnx(file);
        HrtfTables.Entry first = tables.get(profile);
        tables.use(first);
        assertSame(first, tables.get(HrtfProfile.onnx(file)));
        assertTrue(tables.isOf(first, profile));
        Files.setLastModifiedTime(file, FileTime.fromMillis(Files.getLastModifiedTime(file).toMillis() + 2000));
        assertFalse(tables.isOf(first, profile));
        HrtfTables.Entry second = tables.get(profile);
        assertNotSame(first, second);
        tables.use(second);
        // Both are worn; each is given back as itself.
        tables.release(first.table());
        tables.release(second.table());
        Files.delete(file);
        assertThrows(ResourceException.class, () -> tables.get(profile));
        tables.closeAll();
        assertEquals(List.of(), dropped);
    }

    @Test
    @Tag("fault")
    void whatIsRefusedLeavesNothingBehind(@TempDir Path folder) throws IOException {
        HrtfTables small = new HrtfTables(48000, 256, 256, dropped::add);
        Path file = Files.write(folder.resolve("long.onnx"), SphericalHeadModels.spectra(-1).metadata("maxInterauralDelaySeconds", "0.003").bytes());
        InvalidValueException e = assertThrows(InvalidValueException.class, () -> small.get(HrtfProfile.onnx(file)));
        assertTrue(e.getMessage().contains("maxFilterTaps") && e.getMessage().contains("256"), e.getMessage());
        SphericalHeadModels.InJava field = new SphericalHeadModels.InJava();
        field.mode = SphericalHeadModels.InJava.Mode.THROWS;
        assertThrows(io.pinna.InferenceException.class, () -> small.get(HrtfProfile.field(field)));
        field.mode = SphericalHeadModels.InJava.Mode.WORKS;
        assertFalse(field.closed, "somebody else's field is never closed");
        assertEquals(240, small.get(HrtfProfile.field(field)).table().filterTaps());
    }
}
