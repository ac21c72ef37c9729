package io.pinna.internal.inference;

import io.pinna.InvalidValueException;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.render.HrtfTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The filter tables of a world, each loaded once for all that wear the same profile, also one after another. A table is counted as long as a mix uses it; those that nobody uses any more are kept, the latest
 * ones, up to {@value #KEPT_BYTES} bytes of full tables (six of the HRTF fields at 48 kHz and 256-frame blocks), so that putting a profile on again costs nothing. A profile of a file is the same profile as
 * long as the file has the same size and time of modification; if it has changed it is read again. Belongs to the world's owner.
 */
public final class HrtfTables {
    /** Arbitrary: a player who compares some profiles. */
    static final long KEPT_BYTES = 64L << 20;

    private final int sampleRateHz;
    private final int blockFrames;
    private final int maxFilterTaps;
    private final Consumer<HrtfTable> closer;
    /** Those not in use are in the order in which they fell out of use. */
    private final Map<Key, Entry> entries = new LinkedHashMap<>();

    /** A file as it was found. */
    private record Stamp(long bytes, long modifiedMillis) {
    }

    /** @param stamp null for profiles without a file */
    private record Key(HrtfProfile profile, Stamp stamp) {
    }

    /** A table that is loaded. */
    public static final class Entry {
        private final Key key;
        private final HrtfTable table;
        private final String model;
        private int users;

        Entry(Key key, HrtfTable table, String model) {
            this.key = key;
            this.table = table;
            this.model = model;
        }

        public HrtfTable table() {
            return table;
        }

        /** Where its filters come from, for reports. */
        public String model() {
            return model;
        }
    }

    /** @param closer takes tables that are dropped, and closes each as soon as no thread evaluates it any more */
    public HrtfTables(int sampleRateHz, int blockFrames, int maxFilterTaps, Consumer<HrtfTable> closer) {
        this.sampleRateHz = sampleRateHz;
        this.blockFrames = blockFrames;
        this.maxFilterTaps = maxFilterTaps;
        this.closer = closer;
    }

    private static Key key(HrtfProfile profile) {
        Path file = HrtfSources.file(profile);
        if (file == null) {
            return new Key(profile, null);
        }
        try {
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
            return new Key(profile, new Stamp(a.size(), a.lastModifiedTime().toMillis()));
        } catch (IOException e) {
            // Whoever reads it says what is wrong with it.
            return new Key(profile, new Stamp(-1, -1));
        }
    }

    /**
     * The table of a profile, loaded if there is none. It counts as used from {@link #use} on.
     *
     * @throws io.pinna.ResourceException  if a file of the profile cannot be used
     * @throws io.pinna.InferenceException if a model cannot be used
     * @throws InvalidValueException       if its filters are longer than the world allows
     */
    public Entry get(HrtfProfile profile) {
        Key key = key(profile);
        Entry entry = entries.get(key);
        if (entry == null) {
            HrtfSources.Loaded loaded = HrtfSources.load(profile, sampleRateHz);
            HrtfTable table = new HrtfTable(loaded.source(), blockFrames);
            try {
                if (table.filterTaps() > maxFilterTaps) {
                    throw new InvalidValueException("the profile " + profile.describe() + " needs filters of " + table.filterTaps() + " samples; the world allows " + maxFilterTaps
                            + " (maxFilterTaps of its settings)");
                }
                // Proves at setup that the model answers, in the direction that is needed soonest.
                table.fill(new int[] {0}, 1);
            } catch (RuntimeException e) {
                table.close();
                throw e;
            }
            entry = new Entry(key, table, loaded.description());
            trim();
            entries.put(key, entry);
        }
        return entry;
    }

    /** Whether a table is that of a profile as it is now. */
    public boolean isOf(Entry entry, HrtfProfile profile) {
        return entry.key.equals(key(profile));
    }

    /** One more mix uses it. */
    public void use(Entry entry) {
        entry.users++;
    }

    /** A mix is done with its table. */
    public void release(HrtfTable table) {
        for (Entry entry : entries.values()) {
            if (entry.table == table) {
                if (--entry.users == 0) {
                    // To the end: the last to fall out of use is the last to be dropped.
                    entries.remove(entry.key);
                    entries.put(entry.key, entry);
                    trim();
                }
                return;
            }
        }
    }

    /** Drops what is not in use, the oldest first, until the rest fits. */
    private void trim() {
        long kept = 0;
        for (Entry entry : entries.values()) {
            kept += entry.users == 0 ? entry.table.bakedBytes() : 0;
        }
        for (Iterator<Entry> all = entries.values().iterator(); kept > KEPT_BYTES && all.hasNext(); ) {
            Entry entry = all.next();
            if (entry.users == 0) {
                kept -= entry.table.bakedBytes();
                all.remove();
                closer.accept(entry.table);
            }
        }
    }

    /** When no thread evaluates tables any more. */
    public void closeAll() {
        entries.values().forEach(e -> e.table.close());
        entries.clear();
    }
}
