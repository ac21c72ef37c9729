package io.pinna.internal;

import io.pinna.DeviceException;
import java.nio.ByteBuffer;
import org.lwjgl.system.APIUtil;
import org.lwjgl.system.JNI;
import org.lwjgl.system.MemoryUtil;
import org.lwjgl.system.Platform;
import org.lwjgl.system.SharedLibrary;

/**
 * The environment variables of the process itself, which native libraries read and {@link System#getenv} does not see change. Setup only: the C library does not protect them against other threads.
 */
public final class NativeEnvironment {
    private NativeEnvironment() {
    }

    /**
     * Sets a variable, or removes it.
     *
     * @param value null to remove it
     * @throws DeviceException if the system's library lacks the function
     */
    public static synchronized void set(String name, String value) {
        boolean windows = Platform.get() == Platform.WINDOWS;
        String library = windows ? "kernel32" : Platform.get() == Platform.MACOSX ? "libSystem.dylib" : "libc.so.6";
        SharedLibrary system = APIUtil.apiCreateLibrary(library);
        ByteBuffer nameText = windows ? MemoryUtil.memUTF16(name) : MemoryUtil.memUTF8(name);
        ByteBuffer valueText = value == null ? null : windows ? MemoryUtil.memUTF16(value) : MemoryUtil.memUTF8(value);
        try {
            String function = windows ? "SetEnvironmentVariableW" : value == null ? "unsetenv" : "setenv";
            long address = system.getFunctionAddress(function);
            if (address == MemoryUtil.NULL) {
                throw new DeviceException("the environment variable " + name + " cannot be set: " + library + " has no " + function);
            }
            if (windows) {
                JNI.callPPI(MemoryUtil.memAddress(nameText), MemoryUtil.memAddressSafe(valueText), address);
            } else if (value == null) {
                JNI.invokePI(MemoryUtil.memAddress(nameText), address);
            } else {
                JNI.invokePPI(MemoryUtil.memAddress(nameText), MemoryUtil.memAddress(valueText), 1, address);
            }
        } finally {
            MemoryUtil.memFree(nameText);
            MemoryUtil.memFree(valueText);
            system.free();
        }
    }
}
