package io.pinna.internal.inference;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.pinna.InferenceException;
import io.pinna.InferenceProvider;
import io.pinna.acoustics.Bands;
import io.pinna.internal.hrtf.NearField;
import io.pinna.internal.render.BandShaper;
import io.pinna.internal.render.FilterSpec;
import io.pinna.internal.render.HrtfTable;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The binaural mix of a block, for all listeners at once, as one run of an ONNX graph: the same function of samples and filters as the CPU renderer's, within −80 dB. What the graph does is described where it is written,
 * in {@code assets/training/pinna_training/mix_graph.py}; one file serves every size.
 *
 * <p>On the processor the tables are handed over where they lie. On a device they are initializers, and stay there. Inputs and output are tensors over direct memory that are made once, for a few sizes, up to which the numbers of
 * lanes and of filters are rounded: so the shapes seldom change, and each has been run before the first block, but for sizes that need much memory and that most worlds never come to: these are made when a block needs them.
 *
 * <p>Belongs to one thread at a time. A run allocates a few hundred bytes, in ONNX Runtime: not for the audio thread.
 */
public final class MixGraph implements AutoCloseable {
    /** Relative to the loudest sample: what may lie between a device and the processor. */
    public static final double AGREEMENT_DB = -80;
    private static final int EXPONENTS = MixConstants.EXPONENTS;
    /** Of what a delay leaves at half the sample rate: this is nothing. */
    private static final double NOTHING = 1e-10;
    /** Of an ear: no change, and the four about a place on the grid. */
    private static final int CELLS = 5;
    private static final int EARS = 2;
    private static final int BUSES = 2;
    /** Sizes are this, half as much again, and so on doubled: at most a third of a size is unused. */
    private static final int SMALLEST_SIZE = 4;
    /** Of one tensor of a run: sizes that need more are not run beforehand, nor is there memory for their lanes, until a block needs them. */
    private static final long WARM_UP_BYTES = 64 << 20;
    private static final String OUTPUT = "blocks";

    private final OrtEnvironment environment = OnnxRuntime.environment();
    /** The file's name. */
    private final String model;
    private final String provider;
    /** Whether a first run of a shape takes longer than others, as on devices. */
    private final boolean caresForShapes;
    private final MixConstants constants;
    private final int listeners;
    private final int corners;
    private final int maxLanes;
    private final int maxFilters;
    private final OrtSession session;
    private final List<AutoCloseable> owned = new ArrayList<>();
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final Map<String, OnnxTensor> outputs = new HashMap<>();
    private final int[] laneSizes;
    private final Input samples;
    /** For each size, since few are used; null until it is. */
    private final FloatBuffer[] sampleValues;
    private final FilterList plain;
    private final FilterList special;
    private final Input nearCell;
    private final IntBuffer nearCells;
    private final Input nearWeight;
    private final FloatBuffer nearWeights;
    private final Input steep;
    private final FloatBuffer steeps;
    /** Null where filters come from tables. */
    private final Directions directions;
    private final FloatBuffer blocks;
    private final float[] gain = new float[Bands.COUNT];
    private final int[] cell = new int[2 * (CELLS - 1)];
    private final float[] cellWeight = new float[2 * (CELLS - 1)];

    /** A tensor over direct memory for each of the sizes that the input comes in. */
    private static final class Input {
        final String name;
        final OnnxTensor[] bySize;

        Input(String name, int sizes) {
            this.name = name;
            bySize = new OnnxTensor[sizes];
        }
    }

    /** Inputs of all filters that are treated alike. */
    private final class FilterList {
        final int[] sizes;
        final Input[] all;
        final IntBuffer lane;
        final IntBuffer vertex;
        final FloatBuffer weight;
        final FloatBuffer exponent;
        final FloatBuffer busGain;
        /** Vertices that are blended: those of spread sources are more than those of points. */
        final int corners;
        int size;
        int stride;

        FilterList(String prefix, int most, int corners) throws OrtException {
            this.corners = corners;
            sizes = sizesUpTo(most);
            int room = listeners * sizes[sizes.length - 1];
            lane = ints(room);
            vertex = ints(room * corners);
            weight = floats(room * corners);
            exponent = floats(room * EXPONENTS);
            busGain = floats(room * BUSES);
            all = new Input[] {
                input(prefix + "lane", lane, sizes, n -> new long[] {listeners, n, 1}),
                input(prefix + "vertex", vertex, sizes, n -> new long[] {listeners, n, corners}),
                input(prefix + "weight", weight, sizes, n -> new long[] {listeners, n, 1, corners}),
                input(prefix + "exponent", exponent, sizes, n -> new long[] {listeners, n, EXPONENTS}),
                input(prefix + "bus_gain", busGain, sizes, n -> new long[] {listeners, BUSES, n})};
        }

        /** Takes the size that holds so many filters of a listener, and makes all of them silent. */
        void begin(int most) {
            size = sizeFor(sizes, most);
            stride = sizes[size];
            int filters = listeners * stride;
            fill(lane, filters);
            fill(vertex, filters * corners);
            fill(weight, filters * corners);
            fill(exponent, filters * EXPONENTS);
            fill(busGain, filters * BUSES);
            for (Input input : all) {
                inputs.put(input.name, input.bySize[size]);
            }
        }

        /** @return the filter's number among all */
        int add(int l, int number, MixInputs in, int from) {
            int f = l * stride + number;
            lane.put(f, in.lane[from]);
            for (int c = 0; c < in.corners[from]; c++) {
                int v = in.vertex[from * MixInputs.MAX_CORNERS + c];
                if (v < 0 || v >= constants.vertexCount[l]) {
                    throw new IndexOutOfBoundsException("vertex " + v + " of " + constants.vertexCount[l] + " of listener " + l);
                }
                vertex.put(f * corners + c, directions == null ? constants.firstVertex[l] + v : directions.row(l, v));
                weight.put(f * corners + c, in.weight[from * MixInputs.MAX_CORNERS + c]);
            }
            // Flat gains scale the filter as they are: they may be zero, and need no logarithm.
            boolean flat = BandShaper.isFlat(gain);
            for (int b = 0; b < Bands.COUNT; b++) {
                exponent.put(f * EXPONENTS + b, flat ? 0 : (float) Math.log(Math.max(BandShaper.FLOOR, gain[b])));
            }
            int row = f * EXPONENTS;
            exponent.put(row + MixConstants.DELAY, in.delaySamples[from]);
            exponent.put(row + MixConstants.SLOPE, in.slope[from]);
            exponent.put(row + MixConstants.CURVE, in.curve[from]);
            putLag(row, in.lagSamples[from]);
            float level = flat ? gain[0] : 1;
            int bus = l * BUSES * stride + number;
            busGain.put(bus, (in.buses[from] & MixInputs.OLD_BUS) != 0 ? level : 0);
            busGain.put(bus + stride, (in.buses[from] & MixInputs.NEW_BUS) != 0 ? level : 0);
            return f;
        }

        private void putLag(int row, float lag) {
            if (lag != 0) {
                int strides = Math.round(lag / MixConstants.LAG_STRIDE);
                double end = Math.cos(Math.PI * lag);
                exponent.put(row + MixConstants.LAG_STRIDES, strides);
                exponent.put(row + MixConstants.LAG_REST, lag - strides * MixConstants.LAG_STRIDE);
                exponent.put(row + MixConstants.END_LEVEL, (float) Math.log(Math.max(NOTHING, Math.abs(end))));
                exponent.put(row + MixConstants.END_HALF_TURNS, end < 0 ? 1 : 0);
            }
        }
    }

    /** The directions that filters of a block are made for, each once for a listener. */
    private final class Directions {
        final int[] sizes;
        final Input input;
        final IntBuffer numbers;
        /** For each listener's vertex its place among those of the block in which it was last wanted. */
        final int[][] place;
        final long[][] wanted;
        final int[] count = new int[listeners];
        long block;
        int stride;

        Directions() throws OrtException {
            sizes = sizesUpTo(Math.min(Math.multiplyExact(maxFilters, MixInputs.MAX_CORNERS), Arrays.stream(constants.vertexCount).max().orElseThrow()));
            numbers = ints(listeners * sizes[sizes.length - 1]);
            input = input("direction", numbers, sizes, n -> new long[] {listeners, n});
            place = new int[listeners][];
            wanted = new long[listeners][];
            for (int l = 0; l < listeners; l++) {
                place[l] = new int[constants.vertexCount[l]];
                wanted[l] = new long[constants.vertexCount[l]];
            }
        }

        void begin(MixInputs in) {
            block++;
            Arrays.fill(count, 0);
            for (int l = 0; l < listeners; l++) {
                for (int i = 0; i < in.filters[l]; i++) {
                    int from = l * in.maxFilters() + i;
                    for (int c = 0; c < in.corners[from]; c++) {
                        want(l, in.vertex[from * MixInputs.MAX_CORNERS + c]);
                    }
                }
            }
            choose(Arrays.stream(count).max().orElseThrow());
            fill(numbers, listeners * stride);
            for (int l = 0; l < listeners; l++) {
                for (int v = 0; v < wanted[l].length; v++) {
                    if (wanted[l][v] == block) {
                        numbers.put(l * stride + place[l][v], v);
                    }
                }
            }
        }

        private void want(int l, int v) {
            if (v >= 0 && v < wanted[l].length && wanted[l][v] != block) {
                wanted[l][v] = block;
                place[l][v] = count[l]++;
            }
        }

        void choose(int most) {
            int size = sizeFor(sizes, most);
            stride = sizes[size];
            inputs.put(input.name, input.bySize[size]);
        }

        int row(int l, int v) {
            return l * stride + place[l][v];
        }
    }

    /** The shape of an input at a size. */
    @FunctionalInterface
    private interface Shape {
        long[] at(int size);
    }

    /**
     * @param maxLanes   most lanes of a block: sources, or sources times listeners where each hears samples of its own, and earlier samples of them, for reflections
     * @param maxFilters most filters of a listener: twice its paths
     */
    public record Limits(int maxLanes, int maxFilters) {
        public Limits {
            if (maxLanes < 1 || maxFilters < 2) {
                throw new IllegalArgumentException(maxLanes + " lanes, " + maxFilters + " filters; at least one and two are needed");
            }
        }
    }

    /**
     * A graph on the provider that is asked for, or on the first that works.
     *
     * @param tables     filters of each listener, completely filled, all of the same transform; the same one may stand for several listeners
     * @param nearFields of each listener, for its table's transform, or null where sources sound the same at every distance
     * @throws InferenceException if the file is damaged or of another signature, if the provider is not there or does not agree with the processor, or if a table is not full
     */
    public static InferenceProviders.Choice<MixGraph> open(MixModel model, List<HrtfTable> tables, List<NearField> nearFields, int blockFrames, Limits limits, InferenceProvider asked) {
        return choose(model, MixConstants.ofTables(tables, nearFields, blockFrames), limits, asked);
    }

    /**
     * As {@link #open}, with a graph that makes the filters itself, of HRTF fields: for listeners that are too many for tables, and for GPUs.
     *
     * @param model       of the signature of {@link MixModel#FIELDS}
     * @param tables      of each listener, over a {@link io.pinna.internal.hrtf.FieldHrtf} of spherical harmonics; they need no filters
     * @param fieldDelays whether the interaural delays of filters come from the fields, and those that are given are added to them; otherwise those that are given are all there is
     * @throws InferenceException likewise, and if a listener's HRTF is no such field
     */
    public static InferenceProviders.Choice<MixGraph> openFields(MixModel model, List<HrtfTable> tables, List<NearField> nearFields, int blockFrames, boolean fieldDelays, Limits limits,
            InferenceProvider asked) {
        return choose(model, MixConstants.ofFields(tables, nearFields, blockFrames, fieldDelays), limits, asked);
    }

    private static InferenceProviders.Choice<MixGraph> choose(MixModel model, MixConstants constants, Limits limits, InferenceProvider asked) {
        return InferenceProviders.choose(asked, provider -> make(model, constants, limits, provider));
    }

    private static MixGraph make(MixModel model, MixConstants constants, Limits limits, InferenceProvider provider) {
        MixGraph graph = new MixGraph(model, constants, limits, provider, provider != InferenceProvider.CPU);
        // Somebody's own graph may have the signature and do something else, but the audio thread's blocks stand in for its.
        MixModel builtIn = MixModel.builtIn(constants.ofFields ? MixModel.FIELDS : MixModel.TABLES);
        if (provider != InferenceProvider.CPU || !Arrays.equals(model.bytes(), builtIn.bytes())) {
            try (MixGraph processor = new MixGraph(builtIn, constants, new Limits(SMALLEST_SIZE, SMALLEST_SIZE), InferenceProvider.CPU, false)) {
                graph.requireAgreement(processor);
            } catch (RuntimeException | Error e) {
                graph.close();
                throw e;
            }
        }
        return graph;
    }

    /**
     * Whether a provider can run all of the graph, and agrees with the processor: tries both on a small table.
     *
     * @throws InferenceException if it cannot or does not
     */
    static void requireOn(InferenceProvider provider) {
        make(MixModel.builtIn(MixModel.TABLES), MixConstants.trial(), new Limits(SMALLEST_SIZE, SMALLEST_SIZE), provider).close();
    }

    /**
     * @param resident whether the tables become part of the graph, and are not handed over with each run
     */
    MixGraph(MixModel model, MixConstants constants, Limits limits, InferenceProvider provider, boolean resident) {
        this.model = model.name();
        this.constants = constants;
        this.provider = InferenceProviders.text(provider);
        caresForShapes = provider != InferenceProvider.CPU;
        listeners = constants.firstVertex.length;
        corners = constants.corners;
        maxLanes = limits.maxLanes();
        maxFilters = limits.maxFilters();
        checkSignature(model.bytes());
        List<MixTensor> tables = constants.tensors();
        try (OrtSession.SessionOptions options = InferenceProviders.options(provider)) {
            session = environment.createSession(resident ? OnnxInitializers.embed(model.bytes(), tables) : model.bytes(), options);
        } catch (OrtException | LinkageError e) {
            throw new InferenceException("ONNX Runtime refuses the model " + model + " on " + this.provider + ": " + e.getMessage(), e);
        }
        owned.add(session);
        try {
            for (MixTensor table : resident ? List.<MixTensor>of() : tables) {
                inputs.put(table.name(), owned(OnnxTensor.createTensor(environment, table.values(), table.shape())));
            }
            laneSizes = sizesUpTo(maxLanes);
            Math.multiplyExact(laneSizes[laneSizes.length - 1], constants.transform);
            sampleValues = new FloatBuffer[laneSizes.length];
            samples = new Input("samples", laneSizes.length);
            plain = new FilterList("", maxFilters, corners);
            special = new FilterList("special_", maxFilters, MixInputs.MAX_CORNERS);
            int room = listeners * special.sizes[special.sizes.length - 1];
            nearCells = ints(room * EARS * CELLS);
            nearWeights = floats(room * EARS * CELLS);
            steeps = floats(room);
            nearCell = input("near_cell", nearCells, special.sizes, n -> new long[] {listeners, n, EARS, CELLS});
            nearWeight = input("near_weight", nearWeights, special.sizes, n -> new long[] {listeners, n, EARS, 1, CELLS});
            steep = input("steep", steeps, special.sizes, n -> new long[] {listeners, n, 1});
            directions = constants.ofFields ? new Directions() : null;
            blocks = floats(listeners * EARS * constants.blockFrames);
            outputs.put(OUTPUT, owned(OnnxTensor.createTensor(environment, blocks, new long[] {listeners, EARS, constants.blockFrames})));
            warmUp();
        } catch (OrtException e) {
            close();
            throw failed(e);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private InferenceException failed(OrtException e) {
        return new InferenceException("ONNX Runtime failed on the model " + model + " on " + provider + ": " + e.getMessage(), e);
    }

    private OnnxTensor owned(OnnxTensor tensor) {
        owned.add(tensor);
        return tensor;
    }

    private static FloatBuffer floats(int count) {
        return MixTensor.direct(count);
    }

    private static IntBuffer ints(int count) {
        return MixTensor.bytes(count).asIntBuffer();
    }

    private static void fill(IntBuffer buffer, int count) {
        for (int i = 0; i < count; i++) {
            buffer.put(i, 0);
        }
    }

    private static void fill(FloatBuffer buffer, int count) {
        for (int i = 0; i < count; i++) {
            buffer.put(i, 0);
        }
    }

    static int[] sizesUpTo(int most) {
        int[] sizes = new int[64];
        int count = 0;
        int size = SMALLEST_SIZE;
        do {
            sizes[count++] = size;
            size = Integer.bitCount(size) == 1 ? size / 2 * 3 : size / 3 * 4;
        } while (sizes[count - 1] < most);
        return Arrays.copyOf(sizes, count);
    }

    private static int sizeFor(int[] sizes, int count) {
        int i = 0;
        while (sizes[i] < count) {
            i++;
        }
        return i;
    }

    /** Of all sizes over the same memory. */
    private Input input(String name, Buffer memory, int[] sizes, Shape shape) throws OrtException {
        Input input = new Input(name, sizes.length);
        for (int i = 0; i < sizes.length; i++) {
            long[] dimensions = shape.at(sizes[i]);
            int count = (int) Arrays.stream(dimensions).reduce(1, Math::multiplyExact);
            input.bySize[i] = owned(memory instanceof IntBuffer values ? OnnxTensor.createTensor(environment, values.slice(0, count), dimensions)
                    : OnnxTensor.createTensor(environment, ((FloatBuffer) memory).slice(0, count), dimensions));
        }
        return input;
    }

    /** The names, types and dimensions (−1 where they are free) that the model must have: those of a session on the processor, without tables in the model. */
    private void checkSignature(byte[] file) {
        try (OrtSession.SessionOptions options = InferenceProviders.options(InferenceProvider.CPU)) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
            try (OrtSession bare = environment.createSession(file, options)) {
                Map<String, NodeInfo> there = bare.getInputInfo();
                for (String prefix : List.of("", "special_")) {
                    require("input", there, prefix + "lane", OnnxJavaType.INT32, -1, -1, 1);
                    require("input", there, prefix + "vertex", OnnxJavaType.INT32, -1, -1, -1);
                    require("input", there, prefix + "weight", OnnxJavaType.FLOAT, -1, -1, 1, -1);
                    require("input", there, prefix + "exponent", OnnxJavaType.FLOAT, -1, -1, EXPONENTS);
                    require("input", there, prefix + "bus_gain", OnnxJavaType.FLOAT, -1, BUSES, -1);
                }
                require("input", there, "samples", OnnxJavaType.FLOAT, -1, -1);
                require("input", there, "near_cell", OnnxJavaType.INT32, -1, -1, EARS, CELLS);
                require("input", there, "near_weight", OnnxJavaType.FLOAT, -1, -1, EARS, 1, CELLS);
                require("input", there, "steep", OnnxJavaType.FLOAT, -1, -1, 1);
                int expected = 14;
                if (constants.ofFields) {
                    require("input", there, "direction", OnnxJavaType.INT32, -1, -1);
                    expected++;
                }
                for (MixTensor table : constants.tensors()) {
                    require("input", there, table.name(), OnnxJavaType.FLOAT, table.shape());
                    expected++;
                }
                require("output", bare.getOutputInfo(), OUTPUT, OnnxJavaType.FLOAT, -1, EARS, -1);
                if (there.size() != expected) {
                    throw new InferenceException("the model " + model + " has " + there.size() + " inputs, " + there.keySet() + "; " + expected + " are allowed");
                }
            }
        } catch (OrtException e) {
            throw new InferenceException("ONNX Runtime refuses the model " + model + ": " + e.getMessage(), e);
        }
    }

    private void require(String kind, Map<String, NodeInfo> infos, String tensor, OnnxJavaType type, long... shape) {
        NodeInfo info = infos.get(tensor);
        if (info == null) {
            throw new InferenceException("the model " + model + " has no " + kind + " \"" + tensor + "\"; it has " + infos.keySet());
        }
        boolean fits = info.getInfo() instanceof TensorInfo t && t.type == type && t.getShape().length == shape.length;
        for (int i = 0; fits && i < shape.length; i++) {
            long actual = ((TensorInfo) info.getInfo()).getShape()[i];
            fits = actual < 0 || actual == shape[i];
        }
        if (!fits) {
            throw new InferenceException("the " + kind + " \"" + tensor + "\" of the model " + model + " is " + OnnxRuntime.text(info) + "; allowed is " + type + " of the shape " + Arrays.toString(shape) + " (-1: free)");
        }
    }

    /** Takes the tensor for so many lanes, and makes it if need be. */
    private FloatBuffer beginLanes(int lanes) throws OrtException {
        int size = sizeFor(laneSizes, lanes);
        if (sampleValues[size] == null) {
            FloatBuffer values = floats(laneSizes[size] * constants.transform);
            samples.bySize[size] = owned(OnnxTensor.createTensor(environment, values, new long[] {laneSizes[size], constants.transform}));
            sampleValues[size] = values;
        }
        inputs.put(samples.name, samples.bySize[size]);
        return sampleValues[size];
    }

    private boolean isSmall(int lanes, int filters) {
        long most = Math.max((long) lanes * constants.transform, (long) listeners * filters * MixInputs.MAX_CORNERS * 2 * constants.bins);
        return most * Float.BYTES <= WARM_UP_BYTES;
    }

    /**
     * Runs each size of lanes with as many filters and with twice as many, those that stay and those that move, and then each size of the lists of filters. The processor does not care for shapes: there the smallest sizes
     * and the largest do, for the memory.
     */
    private void warmUp() throws OrtException {
        if (directions != null) {
            directions.choose(1);
        }
        beginSpecial(1);
        for (int lanes : sizesToRun(laneSizes, true)) {
            beginLanes(lanes);
            for (int times = 1; times <= 2; times++) {
                int filters = Math.min(maxFilters, times * lanes);
                plain.begin(isSmall(lanes, filters) ? filters : 1);
                session.run(inputs, outputs).close();
            }
        }
        beginLanes(1);
        for (int size : sizesToRun(plain.sizes, false)) {
            plain.begin(size);
            session.run(inputs, outputs).close();
        }
        plain.begin(1);
        for (int size : caresForShapes ? sizesToRun(special.sizes, false) : new int[] {1}) {
            beginSpecial(size);
            session.run(inputs, outputs).close();
        }
        beginSpecial(1);
        for (int size : directions != null && caresForShapes ? directions.sizes : new int[0]) {
            directions.choose(size);
            session.run(inputs, outputs).close();
        }
    }

    private int[] sizesToRun(int[] sizes, boolean ofLanes) {
        int count = 1;
        while (count < sizes.length && (ofLanes ? isSmall(sizes[count], 1) : isSmall(1, sizes[count]))) {
            count++;
        }
        int[] small = Arrays.copyOf(sizes, count);
        return caresForShapes || count < 3 ? small : new int[] {small[0], small[count - 1]};
    }

    private void beginSpecial(int most) {
        special.begin(most);
        int filters = listeners * special.stride;
        fill(nearCells, filters * EARS * CELLS);
        fill(nearWeights, filters * EARS * CELLS);
        fill(steeps, filters);
        inputs.put(nearCell.name, nearCell.bySize[special.size]);
        inputs.put(nearWeight.name, nearWeight.bySize[special.size]);
        inputs.put(steep.name, steep.bySize[special.size]);
    }

    /** A block's inputs, to be filled. Any number of them may be made. */
    public MixInputs inputs() {
        return new MixInputs(constants.transform, listeners, maxLanes, maxFilters);
    }

    public int listeners() {
        return listeners;
    }

    public int blockFrames() {
        return constants.blockFrames;
    }

    /** N. */
    public int transform() {
        return constants.transform;
    }

    /** As command lines write it. */
    public String provider() {
        return provider;
    }

    /**
     * Mixes a block.
     *
     * @param left  for each listener the block of its left ear, overwritten
     * @param right likewise
     * @return false if something is not finite; then the block is of no use
     * @throws InferenceException if ONNX Runtime fails
     */
    public boolean run(MixInputs in, float[][] left, float[][] right) {
        try {
            pack(in);
            session.run(inputs, outputs).close();
        } catch (OrtException e) {
            throw failed(e);
        }
        float check = 0;
        for (int l = 0; l < listeners; l++) {
            int at = l * EARS * constants.blockFrames;
            blocks.get(at, left[l], 0, constants.blockFrames);
            blocks.get(at + constants.blockFrames, right[l], 0, constants.blockFrames);
            for (int i = 0; i < constants.blockFrames; i++) {
                check += left[l][i] * 0 + right[l][i] * 0;
            }
        }
        return check == 0;
    }

    private void pack(MixInputs in) throws OrtException {
        if (in.transform() != constants.transform || in.filters.length != listeners || in.maxLanes() > maxLanes || in.maxFilters() > maxFilters) {
            throw new IllegalArgumentException("these inputs were made for another graph");
        }
        FloatBuffer values = beginLanes(in.lanes);
        if (in.lanes == 0) {
            // Silent filters refer to the first lane.
            fill(values, constants.transform);
        } else {
            values.put(0, in.samples, 0, in.lanes * constants.transform);
        }
        if (directions != null) {
            directions.begin(in);
        }
        int mostPlain = 0;
        int mostSpecial = 0;
        for (int l = 0; l < listeners; l++) {
            int specials = 0;
            for (int i = 0; i < in.filters[l]; i++) {
                specials += isSpecial(in, l, l * in.maxFilters() + i) ? 1 : 0;
            }
            mostPlain = Math.max(mostPlain, in.filters[l] - specials);
            mostSpecial = Math.max(mostSpecial, specials);
        }
        plain.begin(mostPlain);
        beginSpecial(mostSpecial);
        for (int l = 0; l < listeners; l++) {
            int plains = 0;
            int specials = 0;
            for (int i = 0; i < in.filters[l]; i++) {
                int from = l * in.maxFilters() + i;
                if (isSpecial(in, l, from)) {
                    addSpecial(l, specials++, in, from);
                } else {
                    plain.add(l, plains++, in, from);
                }
            }
        }
    }

    /** Whether a filter is near or steep; leaves its gains in the array. */
    private boolean isSpecial(MixInputs in, int l, int from) {
        System.arraycopy(in.gain, from * Bands.COUNT, gain, 0, Bands.COUNT);
        return in.near[from] || in.corners[from] > corners || isShortened(in, l, from);
    }

    private boolean isShortened(MixInputs in, int l, int from) {
        return constants.shapers[l].isShortened(gain, in.slope[from], in.curve[from]);
    }

    private void addSpecial(int l, int number, MixInputs in, int from) {
        int f = special.add(l, number, in, from);
        steeps.put(f, isShortened(in, l, from) ? 1 : 0);
        float unchanged = 1;
        if (in.near[from]) {
            if (constants.firstCell[l] < 0) {
                throw new IllegalArgumentException("listener " + l + " has no near field");
            }
            unchanged = constants.nearFields[l].cells(in.distanceMeters[from], in.lateral[from], cell, cellWeight);
        }
        for (int ear = 0; ear < EARS; ear++) {
            int at = (f * EARS + ear) * CELLS;
            // Cell 0 is no change.
            nearWeights.put(at, unchanged);
            for (int i = 0; in.near[from] && i < CELLS - 1; i++) {
                nearCells.put(at + 1 + i, constants.firstCell[l] + cell[ear * (CELLS - 1) + i]);
                nearWeights.put(at + 1 + i, cellWeight[ear * (CELLS - 1) + i]);
            }
        }
    }

    /**
     * Compares with another graph of the same tables on random noise, each listener hearing a filter that fades out and one that fades in, near and steep ones too, of paths that are bent and late and of those that are not.
     *
     * @throws InferenceException if more than {@link #AGREEMENT_DB} lies between them, or if something is not finite
     */
    void requireAgreement(MixGraph processor) {
        double difference = difference(processor);
        if (Double.isNaN(difference)) {
            throw new InferenceException("the model " + model + " on " + provider + " makes values that are not finite of noise");
        }
        if (!(difference <= AGREEMENT_DB)) {
            throw new InferenceException("the model " + model + " on " + provider + " differs from " + (model.equals(processor.model) ? "the processor" : processor.model + " on the processor") + " by " + String.format(java.util.Locale.ROOT, "%.1f", difference) + " dB; " + AGREEMENT_DB
                    + " dB is allowed");
        }
    }

    /** @return the loudest difference over the loudest sample in decibels, or NaN if something is not finite */
    double difference(MixGraph other) {
        Random random = new Random(1);
        double difference = 0;
        double loudest = 0;
        for (int round = 0; round < 4; round++) {
            MixInputs mine = inputs();
            MixInputs theirs = other.inputs();
            float[] noise = new float[constants.transform];
            for (int i = 0; i < noise.length; i++) {
                noise[i] = (float) (0.3 * random.nextGaussian());
            }
            float[] gains = round % 2 == 0 ? new float[] {0.5f, 0.4f, 0.2f} : new float[] {1, 0.1f, 0.01f};
            for (MixInputs in : List.of(mine, theirs)) {
                in.addLane(noise, 0);
            }
            for (int l = 0; l < listeners; l++) {
                for (MixInputs.Use use : List.of(MixInputs.Use.FADES_OUT, MixInputs.Use.FADES_IN)) {
                    FilterSpec spec = trial(random, l, gains, round % 2 == 1, round >= 2);
                    for (MixInputs in : List.of(mine, theirs)) {
                        in.addFilter(l, 0, use, spec);
                    }
                }
            }
            float[][][] heard = new float[2][2 * listeners][constants.blockFrames];
            boolean finite = run(mine, Arrays.copyOf(heard[0], listeners), Arrays.copyOfRange(heard[0], listeners, 2 * listeners))
                    & other.run(theirs, Arrays.copyOf(heard[1], listeners), Arrays.copyOfRange(heard[1], listeners, 2 * listeners));
            if (!finite) {
                return Double.NaN;
            }
            for (int c = 0; c < heard[0].length; c++) {
                for (int i = 0; i < heard[0][c].length; i++) {
                    difference = Math.max(difference, Math.abs(heard[0][c][i] - heard[1][c][i]));
                    loudest = Math.max(loudest, Math.abs(heard[1][c][i]));
                }
            }
        }
        return 20 * Math.log10(difference / loudest);
    }

    private FilterSpec trial(Random random, int l, float[] gains, boolean near, boolean bentAndLate) {
        FilterSpec spec = new FilterSpec();
        spec.corners = 2;
        for (int c = 0; c < spec.corners; c++) {
            spec.vertex[c] = random.nextInt(constants.vertexCount[l]);
            spec.weight[c] = c == 0 ? 0.75f : 0.25f;
        }
        spec.y = 0.5f;
        spec.distanceMeters = 0.2;
        spec.near = near && constants.firstCell[l] >= 0;
        spec.delaySamples = 30 * random.nextFloat() - 15;
        System.arraycopy(gains, 0, spec.gain, 0, gains.length);
        if (bentAndLate) {
            spec.slope = 3.5f * random.nextFloat() - 3;
            spec.curve = 2 * random.nextFloat() - 1;
            spec.lagSamples = constants.blockFrames * random.nextFloat();
        }
        return spec;
    }

    @Override
    public void close() {
        InferenceException problem = null;
        for (int i = owned.size() - 1; i >= 0; i--) {
            try {
                owned.get(i).close();
            } catch (Exception e) {
                problem = new InferenceException("ONNX Runtime cannot release the model " + model + ": " + e.getMessage(), e);
            }
        }
        owned.clear();
        if (problem != null) {
            throw problem;
        }
    }
}
