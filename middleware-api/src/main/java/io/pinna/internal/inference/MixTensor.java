package io.pinna.internal.inference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** A tensor that does not change from block to block, in direct memory. */
record MixTensor(String name, FloatBuffer values, long... shape) {
    /** Direct memory is addressed by an int of bytes. */
    private static final long MOST_VALUES = Integer.MAX_VALUE / Float.BYTES;

    /** Full of zeros. */
    static MixTensor zeros(String name, long... shape) {
        long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        if (count > MOST_VALUES) {
            throw new io.pinna.InferenceException("the tensor \"" + name + "\" of the shape " + Arrays.toString(shape) + " has " + count + " values; " + MOST_VALUES
                    + " are allowed: mix fewer listeners in one graph");
        }
        return new MixTensor(name, direct((int) count), shape);
    }

    static FloatBuffer direct(int values) {
        return bytes(values).asFloatBuffer();
    }

    /** Room for values of four bytes. */
    static ByteBuffer bytes(int values) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(values, Float.BYTES)).order(ByteOrder.nativeOrder());
    }

    void put(long index, double value) {
        values.put((int) index, (float) value);
    }
}
