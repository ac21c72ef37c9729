package io.pinna.internal.hrtf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.ResourceException;
import io.pinna.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every shared SOFA file, the malformed ones too, either gives finite filters or is refused with the file, the variable and the reason. */
@Tag("fault")
class SharedSofaTest {
    @Test
    void everyFileLoadsOrIsRefused() throws IOException {
        Path folder = SharedData.require("data/sofa");
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder, 2)) {
            files = all.filter(p -> p.toString().endsWith(".sofa")).sorted().toList();
        }
        Set<String> refused = new TreeSet<>();
        for (Path file : files) {
            String name = folder.relativize(file).toString();
            String line = assertTimeoutPreemptively(Duration.ofSeconds(120), () -> load(file), name);
            System.out.printf("%-42s %s%n", name, line);
            if (line.startsWith("refused")) {
                refused.add(name);
            }
        }
        assertTrue(refused.contains("generalfir-e.sofa"));
        assertTrue(refused.contains("tester2_negative_delay.sofa"));
        // Nothing but these two and damaged files may be refused.
        assertEquals(2, refused.stream().filter(n -> !n.startsWith("malformed")).count(), refused.toString());
        assertEquals(files.stream().filter(f -> f.getParent().endsWith("malformed")).count(), refused.stream().filter(n -> n.startsWith("malformed")).count(), refused.toString());
    }

    @Test
    void roomResponsesAreRefused() {
        Path file = SharedData.require("data/rir/3dti_brir_small_48k.sofa");
        String line = load(file);
        assertTrue(line.contains("Data.IR") && line.contains("28450 taps") && line.contains("reverb"), line);
    }

    private static String load(Path file) {
        long start = System.nanoTime();
        try {
            HrirSet set = SofaReader.read(file);
            long read = System.nanoTime();
            try (MeasuredHrtf hrtf = MeasuredHrtf.build(set, 48000)) {
                long built = System.nanoTime();
                int[] all = new int[hrtf.vertexCount()];
                for (int i = 0; i < all.length; i++) {
                    all[i] = i;
                }
                double[] worst = new double[2];
                hrtf.evaluate(all, all.length, (v, left, right, itd) -> {
                    for (int n = 0; n < left.length; n++) {
                        worst[0] = Math.max(worst[0], Math.max(Math.abs(left[n]), Math.abs(right[n])));
                        assertTrue(Float.isFinite(left[n]) && Float.isFinite(right[n]));
                    }
                    worst[1] = Math.max(worst[1], Math.abs(itd));
                });
                long evaluated = System.nanoTime();
                double peak = 0;
                for (float v : set.responses()) {
                    peak = Math.max(peak, Math.abs(v));
                }
                assertTrue(worst[0] > 0.2 * peak * set.sampleRateHz() / 48000 && worst[0] < 2 * peak * Math.max(1, set.sampleRateHz() / 48000), "peak " + worst[0] + " of " + peak);
                assertTrue(worst[1] <= hrtf.maxInterauralDelaySeconds() + 1e-12 && worst[1] < 2.5e-3, "ITD " + worst[1]);
                return String.format(Locale.ROOT, "%5d × %4d at %.0f Hz, %5d vertices, lead %3d, taps %3d, ITD %4.0f µs; read %4d, build %4d, all filters %4d ms; %s %s", set.count(), set.taps(),
                        set.sampleRateHz(), hrtf.vertexCount(), hrtf.leadTaps(), hrtf.taps(), 1e6 * worst[1], (read - start) / 1000000, (built - read) / 1000000, (evaluated - built) / 1000000,
                        hrtf.info().extrapolatedRegions(), hrtf.info().notes());
            }
        } catch (ResourceException e) {
            assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
            assertTrue(!e.field().isBlank() && !e.reason().isBlank());
            return "refused after " + (System.nanoTime() - start) / 1000000 + " ms: " + e.field() + ": " + e.reason();
        }
    }
}
