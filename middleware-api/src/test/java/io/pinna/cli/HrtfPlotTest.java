package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.internal.hrtf.SofaFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class HrtfPlotTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Object... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Pinna.execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
    }

    private static void assertDrawn(Path file, int width, int height) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        assertEquals(width, image.getWidth());
        assertEquals(height, image.getHeight());
        Set<Integer> colours = new HashSet<>();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                colours.add(image.getRGB(x, y));
            }
        }
        assertTrue(colours.size() > 20, file + " has " + colours.size() + " colours");
    }

    /** The reference has other directions than the candidate, six of them. */
    @Test
    void drawsAllIntoAFolder(@TempDir Path folder) throws IOException {
        Path reference = SofaFiles.octahedron().write(folder.resolve("a.sofa"));
        Path plots = Files.createDirectory(folder.resolve("plots"));
        assertEquals(Pinna.OK, run("hrtf", "plot", "generic", "--reference", reference, "-o", plots, "--width", 640, "--height", 480), err.toString());
        assertEquals(3, out.toString().lines().count(), out.toString());
        for (String name : new String[] {"spectra.png", "itd.png", "error.png"}) {
            assertDrawn(plots.resolve(name), 640, 480);
        }
    }

    @Test
    void drawsOneKindIntoAFileAndTheSameAgain(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("x.png");
        assertEquals(Pinna.OK, run("hrtf", "plot", "generic", "cipic_003", "--kind", "itd", "-o", file, "--width", 500, "--height", 400), err.toString());
        assertDrawn(file, 500, 400);
        byte[] first = Files.readAllBytes(file);
        assertEquals(Pinna.OK, run("hrtf", "plot", "generic", "cipic_003", "--kind", "itd", "-o", file, "--width", 500, "--height", 400), err.toString());
        assertArrayEquals(first, Files.readAllBytes(file));
        assertEquals(Pinna.OK, run("hrtf", "plot", "generic", "-o", folder, "--width", 500, "--height", 400), err.toString());
        assertTrue(Files.exists(folder.resolve("spectra.png")) && Files.exists(folder.resolve("itd.png")) && !Files.exists(folder.resolve("error.png")), out.toString());
    }

    @Test
    void badInputIsNamed(@TempDir Path folder) throws IOException {
        Path reference = SofaFiles.octahedron().write(folder.resolve("a.sofa"));
        Path png = folder.resolve("x.png");
        assertBadInput("--reference", "hrtf", "plot", "generic", "--kind", "error", "-o", png);
        assertBadInput("2 are named", "hrtf", "plot", "generic", "cipic_003", "--kind", "error", "--reference", reference, "-o", png);
        assertBadInput("ends in .png", "hrtf", "plot", "generic", "--kind", "itd", "-o", folder.resolve("x.txt"));
        assertBadInput("not a folder", "hrtf", "plot", "generic", "-o", png);
        assertBadInput("folder does not exist", "hrtf", "plot", "generic", "--kind", "itd", "-o", folder.resolve("nowhere/x.png"));
        assertBadInput("no.sofa", "hrtf", "plot", folder.resolve("no.sofa"), "--kind", "itd", "-o", png);
        assertBadInput("no.sofa", "hrtf", "plot", "generic", "--reference", folder.resolve("no.sofa"), "--kind", "error", "-o", png);
        assertBadInput("'nobody'", "hrtf", "plot", "nobody", "--kind", "itd", "-o", png);
        assertBadInput("width in pixels is 10", "hrtf", "plot", "generic", "--kind", "itd", "--width", 10, "-o", png);
        assertBadInput("number of profiles is 5", "hrtf", "plot", "generic", "generic", "generic", "generic", "generic", "--kind", "spectra", "-o", png);
        assertBadInput("pie", "hrtf", "plot", "generic", "--kind", "pie", "-o", png);
        assertBadInput("PROFILE", "hrtf", "plot", "-o", png);
        assertFalse(Files.exists(png), "nothing is written");
        Path locked = Files.createDirectory(folder.resolve("locked"));
        Files.createDirectory(locked.resolve("itd.png"));
        assertBadInput("is a folder", "hrtf", "plot", "generic", "--kind", "itd", "-o", locked);
    }

    private void assertBadInput(String part, Object... arguments) {
        assertEquals(Pinna.BAD_INPUT, run(arguments), err.toString());
        assertTrue(err.toString().startsWith("pinna: ") && err.toString().contains(part), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
    }
}
