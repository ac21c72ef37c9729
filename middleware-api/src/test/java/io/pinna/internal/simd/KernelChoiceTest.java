package io.pinna.internal.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.internal.render.StereoSpectrum;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class KernelChoiceTest {
    private static boolean isThere() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    @Test
    void offTakesPlainJava() {
        KernelChoice choice = KernelChoice.choose("OFF");
        assertEquals("plain Java (-Dpinna.vector=off)", choice.kernels.description() + " (" + choice.reason + ")");
    }

    @Test
    void onAndAutoTakeTheVectorApiWhereItIs() {
        assumeTrue(isThere(), "this Java was started without jdk.incubator.vector");
        for (String wish : new String[] {"on", "auto"}) {
            String text = KernelChoice.choose(wish).kernels.description();
            assertTrue(text.matches("Vector API, (128|256|512) bits"), text);
        }
    }

    @Test
    void onFailsAndAutoIsPlainWhereItIsNot() {
        assumeTrue(!isThere(), "this Java was started with jdk.incubator.vector");
        String message = assertThrows(ResourceException.class, () -> KernelChoice.choose("on")).getMessage();
        assertTrue(message.contains("--add-modules jdk.incubator.vector") && message.contains("-Dpinna.vector=on"), message);
        assertEquals("plain Java", KernelChoice.choose("auto").kernels.description());
    }

    @Test
    @Tag("fault")
    void anotherWordIsRefused() {
        String message = assertThrows(InvalidValueException.class, () -> KernelChoice.choose("yes")).getMessage();
        assertEquals("the system property pinna.vector is \"yes\"; allowed are on, off and auto", message);
    }

    @Test
    @Tag("fault")
    void kernelsThatDoNotLoadOrErrAreNotTaken() {
        assumeTrue(isThere(), "this Java was started without jdk.incubator.vector");
        KernelChoice.Attempt missing = KernelChoice.attempt("io.pinna.NoSuchKernels");
        assertNull(missing.kernels());
        assertTrue(missing.reason().contains("cannot be loaded") && missing.reason().contains("NoSuchKernels"), missing.reason());
        double error = KernelChoice.disagreement(slightlyLouder(), PlainKernels.INSTANCE);
        assertTrue(error > 3e-4 && error < 1e-3, "they differ by " + error);
    }

    /** Plain Java, but for filters that come out a thousandth too great. */
    private static Kernels slightlyLouder() {
        Kernels plain = PlainKernels.INSTANCE;
        return (Kernels) Proxy.newProxyInstance(Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, (self, method, arguments) -> {
            Object result = method.invoke(plain, arguments);
            if (method.getName().equals("build")) {
                StereoSpectrum out = (StereoSpectrum) arguments[1];
                for (float[] x : new float[][] {out.leftRe, out.leftIm, out.rightRe, out.rightIm}) {
                    for (int k = 0; k < x.length; k++) {
                        x[k] *= 1.001f;
                    }
                }
            }
            return result;
        });
    }
}
