package io.pinna.internal.inference;

import io.pinna.InferenceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Gives a model file initializers for some of its inputs, so that they are kept where the graph runs and not copied there with each call. What is appended is a message of the model's own type that holds nothing but them:
 * one message after the other is both merged into one, lists joined and messages within messages likewise ("Encoding", Protocol Buffers documentation, "Last One Wins"; the numbers of fields are those of onnx.proto).
 */
final class OnnxInitializers {
    private static final int LENGTH_DELIMITED = 2;
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int TENSOR_DIMS = 1;
    private static final int TENSOR_DATA_TYPE = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_RAW_DATA = 9;
    private static final int FLOAT = 1;

    private OnnxInitializers() {
    }

    /** @throws InferenceException if model and initializers together are larger than a model can be */
    static byte[] append(byte[] model, List<MixTensor> tensors) {
        long graph = 0;
        for (MixTensor tensor : tensors) {
            graph += field(GRAPH_INITIALIZER, size(tensor));
        }
        long all = model.length + field(MODEL_GRAPH, graph);
        if (all > Integer.MAX_VALUE) {
            throw new InferenceException("the mix graph with its tables has " + all + " bytes; " + Integer.MAX_VALUE + " are allowed: mix fewer listeners in one graph");
        }
        ByteBuffer out = ByteBuffer.allocate((int) all).order(ByteOrder.LITTLE_ENDIAN).put(model);
        begin(out, MODEL_GRAPH, graph);
        for (MixTensor tensor : tensors) {
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
        return out.array();
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
