package io.pinna.demo;

import java.util.Locale;
import org.lwjgl.glfw.GLFW;
import org.lwjgl.glfw.GLFWErrorCallback;
import org.lwjgl.system.MemoryUtil;

/** Finds out whether a window can be opened, before jMonkeyEngine tries and fails on a thread of its own. Main thread, before jMonkeyEngine starts. */
final class Display {
    private Display() {
    }

    /** @return why there is no window to be had, as part of a sentence; null if there is a display */
    static String problem() {
        boolean unix = !System.getProperty("os.name").toLowerCase(Locale.ROOT).matches(".*(windows|mac).*");
        if (unix && isBlank(System.getenv("DISPLAY")) && isBlank(System.getenv("WAYLAND_DISPLAY"))) {
            return "neither DISPLAY nor WAYLAND_DISPLAY is set";
        }
        StringBuilder message = new StringBuilder();
        GLFWErrorCallback callback = GLFWErrorCallback.create((code, text) -> message.append(message.isEmpty() ? "" : "; ").append(MemoryUtil.memUTF8(text)));
        GLFWErrorCallback before = GLFW.glfwSetErrorCallback(callback);
        try {
            if (!GLFW.glfwInit()) {
                return message.isEmpty() ? "the window system cannot be reached" : "the window system says \"" + message + "\"";
            }
            boolean hasMonitor = GLFW.glfwGetPrimaryMonitor() != 0;
            GLFW.glfwTerminate();
            return hasMonitor ? null : "the window system has no monitor";
        } catch (IllegalStateException e) {
            // LWJGL's check for macOS, which gives windows to the first thread only.
            return e.getMessage();
        } catch (UnsatisfiedLinkError e) {
            return "GLFW's native library cannot be loaded (" + e.getMessage() + ")";
        } finally {
            GLFW.glfwSetErrorCallback(before);
            callback.free();
        }
    }

    private static boolean isBlank(String value) {
        return value == null || value.isBlank();
    }
}
