package io.pinna.internal.hrtf;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ChunkedDataset;
import io.pinna.PinnaException;
import io.pinna.ResourceException;
import io.pinna.hrtf.HrtfInfo;
import io.pinna.internal.dsp.SincResampler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Reads HRIR sets from SOFA files (AES69): SimpleFreeFieldHRIR, and GeneralFIR and GeneralFIR-E where they hold one source and two ears in the free field, in any version; and single room responses from these and from
 * the conventions of rooms.
 *
 * <p>Whatever is wrong with a file comes out as a {@link ResourceException} that names the file, the variable and the reason. Sizes are checked before anything is allocated for them. The HDF5
 * library is not made for hostile files: what it throws is wrapped, and because a damaged index may send it round in circles it works on a thread of its own, with a time limit. Any thread.
 */
public final class SofaReader {
    /** Of a text that is written in several attributes. */
    private static final int MOST_PARTS = 1000;
    /** Longer responses are rooms, not heads: 171 ms at 48 kHz. */
    private static final int MAX_TAPS = 8192;
    /** The same in time, for low rates. */
    private static final double MAX_SECONDS = 0.4;
    /** The largest published sets have about 12 000 directions; sixteen shells of such a one would still pass. */
    private static final int MAX_MEASUREMENTS = 200_000;
    private static final long MAX_BYTES = 1L << 30;
    /** Storage of a variable is inflated chunk by chunk; more chunks than this only a damaged file has. */
    private static final long MAX_CHUNKS = 1_000_000;
    /** A sane file of the greatest allowed size is read in a fraction of this. */
    private static final long TIME_LIMIT_SECONDS = 60;
    /** Twice the largest interaural delay that has been published, of a source at the ear (about 1.1 ms). */
    static final double MAX_INTERAURAL_SECONDS = 2.5e-3;
    /** Full scale is 1. Files with integers of 16 bits pass; 120 dB above full scale is damage. */
    private static final double MAX_AMPLITUDE = 1e6;

    private static final Set<String> ROOM_CONVENTIONS = Set.of("simplefreefieldhrir", "singleroomsrir", "singleroomdrir", "singleroommimosrir", "multispeakerbrir", "generalfir", "generalfir-e", "generalfire");

    /** \x89 H D F \r \n \x1a \n, little-endian. */
    private static final long SIGNATURE = 0x0a1a0a0d46444889L;

    private final String file;
    private final HdfFile hdf;
    private final List<String> notes = new ArrayList<>();

    private SofaReader(String file, HdfFile hdf) {
        this.file = file;
        this.hdf = hdf;
    }

    /** What is in a file and what a renderer makes of it. */
    public static HrtfInfo info(Path path) {
        HrirSet set = read(path);
        try (MeasuredHrtf hrtf = MeasuredHrtf.build(set, (int) Math.round(set.sampleRateHz()))) {
            return hrtf.info();
        }
    }

    /** The responses of a file. */
    public static HrirSet read(Path path) {
        return read(path, SofaReader::set);
    }

    /**
     * One response of a room.
     *
     * @param index       measurement · emitters of a measurement + emitter, from 0
     * @param mostSeconds longer responses are refused
     */
    public static RoomResponse readRoom(Path path, int index, double mostSeconds) {
        return read(path, reader -> reader.room(index, null, mostSeconds));
    }

    /**
     * The response of a room whose source is nearest to a direction from the listener, in angle.
     *
     * @param direction x front, y left, z up; of any length but 0
     */
    public static RoomResponse readRoom(Path path, double[] direction, double mostSeconds) {
        return read(path, reader -> reader.room(-1, direction, mostSeconds));
    }

    private static <T> T read(Path path, Function<SofaReader, T> what) {
        String file = path.toString();
        FutureTask<T> task = new FutureTask<>(() -> load(path, file, what));
        Thread thread = new Thread(task, "pinna-sofa-reader");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(TIME_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PinnaException known) {
                throw known;
            }
            throw new ResourceException(file, "file", "could not be read: " + reason(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            task.cancel(true);
            throw new ResourceException(file, "file", "not read after " + TIME_LIMIT_SECONDS + " s; its HDF5 structure is damaged", e);
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new ResourceException(file, "file", "reading was interrupted", e);
        }
    }

    private static <T> T load(Path path, String file, Function<SofaReader, T> what) {
        if (!Files.exists(path)) {
            throw new ResourceException(file, "file", "does not exist");
        }
        if (!Files.isRegularFile(path)) {
            throw new ResourceException(file, "file", Files.isDirectory(path) ? "is a folder; give a .sofa file" : "is not a regular file");
        }
        byte[] bytes;
        try {
            long size = Files.size(path);
            if (size == 0) {
                throw new ResourceException(file, "file", "is empty");
            }
            if (size > MAX_BYTES) {
                throw new ResourceException(file, "file", "is " + size + " bytes long; allowed are " + MAX_BYTES);
            }
            // Into memory, not mapped: a mapping would keep the file locked on Windows, and a file cut short meanwhile would kill the process.
            bytes = Files.readAllBytes(path);
        } catch (IOException e) {
            throw new ResourceException(file, "file", "could not be read: " + reason(e), e);
        } catch (OutOfMemoryError e) {
            throw new ResourceException(file, "file", "does not fit into memory", e);
        }
        checkKind(file, bytes);
        long declared = declaredLength(bytes);
        if (declared > bytes.length) {
            throw new ResourceException(file, "file", "is cut off: " + bytes.length + " bytes of " + declared);
        }
        try (HdfFile hdf = HdfFile.fromByteBuffer(ByteBuffer.wrap(bytes))) {
            return what.apply(new SofaReader(file, hdf));
        } catch (PinnaException e) {
            throw e;
        } catch (StackOverflowError e) {
            throw new ResourceException(file, "file", "its HDF5 structure refers to itself", e);
        } catch (OutOfMemoryError e) {
            throw new ResourceException(file, "file", "needs more memory than there is (a damaged file, or give Java more by -Xmx)", e);
        } catch (RuntimeException | LinkageError | AssertionError e) {
            throw new ResourceException(file, "file", "is not a readable HDF5 file: " + reason(e), e);
        }
    }

    /** Says what a file is that has no HDF5 signature where the format allows one (at 0, 512, 1024, ..); the library would only say that it is invalid. */
    private static void checkKind(String file, byte[] bytes) {
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (long start = 0; start + Long.BYTES <= bytes.length; start = start == 0 ? 512 : 2 * start) {
            if (b.getLong((int) start) == SIGNATURE) {
                return;
            }
        }
        if (Arrays.equals(Arrays.copyOf(bytes, PersonalHrtfFile.MAGIC.length), PersonalHrtfFile.MAGIC)) {
            throw new ResourceException(file, "file", "is a personal profile (.pinna), not a SOFA file; give a .sofa file here, or the profile where one is asked for");
        }
        throw new ResourceException(file, "file", "is not a SOFA file (no HDF5 signature)");
    }

    /**
     * The length of the file by its own account, the end-of-file address in its superblock; 0 if it has no superblock that can be understood. The HDF5 library does not look at it, and a file that
     * lacks its last chunks may still read, as zeros. Format: "HDF5 File Format Specification", III.A.
     */
    private static long declaredLength(byte[] bytes) {
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        // The superblock stands at 0, 512, 1024, 2048, ..
        for (long start = 0; start + 96 <= bytes.length; start = start == 0 ? 512 : 2 * start) {
            int at = (int) start;
            if (b.getLong(at) == SIGNATURE) {
                int version = bytes[at + 8];
                boolean old = version == 0 || version == 1;
                // All known writers use addresses of 8 bytes.
                int addressBytes = old ? bytes[at + 13] : bytes[at + 9];
                if (addressBytes != 8 || version < 0 || version > 3) {
                    return 0;
                }
                // Base address, one other address, end of file; they start at 24, 28 or 12.
                int addresses = at + (version == 0 ? 24 : version == 1 ? 28 : 12);
                return b.getLong(addresses) + b.getLong(addresses + 16);
            }
        }
        return 0;
    }

    private String conventions() {
        String conventions = text(hdf, "SOFAConventions", "");
        if (conventions.isEmpty()) {
            throw bad("SOFAConventions", text(hdf, "Conventions", "").isEmpty() ? "is missing: not a SOFA file" : "is missing");
        }
        return conventions;
    }

    private void requireResponses() {
        String dataType = text(hdf, "DataType", "");
        if (!dataType.isEmpty() && !dataType.equalsIgnoreCase("FIR") && !dataType.equalsIgnoreCase("FIR-E") && !dataType.equalsIgnoreCase("FIRE")) {
            throw bad("DataType", "is " + dataType + "; needed are impulse responses (FIR or FIR-E)");
        }
    }

    private HrirSet set() {
        String conventions = conventions();
        boolean simple = conventions.equalsIgnoreCase("SimpleFreeFieldHRIR");
        boolean general = conventions.equalsIgnoreCase("GeneralFIR") || conventions.equalsIgnoreCase("GeneralFIR-E") || conventions.equalsIgnoreCase("GeneralFIRE");
        if (!simple && !general) {
            throw bad("SOFAConventions", "is " + conventions + "; HRTFs are read from SimpleFreeFieldHRIR, GeneralFIR and GeneralFIR-E");
        }
        requireResponses();
        String room = text(hdf, "RoomType", "");
        if (!room.isEmpty() && !room.equalsIgnoreCase("free field")) {
            if (general) {
                throw bad("RoomType", "is " + room + "; an HRTF is measured in the free field, room responses are for convolution reverb");
            }
            notes.add("RoomType is " + room + ", not free field: the responses may hold reflections");
        }

        Dataset ir = variable("Data.IR");
        long[] shape = ir.getDimensionsAsLong();
        if (shape.length != 3 && shape.length != 4) {
            throw bad("Data.IR", "has the dimensions " + Arrays.toString(shape) + "; needed are [M][R][N], or [M][R][N][E] with E = 1");
        }
        long measurements = shape[0];
        long receivers = shape[1];
        long taps = shape[2];
        if (shape.length == 4) {
            // AES69-2022 has E last; older drafts had it before N.
            boolean emitterBefore = shape[2] == 1 && shape[3] > 1;
            long emitters = emitterBefore ? 1 : shape[3];
            taps = emitterBefore ? shape[3] : shape[2];
            if (emitters != 1) {
                throw bad("Data.IR", "has the dimensions " + Arrays.toString(shape) + ": " + emitters + " emitters; an HRTF has one (E = 1), its directions are measurements");
            }
        }
        if (receivers != 2) {
            throw bad("Data.IR", "has " + receivers + " receivers; a head has two");
        }
        if (measurements < 1 || taps < 1) {
            throw bad("Data.IR", "has the dimensions " + Arrays.toString(shape) + ": nothing in it");
        }
        if (taps > MAX_TAPS) {
            throw bad("Data.IR", "has " + taps + " taps; allowed are " + MAX_TAPS + " (this is a room response: for convolution reverb, not for a head)");
        }
        if (measurements > MAX_MEASUREMENTS) {
            throw bad("Data.IR", "has " + measurements + " measurements; allowed are " + MAX_MEASUREMENTS);
        }
        int m = (int) measurements;
        int n = (int) taps;

        double rate = rate(m);
        if (n / rate > MAX_SECONDS) {
            throw bad("Data.IR", String.format(Locale.ROOT, "lasts %.2f s at %.0f Hz; allowed are %.1f s (this is a room response: for convolution reverb, not for a head)", n / rate, rate, MAX_SECONDS));
        }
        Delays delays = delays(m, rate);
        double[] positions = relativePositions(m);
        float[] responses = responses(ir, m, n);
        boolean swap = rightFirst(responses, delays.samples, positions, m, n);
        if (swap) {
            swapEars(responses, delays.samples, m, n);
        }
        checkInteraural(delays.samples, m, rate);

        double[] directions = new double[3 * m];
        double[] distances = new double[m];
        for (int i = 0; i < m; i++) {
            double length = Math.sqrt(positions[3 * i] * positions[3 * i] + positions[3 * i + 1] * positions[3 * i + 1] + positions[3 * i + 2] * positions[3 * i + 2]);
            if (!(length > 1e-6 && length < 1e6)) {
                throw bad("SourcePosition", "measurement " + i + " is " + length + " m away from the listener; allowed is above 0 to 1000 km");
            }
            distances[i] = length;
            for (int axis = 0; axis < 3; axis++) {
                directions[3 * i + axis] = positions[3 * i + axis] / length;
            }
        }
        return new HrirSet(file, conventions, text(hdf, "SOFAConventionsVersion", ""), text(hdf, "Title", ""), text(hdf, "DatabaseName", ""), text(hdf, "ListenerShortName", ""),
                continued(hdf, "License"), rate, n, responses, delays.samples, directions, distances, delays.kind, notes);
    }

    // ---- Rooms ------------------------------------------------------------------------------------------------------------------------------------------------------------------------

    /** @param direction null if the index counts */
    private RoomResponse room(int index, double[] direction, double mostSeconds) {
        String conventions = conventions();
        if (!ROOM_CONVENTIONS.contains(conventions.toLowerCase(Locale.ROOT))) {
            throw bad("SOFAConventions", "is " + conventions + "; room responses are read from SimpleFreeFieldHRIR, SingleRoomSRIR, SingleRoomDRIR, SingleRoomMIMOSRIR, MultiSpeakerBRIR, GeneralFIR and GeneralFIR-E");
        }
        requireResponses();
        Dataset ir = variable("Data.IR");
        long[] shape = ir.getDimensionsAsLong();
        if (shape.length != 3 && shape.length != 4) {
            throw bad("Data.IR", "has the dimensions " + Arrays.toString(shape) + "; needed are [M][R][N] or [M][R][N][E]");
        }
        // AES69-2022 has E last; MultiSpeakerBRIR and older drafts had it before N. The number of emitters tells.
        boolean emitterBefore = shape.length == 4 && shape[3] != emitters(shape[3]) && shape[2] == emitters(shape[2]);
        long emitters = shape.length == 3 ? 1 : emitterBefore ? shape[2] : shape[3];
        long taps = emitterBefore ? shape[3] : shape[2];
        long receivers = shape[1];
        if (receivers != 1 && receivers != 2) {
            throw bad("Data.IR", "has " + receivers + " receivers; needed are one (mono) or two (the ears)");
        }
        if (shape[0] < 1 || taps < 1 || emitters < 1) {
            throw bad("Data.IR", "has the dimensions " + Arrays.toString(shape) + ": nothing in it");
        }
        if (shape[0] > MAX_MEASUREMENTS || emitters > MAX_MEASUREMENTS || shape[0] * emitters > MAX_MEASUREMENTS) {
            throw bad("Data.IR", "has the dimensions " + Arrays.toString(shape) + "; allowed are " + MAX_MEASUREMENTS + " responses");
        }
        int m = (int) shape[0];
        int e = (int) emitters;
        double rate = rate(m);
        if (taps > mostSeconds * rate) {
            throw bad("Data.IR", String.format(Locale.ROOT, "lasts %.2f s at %.0f Hz; allowed are %.1f s", taps / rate, rate, mostSeconds));
        }
        int n = (int) taps;
        int r = (int) receivers;
        double[] positions = e == 1 ? headPositions(m) : null;
        int chosen = direction == null ? index : nearest(positions, m, direction);
        if (chosen < 0 || chosen >= m * e) {
            throw bad("Data.IR", "has the responses 0 to " + (m * e - 1) + "; there is no " + chosen);
        }
        Object flat = flat(ir, "Data.IR", (long) m * r * n * e);
        float[][] channels = new float[r][n];
        double[] energy = new double[r];
        for (int c = 0; c < r; c++) {
            long row = (long) (chosen / e) * r + c;
            for (int i = 0; i < n; i++) {
                long at = emitterBefore ? (row * e + chosen % e) * n + i : (row * n + i) * e + chosen % e;
                double value = number(flat, (int) at, "Data.IR");
                if (!(Math.abs(value) <= MAX_AMPLITUDE)) {
                    throw bad("Data.IR", "has the value " + value + " in response " + chosen + ", receiver " + c + ", sample " + i + "; needed are finite numbers up to " + MAX_AMPLITUDE);
                }
                channels[c][i] = (float) value;
                energy[c] += value * value;
            }
            if (!(energy[c] > 0)) {
                throw bad("Data.IR", "is silent in response " + chosen + ", receiver " + c);
            }
        }
        double[] delays = roomDelays(m, r, e, rate, chosen / e);
        if (r == 2 && roomRightFirst(channels, positions, chosen)) {
            float[] first = channels[0];
            channels[0] = channels[1];
            channels[1] = first;
            double delay = delays[0];
            delays[0] = delays[1];
            delays[1] = delay;
        }
        for (int c = 0; c < r; c++) {
            channels[c] = delayed(channels[c], delays[c], rate, mostSeconds);
        }
        return new RoomResponse(file, conventions, rate, channels, chosen, m * e, notes);
    }

    /** What EmitterPosition says of a dimension: itself if it is the number of emitters, or if there is no such variable and it is 1; else another number. */
    private long emitters(long dimension) {
        Node node = hdf.getChildren().get("EmitterPosition");
        long[] shape = node instanceof Dataset set ? set.getDimensionsAsLong() : new long[0];
        long emitters = shape.length == 0 ? 1 : shape[0];
        return emitters == dimension ? dimension : -1;
    }

    private int nearest(double[] positions, int m, double[] direction) {
        if (positions == null) {
            throw bad("EmitterPosition", "there are several emitters in a measurement; choose a response by its number");
        }
        if (m > 1 && allSame(positions)) {
            throw bad("SourcePosition", "all " + m + " measurements have the same position; choose a response by its number");
        }
        int best = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < m; i++) {
            double length = Math.sqrt(positions[3 * i] * positions[3 * i] + positions[3 * i + 1] * positions[3 * i + 1] + positions[3 * i + 2] * positions[3 * i + 2]);
            double cosine = (positions[3 * i] * direction[0] + positions[3 * i + 1] * direction[1] + positions[3 * i + 2] * direction[2]) / Math.max(1e-9, length);
            // Of two that are as near but for rounding the first counts.
            if (cosine > most + 1e-12) {
                most = cosine;
                best = i;
            }
        }
        return best;
    }

    /** As {@link #rightFirst}, by the one response that is wanted: only a lateral source is evidence. */
    private boolean roomRightFirst(float[][] channels, double[] positions, int chosen) {
        if (positions == null) {
            notes.add("the first receiver is taken as the left ear");
            return false;
        }
        float[] both = Arrays.copyOf(channels[0], 2 * channels[0].length);
        System.arraycopy(channels[1], 0, both, channels[0].length, channels[0].length);
        return rightFirst(both, new double[2], Arrays.copyOfRange(positions, 3 * chosen, 3 * chosen + 3), 1, channels[0].length);
    }

    /** Of the receivers of a measurement, samples. */
    private double[] roomDelays(int m, int receivers, int emitters, double rate, int measurement) {
        if (receivers == 2 && emitters == 1) {
            double[] all = delays(m, rate).samples;
            return new double[] {roomDelay(all[2 * measurement], rate), roomDelay(all[2 * measurement + 1], rate)};
        }
        String name = "Data.Delay";
        Dataset set = variable(name);
        double[] values = numbers(set, name, (long) m * receivers * emitters);
        boolean perMeasurement = receivers == 1 && emitters == 1 && values.length == m;
        for (double value : values) {
            if (value != values[0] && !perMeasurement) {
                throw bad(name, "differs between receivers or emitters; with several emitters in a measurement only a common delay is read");
            }
        }
        double[] result = new double[receivers];
        Arrays.fill(result, roomDelay(values[perMeasurement ? measurement : 0] * delayScale(set, name, rate), rate));
        return result;
    }

    private double roomDelay(double samples, double rate) {
        if (!(samples >= 0 && samples <= MAX_SECONDS * rate)) {
            throw bad("Data.Delay", "has the value " + samples + " samples; allowed for a room response is 0 to " + MAX_SECONDS + " s");
        }
        return samples;
    }

    private float[] delayed(float[] x, double samples, double rate, double mostSeconds) {
        if (samples == 0) {
            return x;
        }
        SincResampler shift = SincResampler.of(rate, rate);
        boolean whole = samples == Math.rint(samples);
        int length = (int) Math.min(mostSeconds * rate, x.length + Math.ceil(samples));
        float[] y = new float[length];
        for (int i = 0; i < length; i++) {
            double at = i - samples;
            long centre = (long) Math.floor(at);
            y[i] = whole ? centre >= 0 ? x[(int) centre] : 0 : shift.at(x, 0, x.length, centre, at - centre);
        }
        return y;
    }

    // ---- Sampling rate, responses, delays ---------------------------------------------------------------------------------------------------------------------------------------------

    private double rate(int m) {
        String name = "Data.SamplingRate";
        Dataset set = variable(name);
        double[] values = numbers(set, name, m);
        if (values.length == 0) {
            throw bad(name, "is empty");
        }
        String units = text(set, "Units", "hertz").toLowerCase(Locale.ROOT).trim();
        double scale = switch (units) {
            case "hertz", "hz", "1/s", "s^-1", "" -> 1;
            case "kilohertz", "khz" -> 1000;
            default -> throw bad(name, "is in " + units + "; allowed are hertz and kilohertz");
        };
        for (double value : values) {
            if (value != values[0]) {
                throw bad(name, "changes from " + values[0] + " to " + value + " between measurements; one rate is needed");
            }
        }
        double rate = values[0] * scale;
        if (!(rate >= 1000 && rate <= 1e6)) {
            throw bad(name, "is " + rate + " Hz; allowed is 1 kHz to 1 MHz");
        }
        return rate;
    }

    private float[] responses(Dataset ir, int m, int n) {
        Object flat = flat(ir, "Data.IR", 2L * m * n);
        float[] result = new float[2 * m * n];
        for (int i = 0; i < result.length; i++) {
            double value = number(flat, i, "Data.IR");
            if (!(Math.abs(value) <= MAX_AMPLITUDE)) {
                throw bad("Data.IR", "has the value " + value + " in measurement " + i / (2 * n) + ", receiver " + i / n % 2 + ", sample " + i % n + "; needed are finite numbers up to "
                        + MAX_AMPLITUDE);
            }
            result[i] = (float) value;
        }
        double energy = 0;
        for (float v : result) {
            energy += (double) v * v;
        }
        if (!(energy > 0)) {
            throw bad("Data.IR", "is silent: all its values are zero");
        }
        return result;
    }

    private record Delays(double[] samples, HrtfInfo.Delays kind) {
    }

    /** [1][R] or [M][R] by the standard; single numbers, [R], [M], [R][M] and a trailing dimension of one occur. */
    private Delays delays(int m, double rate) {
        String name = "Data.Delay";
        Dataset set = variable(name);
        double[] values = numbers(set, name, 2L * m);
        List<Long> shape = new ArrayList<>();
        for (long d : set.getDimensionsAsLong()) {
            if (d != 1) {
                shape.add(d);
            }
        }
        double[] samples = new double[2 * m];
        boolean perDirection = false;
        if (shape.isEmpty()) {
            Arrays.fill(samples, values[0]);
        } else if (shape.equals(List.of(2L)) && !(m == 2 && lastIsOne(set))) {
            for (int i = 0; i < samples.length; i++) {
                samples[i] = values[i % 2];
            }
        } else if (shape.equals(List.of((long) m, 2L))) {
            System.arraycopy(values, 0, samples, 0, samples.length);
            perDirection = true;
        } else if (shape.equals(List.of(2L, (long) m))) {
            for (int i = 0; i < samples.length; i++) {
                samples[i] = values[i % 2 * m + i / 2];
            }
            perDirection = true;
            notes.add("Data.Delay is stored as [R][M] instead of [M][R]");
        } else if (shape.equals(List.of((long) m))) {
            for (int i = 0; i < samples.length; i++) {
                samples[i] = values[i / 2];
            }
            perDirection = true;
        } else {
            throw bad(name, "has the dimensions " + Arrays.toString(set.getDimensionsAsLong()) + "; needed are [1][2] or [" + m + "][2]");
        }
        double scale = delayScale(set, name, rate);
        boolean zero = true;
        for (int i = 0; i < samples.length; i++) {
            samples[i] *= scale;
            // Common delays are discarded, so they may be as large as a double still resolves well.
            if (!(Math.abs(samples[i]) <= 1e9)) {
                throw bad(name, "has the value " + samples[i] + " samples in measurement " + i / 2 + "; needed are finite numbers up to 10⁹");
            }
            zero &= samples[i] == 0;
        }
        return new Delays(samples, zero ? HrtfInfo.Delays.NONE : perDirection ? HrtfInfo.Delays.PER_DIRECTION : HrtfInfo.Delays.GLOBAL);
    }

    /** Samples for one unit of a variable of delays. */
    private double delayScale(Dataset set, String name, double rate) {
        String units = text(set, "Units", "").toLowerCase(Locale.ROOT).trim();
        return switch (units) {
            case "", "sample", "samples" -> 1;
            case "s", "sec", "second", "seconds" -> rate;
            case "ms", "millisecond", "milliseconds" -> rate / 1e3;
            case "us", "µs", "microsecond", "microseconds" -> rate / 1e6;
            default -> throw bad(name, "is in " + units + "; allowed are samples and seconds");
        };
    }

    private static boolean lastIsOne(Dataset set) {
        long[] d = set.getDimensionsAsLong();
        return d.length >= 2 && d[d.length - 1] == 1;
    }

    private void checkInteraural(double[] delays, int m, double rate) {
        for (int i = 0; i < m; i++) {
            double seconds = (delays[2 * i + 1] - delays[2 * i]) / rate;
            if (Math.abs(seconds) > MAX_INTERAURAL_SECONDS) {
                throw bad("Data.Delay", String.format(Locale.ROOT, "measurement %d has an interaural delay of %.2f ms; no head has more than %.1f ms", i, 1e3 * seconds,
                        1e3 * MAX_INTERAURAL_SECONDS));
            }
        }
    }

    // ---- Geometry ---------------------------------------------------------------------------------------------------------------------------------------------------------------------

    /** A variable of coordinates: rows of three, as Cartesian metres. */
    private record Coordinates(double[] xyz, int rows) {
        double at(int row, int axis) {
            return xyz[3 * (rows == 1 ? 0 : row) + axis];
        }
    }

    /** Source positions in head axes: (source − listener) in the frame of view (x) and up (z). */
    private double[] relativePositions(int m) {
        double[] result = headPositions(m);
        if (m > 1 && allSame(result)) {
            throw bad("SourcePosition", "all " + m + " measurements have the same position; nothing tells their directions apart");
        }
        return result;
    }

    private double[] headPositions(int m) {
        Coordinates source = coordinates("SourcePosition", m, true);
        Coordinates listener = hdf.getChildren().containsKey("ListenerPosition") ? coordinates("ListenerPosition", m, false) : new Coordinates(new double[3], 1);
        Coordinates view = hdf.getChildren().containsKey("ListenerView") ? coordinates("ListenerView", m, false) : new Coordinates(new double[] {1, 0, 0}, 1);
        Coordinates up = hdf.getChildren().containsKey("ListenerUp") ? coordinates("ListenerUp", m, false) : new Coordinates(new double[] {0, 0, 1}, 1);
        double[] result = new double[3 * m];
        for (int i = 0; i < m; i++) {
            double[] x = {view.at(i, 0), view.at(i, 1), view.at(i, 2)};
            double viewLength = Math.sqrt(dot(x, x));
            if (!(viewLength > 1e-9)) {
                throw bad("ListenerView", "has no direction in measurement " + i);
            }
            DelaunaySphere.normalise(x);
            double[] z = {up.at(i, 0), up.at(i, 1), up.at(i, 2)};
            double upLength = Math.sqrt(dot(z, z));
            // Up is made perpendicular to the view, which wins.
            double along = dot(x, z);
            for (int k = 0; k < 3; k++) {
                z[k] -= along * x[k];
            }
            if (!(Math.sqrt(dot(z, z)) > 1e-3 * upLength) || !(upLength > 1e-9)) {
                throw bad("ListenerUp", "has no direction, or that of ListenerView, in measurement " + i);
            }
            DelaunaySphere.normalise(z);
            double[] y = {z[1] * x[2] - z[2] * x[1], z[2] * x[0] - z[0] * x[2], z[0] * x[1] - z[1] * x[0]};
            double[] s = new double[3];
            for (int k = 0; k < 3; k++) {
                s[k] = source.at(i, k) - listener.at(i, k);
            }
            result[3 * i] = dot(s, x);
            result[3 * i + 1] = dot(s, y);
            result[3 * i + 2] = dot(s, z);
        }
        return result;
    }

    private static boolean allSame(double[] xyz) {
        for (int i = 3; i < xyz.length; i++) {
            if (Math.abs(xyz[i] - xyz[i % 3]) > 1e-9) {
                return false;
            }
        }
        return true;
    }

    private static double dot(double[] a, double[] b) {
        return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    }

    private Coordinates coordinates(String name, int m, boolean isSource) {
        Dataset set = variable(name);
        double[] values = numbers(set, name, 3L * m);
        List<Long> shape = new ArrayList<>();
        for (long d : set.getDimensionsAsLong()) {
            shape.add(d);
        }
        while (shape.size() > 2 && shape.get(shape.size() - 1) == 1) {
            shape.remove(shape.size() - 1);
        }
        int rows;
        double[] xyz;
        if (shape.equals(List.of((long) m, 3L)) || shape.equals(List.of(1L, 3L)) || shape.equals(List.of(3L))) {
            rows = values.length / 3;
            xyz = values;
        } else if (shape.equals(List.of(3L, (long) m)) || shape.equals(List.of(3L, 1L))) {
            rows = values.length / 3;
            xyz = new double[values.length];
            for (int i = 0; i < xyz.length; i++) {
                xyz[i] = values[i % 3 * rows + i / 3];
            }
            notes.add(name + " is stored as [C][M] instead of [M][C]");
        } else {
            throw bad(name, "has the dimensions " + Arrays.toString(set.getDimensionsAsLong()) + "; needed are [1][3] or [" + m + "][3]");
        }
        for (int i = 0; i < xyz.length; i++) {
            if (!(Math.abs(xyz[i]) <= 1e9)) {
                throw bad(name, "has the value " + xyz[i] + " in row " + i / 3 + "; needed are finite numbers");
            }
        }
        // ListenerUp has no Type and Units of its own in the standard: they are those of ListenerView.
        boolean ofView = name.equals("ListenerUp") && !set.getAttributes().containsKey("Type") && hdf.getChildren().containsKey("ListenerView");
        toCartesian(ofView ? variable("ListenerView") : set, name, xyz, rows, isSource);
        return new Coordinates(xyz, rows);
    }

    private void toCartesian(Dataset set, String name, double[] xyz, int rows, boolean isSource) {
        String type = text(set, "Type", "").toLowerCase(Locale.ROOT).trim();
        if (type.isEmpty()) {
            type = isSource ? "spherical" : "cartesian";
            notes.add(name + " does not say its Type; taken as " + type);
        }
        String[] units = text(set, "Units", "").toLowerCase(Locale.ROOT).trim().split("[,;\\s]+");
        String first = units.length == 0 ? "" : units[0];
        String last = units.length == 0 ? "" : units[units.length - 1];
        if (type.equals("cartesian")) {
            double scale = lengthScale(name, first);
            for (int i = 0; i < xyz.length; i++) {
                xyz[i] *= scale;
            }
            return;
        }
        if (!type.equals("spherical")) {
            throw bad(name, "has the Type " + type + "; allowed are spherical and cartesian");
        }
        double angle;
        if (first.isEmpty()) {
            angle = Math.PI / 180;
            notes.add(name + " does not say its Units; taken as degree, degree, metre");
        } else if (first.startsWith("deg") || first.equals("°")) {
            angle = Math.PI / 180;
        } else if (first.startsWith("rad")) {
            angle = 1;
        } else {
            throw bad(name, "has angles in " + first + "; allowed are degree and radian");
        }
        double scale = units.length >= 2 ? lengthScale(name, last.startsWith("deg") || last.startsWith("rad") ? "" : last) : 1;
        boolean noted = false;
        for (int i = 0; i < rows; i++) {
            double azimuth = xyz[3 * i] * angle;
            double elevation = xyz[3 * i + 1] * angle;
            double radius = xyz[3 * i + 2] * scale;
            if (radius < 0) {
                throw bad(name, "has the distance " + radius + " m in row " + i + "; it must not be negative");
            }
            if (Math.abs(elevation) > Math.PI / 2 + 1e-3 && isSource) {
                throw bad(name, String.format(Locale.ROOT, "has the elevation %.1f° in row %d; allowed is −90° to 90° (check its Units)", Math.toDegrees(elevation), i));
            }
            if (radius == 0 && isSource) {
                radius = 1;
                if (!noted) {
                    notes.add(name + " gives the distance 0; taken as 1 m");
                    noted = true;
                }
            }
            xyz[3 * i] = radius * Math.cos(azimuth) * Math.cos(elevation);
            xyz[3 * i + 1] = radius * Math.sin(azimuth) * Math.cos(elevation);
            xyz[3 * i + 2] = radius * Math.sin(elevation);
        }
    }

    private double lengthScale(String name, String unit) {
        return switch (unit) {
            case "", "m", "metre", "metres", "meter", "meters" -> 1;
            case "cm", "centimetre", "centimetres", "centimeter", "centimeters" -> 0.01;
            case "mm", "millimetre", "millimetres", "millimeter", "millimeters" -> 0.001;
            default -> throw bad(name, "has lengths in " + unit + "; allowed is metre");
        };
    }

    // ---- Which receiver is which ear --------------------------------------------------------------------------------------------------------------------------------------------------

    /**
     * Whether the first receiver is the right ear. By the standard y of ReceiverPosition tells (left is positive), and without it the left comes first. But many published files carry the default
     * positions of an early version of the API, which had the signs turned, with the left ear first all the same (CIPIC, LISTEN and FHK files of conventions 0.4 among them). So the sound decides
     * whether to believe positions that ask for a swap: the ear on the source's side is louder and earlier.
     */
    private boolean rightFirst(float[] responses, double[] delays, double[] positions, int m, int n) {
        if (!hdf.getChildren().containsKey("ReceiverPosition")) {
            return false;
        }
        Dataset set = variable("ReceiverPosition");
        long[] shape = set.getDimensionsAsLong();
        double[] values = numbers(set, "ReceiverPosition", 6L * m);
        if (shape.length < 2 || shape[0] != 2 || shape[1] != 3) {
            if (values.length >= 6) {
                notes.add("ReceiverPosition has the dimensions " + Arrays.toString(shape) + " instead of [2][3]; the first receiver is taken as the left ear");
            }
            return false;
        }
        int inner = values.length / 6;
        double[] receivers = new double[6];
        for (int i = 0; i < 6; i++) {
            receivers[i] = values[i * inner];
            if (!(Math.abs(receivers[i]) <= 1e9)) {
                throw bad("ReceiverPosition", "has the value " + receivers[i] + "; needed are finite numbers");
            }
        }
        toCartesian(set, "ReceiverPosition", receivers, 2, false);
        if (!(receivers[1] < receivers[4])) {
            return false;
        }
        double evidence = leftLouder(responses, delays, positions, m, n);
        if (evidence < -1) {
            notes.add("the first receiver is the right ear; ears were put in order");
            return true;
        }
        notes.add("ReceiverPosition puts the first receiver on the right, but its responses are "
                + (evidence > 1 ? "those of the left ear" : "no evidence for it") + "; the first receiver is taken as the left ear");
        return false;
    }

    /** Mean over lateral sources of the level of the first receiver over the second, with the source's side as the sign (decibels): positive if the first is the left ear. */
    private static double leftLouder(float[] responses, double[] delays, double[] positions, int m, int n) {
        double sum = 0;
        double weight = 0;
        for (int i = 0; i < m; i++) {
            double y = positions[3 * i + 1] / Math.sqrt(positions[3 * i] * positions[3 * i] + positions[3 * i + 1] * positions[3 * i + 1] + positions[3 * i + 2] * positions[3 * i + 2]);
            double first = 1e-30;
            double second = 1e-30;
            for (int k = 0; k < n; k++) {
                double a = responses[2 * i * n + k];
                double b = responses[(2 * i + 1) * n + k];
                first += a * a;
                second += b * b;
            }
            if (Math.abs(y) > 0.3) {
                sum += y * Math.max(-40, Math.min(40, 10 * Math.log10(first / second)));
                weight += Math.abs(y);
            }
        }
        return weight == 0 ? 0 : sum / weight;
    }

    private static void swapEars(float[] responses, double[] delays, int m, int n) {
        float[] row = new float[n];
        for (int i = 0; i < m; i++) {
            System.arraycopy(responses, 2 * i * n, row, 0, n);
            System.arraycopy(responses, (2 * i + 1) * n, responses, 2 * i * n, n);
            System.arraycopy(row, 0, responses, (2 * i + 1) * n, n);
            double d = delays[2 * i];
            delays[2 * i] = delays[2 * i + 1];
            delays[2 * i + 1] = d;
        }
    }

    // ---- Access to HDF5 ---------------------------------------------------------------------------------------------------------------------------------------------------------------

    private Dataset variable(String name) {
        Node node = hdf.getChildren().get(name);
        if (node == null) {
            throw bad(name, "is missing");
        }
        if (!(node instanceof Dataset set)) {
            throw bad(name, "is a " + node.getType().name().toLowerCase(Locale.ROOT) + "; it must be a variable");
        }
        return set;
    }

    private double[] numbers(Dataset set, String name, long most) {
        long[] shape = set.getDimensionsAsLong();
        long size = 1;
        for (long d : shape) {
            if (d < 0 || d > most) {
                throw bad(name, "has the dimensions " + Arrays.toString(shape) + ", which do not fit Data.IR");
            }
            size *= d;
            if (size > Math.max(most, 3)) {
                throw bad(name, "has the dimensions " + Arrays.toString(shape) + ", which do not fit Data.IR");
            }
        }
        if (size == 0) {
            throw bad(name, "is empty");
        }
        Object flat = flat(set, name, size);
        double[] result = new double[(int) size];
        for (int i = 0; i < result.length; i++) {
            result[i] = number(flat, i, name);
        }
        return result;
    }

    /** All values of a variable as a flat array of a primitive type (or one boxed number). Checks its size, type and storage first. */
    private Object flat(Dataset set, String name, long size) {
        try {
            Class<?> type = set.getJavaType();
            if (set.isCompound() || set.isVariableLength() || !(type == double.class || type == float.class || type == int.class || type == long.class || type == short.class || type == byte.class)) {
                throw bad(name, "holds " + type.getSimpleName() + " values; needed are numbers");
            }
            long bytes = set.getSizeInBytes();
            if (set.getSize() != size || bytes < 0 || bytes > MAX_BYTES) {
                throw bad(name, "needs " + bytes + " bytes for " + set.getSize() + " values; allowed are " + MAX_BYTES);
            }
            if (set instanceof ChunkedDataset chunked) {
                checkChunks(chunked, name);
            }
            Object data = set.getDataFlat();
            int length = data == null ? 0 : data.getClass().isArray() ? java.lang.reflect.Array.getLength(data) : 1;
            if (length != size) {
                throw bad(name, "has " + length + " values stored, its dimensions say " + size);
            }
            return data;
        } catch (PinnaException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new ResourceException(file, name, "could not be read: " + reason(e), e);
        }
    }

    private void checkChunks(ChunkedDataset set, String name) {
        int[] chunk = set.getChunkDimensions();
        long[] shape = set.getDimensionsAsLong();
        double chunks = 1;
        double values = 1;
        for (int i = 0; i < Math.min(chunk.length, shape.length); i++) {
            if (chunk[i] < 1) {
                throw bad(name, "is stored in chunks of the dimensions " + Arrays.toString(chunk));
            }
            chunks *= Math.ceil((double) shape[i] / chunk[i]);
            values *= chunk[i];
        }
        if (chunks > MAX_CHUNKS || values * 8 > MAX_BYTES) {
            throw bad(name, "is stored in chunks of the dimensions " + Arrays.toString(chunk) + "; that is damaged");
        }
    }

    private double number(Object flat, int i, String name) {
        if (flat instanceof double[] d) {
            return d[i];
        }
        if (flat instanceof float[] f) {
            return f[i];
        }
        if (flat instanceof int[] n) {
            return n[i];
        }
        if (flat instanceof short[] s) {
            return s[i];
        }
        if (flat instanceof long[] l) {
            return l[i];
        }
        if (flat instanceof byte[] b) {
            return b[i];
        }
        if (flat instanceof Number n) {
            return n.doubleValue();
        }
        throw bad(name, "holds " + flat.getClass().getSimpleName() + " values; needed are numbers");
    }

    /** A text that goes on in attributes with _2, _3 .. behind their names, as {@link NetCdfWriter} writes long ones. */
    private String continued(Node node, String name) {
        StringBuilder text = new StringBuilder(text(node, name, ""));
        for (int part = 2; part <= MOST_PARTS && node.getAttributes().containsKey(name + "_" + part); part++) {
            text.append(text(node, name + "_" + part, ""));
        }
        return text.toString();
    }

    /** A text attribute; {@code otherwise} where it is absent or empty. */
    private String text(Node node, String name, String otherwise) {
        Attribute attribute = node.getAttributes().get(name);
        if (attribute == null || attribute.isEmpty()) {
            return otherwise;
        }
        if (attribute.getSizeInBytes() > 1 << 20) {
            throw bad(name, "is an attribute of " + attribute.getSizeInBytes() + " bytes; allowed are 1 MiB");
        }
        Object data = attribute.getData();
        if (data instanceof Object[] many && many.length == 1) {
            data = many[0];
        }
        if (data == null) {
            return otherwise;
        }
        if (data instanceof Character c) {
            data = c.toString();
        }
        if (!(data instanceof String text)) {
            throw bad((node == hdf ? "" : node.getName() + ":") + name, "is an attribute of type " + data.getClass().getSimpleName() + "; needed is text");
        }
        // Fixed-length strings may carry their padding.
        String trimmed = text.replace("\u0000", "").trim();
        return trimmed.isEmpty() ? otherwise : trimmed;
    }

    private ResourceException bad(String field, String reason) {
        return new ResourceException(file, field, reason);
    }

    private static String reason(Throwable e) {
        // The library wraps: the innermost message says most.
        Throwable inner = e;
        for (int i = 0; i < 10 && inner.getCause() != null; i++) {
            inner = inner.getCause();
        }
        String message = inner.getMessage();
        return inner.getClass().getSimpleName() + (message == null ? "" : ": " + message.lines().findFirst().orElse(""));
    }
}
