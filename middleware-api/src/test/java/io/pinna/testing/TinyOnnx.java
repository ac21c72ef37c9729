package io.pinna.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes small ONNX models by hand: the protocol buffers of onnx.proto3, as far as they need it. Dimensions that are −1 are free. */
public final class TinyOnnx {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final int IR_VERSION = 8;
    private static final int OPSET = 13;

    private final List<byte[]> nodes = new ArrayList<>();
    private final List<byte[]> constants = new ArrayList<>();
    private final List<byte[]> inputs = new ArrayList<>();
    private final List<byte[]> outputs = new ArrayList<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    /** One message. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint(field << 3);
            varint(value);
            return this;
        }

        Message bytes(int field, byte[] value) {
            varint(field << 3 | 2);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        private void varint(long value) {
            long v = value;
            while ((v & ~0x7fL) != 0) {
                out.write((int) (v & 0x7f | 0x80));
                v >>>= 7;
            }
            out.write((int) v);
        }

        byte[] done() {
            return out.toByteArray();
        }
    }

    public TinyOnnx input(String name, long... shape) {
        inputs.add(value(name, shape));
        return this;
    }

    public TinyOnnx output(String name, long... shape) {
        outputs.add(value(name, shape));
        return this;
    }

    public TinyOnnx metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    private static byte[] value(String name, long... shape) {
        Message dims = new Message();
        for (int i = 0; i < shape.length; i++) {
            // All free dimensions but the first have names of their own.
            dims.bytes(1, shape[i] < 0 ? new Message().text(2, i == 0 ? "N" : name + i).done() : new Message().number(1, shape[i]).done());
        }
        byte[] tensor = new Message().number(1, FLOAT).bytes(2, dims.done()).done();
        return new Message().text(1, name).bytes(2, new Message().bytes(1, tensor).done()).done();
    }

    public TinyOnnx floats(String name, float[] values, long... shape) {
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return constant(name, FLOAT, raw.array(), shape);
    }

    public TinyOnnx integers(String name, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        return constant(name, INT64, raw.array(), values.length);
    }

    private TinyOnnx constant(String name, int type, byte[] raw, long... shape) {
        Message tensor = new Message();
        for (long d : shape) {
            tensor.number(1, d);
        }
        constants.add(tensor.number(2, type).text(8, name).bytes(9, raw).done());
        return this;
    }

    /** A node without attributes. */
    public TinyOnnx node(String operator, String output, String... from) {
        Message node = new Message();
        for (String name : from) {
            node.text(1, name);
        }
        nodes.add(node.text(2, output).text(3, output).text(4, operator).done());
        return this;
    }

    public byte[] bytes() {
        Message graph = new Message();
        nodes.forEach(n -> graph.bytes(1, n));
        graph.text(2, "tiny");
        constants.forEach(c -> graph.bytes(5, c));
        inputs.forEach(i -> graph.bytes(11, i));
        outputs.forEach(o -> graph.bytes(12, o));
        Message model = new Message().number(1, IR_VERSION).text(2, "pinna-tests").bytes(7, graph.done()).bytes(8, new Message().text(1, "").number(2, OPSET).done());
        metadata.forEach((key, value) -> model.bytes(14, new Message().text(1, key).text(2, value).done()));
        return model.done();
    }
}
