package io.pinna.internal.inference;

import io.pinna.InferenceException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes some inputs of a model file part of it, as initializers, so that they are kept where the graph runs and not copied there with each call. Java has no other way to do that: its ONNX Runtime binds no tensors to a
 * device. The numbers of fields are those of onnx.proto, the encoding is that of Protocol Buffers: fields may come in any order and lists in pieces, so the initializers follow what is left of the graph.
 */
final class OnnxInitializers {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED_32 = 5;
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int GRAPH_INPUT = 11;
    private static final int VALUE_NAME = 1;
    private static final int TENSOR_DIMS = 1;
    private static final int TENSOR_DATA_TYPE = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_RAW_DATA = 9;
    private static final int FLOAT = 1;

    private OnnxInitializers() {
    }

    /**
     * @param model   a model that ONNX Runtime has read before, so that it is whole
     * @param tensors values of inputs, which it has no longer
     * @throws InferenceException if it is larger with them than a model can be
     */
    static byte[] embed(byte[] model, List<MixTensor> tensors) {
        Set<String> names = new HashSet<>();
        tensors.forEach(t -> names.add(t.name()));
        ByteBuffer in = ByteBuffer.wrap(model);
        ByteArrayOutputStream others = new ByteArrayOutputStream();
        ByteArrayOutputStream graph = new ByteArrayOutputStream();
        while (in.hasRemaining()) {
            int start = in.position();
            long tag = varint(in);
            ByteBuffer value = value(in, tag);
            if (tag == (MODEL_GRAPH << 3 | LENGTH_DELIMITED)) {
                copyGraph(value, names, graph);
            } else {
                others.write(model, start, in.position() - start);
            }
        }
        long length = graph.size();
        for (MixTensor tensor : tensors) {
            length += field(GRAPH_INITIALIZER, size(tensor));
        }
        long all = others.size() + field(MODEL_GRAPH, length);
        if (all > Integer.MAX_VALUE) {
            throw new InferenceException("the mix graph with its tables has " + all + " bytes; " + Integer.MAX_VALUE + " are allowed: mix fewer listeners in one graph");
        }
        ByteBuffer out = ByteBuffer.allocate((int) all).order(ByteOrder.LITTLE_ENDIAN).put(others.toByteArray());
        begin(out, MODEL_GRAPH, length);
        out.put(graph.toByteArray());
        tensors.forEach(t -> put(out, t));
        return out.array();
    }

    /** All but the inputs of these names. */
    private static void copyGraph(ByteBuffer in, Set<String> names, ByteArrayOutputStream out) {
        while (in.hasRemaining()) {
            int start = in.position();
            long tag = varint(in);
            ByteBuffer value = value(in, tag);
            if (tag != (GRAPH_INPUT << 3 | LENGTH_DELIMITED) || !names.contains(nameOf(value))) {
                out.write(in.array(), in.arrayOffset() + start, in.position() - start);
            }
        }
    }

    private static String nameOf(ByteBuffer valueInfo) {
        while (valueInfo.hasRemaining()) {
            long tag = varint(valueInfo);
            ByteBuffer value = value(valueInfo, tag);
            if (tag == (VALUE_NAME << 3 | LENGTH_DELIMITED)) {
                return StandardCharsets.UTF_8.decode(value).toString();
            }
        }
        return "";
    }

    /** Of a field whose tag has been read: its bytes if it is of that kind, else it is passed over. */
    private static ByteBuffer value(ByteBuffer in, long tag) {
        int kind = (int) (tag & 7);
        long length = switch (kind) {
            case VARINT -> {
                varint(in);
                yield 0;
            }
            case FIXED_64 -> Long.BYTES;
            case LENGTH_DELIMITED -> varint(in);
            case FIXED_32 -> Integer.BYTES;
            default -> throw new InferenceException("the model has a field of the kind " + kind + "; only Protocol Buffers' kinds 0, 1, 2 and 5 are allowed");
        };
        if (length < 0 || length > in.remaining()) {
            throw new InferenceException("the model has a field of " + length + " bytes where " + in.remaining() + " are left");
        }
        ByteBuffer value = in.slice(in.position(), (int) length);
        in.position(in.position() + (int) length);
        return value;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; in.hasRemaining(); shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new InferenceException("the model ends within a number");
    }

    private static void put(ByteBuffer out, MixTensor tensor) {
        begin(out, GRAPH_INITIALIZER, size(tensor));
        for (long dimension : tensor.shape()) {
            varint(out, TENSOR_DIMS << 3);
            varint(out, dimension);
        }
        varint(out, TENSOR_DATA_TYPE << 3);
        varint(out, FLOAT);
        byte[] name = tensor.name().getBytes(StandardCharsets.UTF_8);
        begin(out, TENSOR_NAME, name.length);
        out.put(name);
        int bytes = tensor.values().capacity() * Float.BYTES;
        begin(out, TENSOR_RAW_DATA, bytes);
        out.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(tensor.values().duplicate().clear());
        out.position(out.position() + bytes);
    }

    private static long size(MixTensor tensor) {
        long size = 0;
        for (long dimension : tensor.shape()) {
            size += varintSize(TENSOR_DIMS << 3) + varintSize(dimension);
        }
        size += varintSize(TENSOR_DATA_TYPE << 3) + varintSize(FLOAT);
        size += field(TENSOR_NAME, tensor.name().getBytes(StandardCharsets.UTF_8).length);
        return size + field(TENSOR_RAW_DATA, (long) tensor.values().capacity() * Float.BYTES);
    }

    /** What a field of a length takes in all. */
    private static long field(int number, long length) {
        return varintSize((long) number << 3 | LENGTH_DELIMITED) + varintSize(length) + length;
    }

    private static void begin(ByteBuffer out, int number, long length) {
        varint(out, (long) number << 3 | LENGTH_DELIMITED);
        varint(out, length);
    }

    private static int varintSize(long value) {
        return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
    }

    private static void varint(ByteBuffer out, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.put((byte) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }
}
