package io.pinna.internal.device;

import io.pinna.DeviceException;
import io.pinna.internal.RealTime;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryUtil;
import org.lwjgl.system.libffi.FFICIF;
import org.lwjgl.system.libffi.FFIType;
import org.lwjgl.system.libffi.LibFFI;

/**
 * A C function that the audio thread calls through libffi, with argument memory that is made once.
 *
 * <p>LWJGL's own wrappers are not used there, because on JDK 25 and later they go through the foreign function API, which allocates up to 360 bytes a block until the optimising compiler has
 * inlined every one of them (measured: after 17 000 blocks, a minute and a half of sound). {@code ffi_call} is a plain JNI method with four numbers on every JDK. One thread at a time.
 */
final class NativeCall {
    private static final int SLOT_BYTES = 8;

    private final long function;
    private final FFICIF signature;
    private final long signatureAddress;
    /** Held because the native signature points into them. */
    private final PointerBuffer types;
    private final PointerBuffer pointers;
    private final long pointersAddress;
    private final ByteBuffer arguments;
    private final ByteBuffer result;
    private final long resultAddress;

    /**
     * @param function address of the C function
     * @param kinds    one letter an argument: P for a pointer (long), I for a 32-bit int. The result is a 32-bit int or nothing
     */
    NativeCall(long function, boolean returnsInt, String kinds) {
        if (function == MemoryUtil.NULL) {
            throw new DeviceException("the OpenAL library lacks a function that Pinna needs; remove the setting org.lwjgl.openal.libname so that the bundled library is used");
        }
        this.function = function;
        int count = kinds.length();
        types = PointerBuffer.allocateDirect(count);
        pointers = PointerBuffer.allocateDirect(count);
        arguments = ByteBuffer.allocateDirect(count * SLOT_BYTES).order(ByteOrder.nativeOrder());
        // libffi widens small results to a machine word.
        result = ByteBuffer.allocateDirect(SLOT_BYTES).order(ByteOrder.nativeOrder());
        long argumentsAddress = MemoryUtil.memAddress(arguments);
        for (int i = 0; i < count; i++) {
            FFIType type = kinds.charAt(i) == 'P' ? LibFFI.ffi_type_pointer : LibFFI.ffi_type_sint32;
            types.put(i, type.address());
            pointers.put(i, argumentsAddress + (long) i * SLOT_BYTES);
        }
        signature = FFICIF.create();
        int status = LibFFI.ffi_prep_cif(signature, LibFFI.ffi_get_default_abi(), returnsInt ? LibFFI.ffi_type_sint32 : LibFFI.ffi_type_void, types);
        if (status != LibFFI.FFI_OK) {
            throw new DeviceException("libffi refuses the signature " + kinds + " with status " + status);
        }
        signatureAddress = signature.address();
        pointersAddress = pointers.address();
        resultAddress = MemoryUtil.memAddress(result);
    }

    @RealTime
    NativeCall pointer(int index, long value) {
        arguments.putLong(index * SLOT_BYTES, value);
        return this;
    }

    @RealTime
    NativeCall integer(int index, int value) {
        arguments.putInt(index * SLOT_BYTES, value);
        return this;
    }

    /** The function's result, or a meaningless number if it has none. */
    @RealTime
    int call() {
        LibFFI.nffi_call(signatureAddress, function, resultAddress, pointersAddress);
        return (int) result.getLong(0);
    }
}
