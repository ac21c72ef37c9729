package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.Sound;
import io.pinna.hrtf.PersonalHrtf;
import io.pinna.hrtf.PersonalHrtfKind;
import io.pinna.internal.hrtf.SofaFiles;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pinna hrtf calibrate}. */
class HrtfCalibrateCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    private int run(Object... arguments) {
        return Pinna.execute(Stream.concat(Stream.of("hrtf", "calibrate"), Stream.of(arguments).map(Object::toString)).toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
    }

    @Test
    @Tag("integration")
    void aPersonAnswersAtTheConsole() {
        Path me = folder.resolve("me.pinna");
        Path wav = folder.resolve("probe.wav");
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream("u\nabout left\n90 100\n90 0\ns\n-30, 20\nu\nq\n".getBytes(StandardCharsets.UTF_8)));
        try {
            assertEquals(Pinna.OK, run("-o", me, "--wav", wav), err.toString());
        } finally {
            System.setIn(before);
        }
        for (String part : new String[] {"no answer to take back", "'about' is not a number", "elevation", "probe 2 of at most 40", "1 answer,"}) {
            assertTrue(out.toString().contains(part), part + " in " + out);
        }
        assertEquals(PersonalHrtfKind.LISTENING_TEST, PersonalHrtf.load(me).kind());
        Sound probe = Sound.load(wav);
        assertEquals(0.84, probe.durationSeconds(), 0.01);
    }

    @Test
    @Tag("integration")
    void aSimulatedListenerAnswers() {
        Path ears = SofaFiles.octahedron().write(folder.resolve("ears.sofa"));
        assertEquals(Pinna.OK, run("--simulate", ears, "--probes", 2), err.toString());
        assertTrue(out.toString().contains("2 answers") && out.toString().lines().filter(l -> l.contains("localisation error") && l.contains("LSD")).count() == 2, out.toString());
    }

    @Test
    @Tag("fault")
    void whatIsMissingOrWrongIsNamed() {
        assertEquals(2, run());
        assertTrue(err.toString().contains("-o FILE"), err.toString());
        assertEquals(2, run("-o", folder.resolve("no/where.pinna")));
        assertEquals(2, run("--simulate", folder.resolve("none.sofa"), "--probes", 0));
        assertTrue(err.toString().contains("mostProbes"), err.toString());
        assertEquals(2, run("--simulate", folder.resolve("none.sofa")));
        assertTrue(err.toString().contains("none.sofa"), err.toString());
        assertFalse(Files.exists(folder.resolve("no")));
    }
}
