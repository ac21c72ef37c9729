package io.pinna.hrtf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.ResourceException;
import io.pinna.hrtf.BodyMeasurement.Ear;
import io.pinna.testing.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BodyMeasurementsFileTest {
    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("me.csv"), text);
    }

    private BodyMeasurements read(String text) throws IOException {
        return BodyMeasurements.read(file(text));
    }

    private void refused(String text, String... parts) throws IOException {
        refusedRow(null, text, parts);
    }

    private void refusedRow(String row, String text, String... parts) throws IOException {
        String message = assertThrows(ResourceException.class, () -> BodyMeasurements.read(file(text), row)).getMessage();
        assertTrue(message.contains("me.csv"), message);
        assertEquals(1, message.lines().count(), message);
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    private static double head(BodyMeasurements b, BodyMeasurement m) {
        return b.value(m, Ear.LEFT).orElseThrow();
    }

    @Test
    @Tag("unit")
    void theTemplateIsReadOnceItIsFilledIn() throws IOException {
        String template = BodyMeasurements.template();
        refused(template, "no value", "at least one");
        BodyMeasurements b = read(template.replace("head_width_cm,,", "head_width_cm,15.1,").replace("pinna_rotation_deg,,", "pinna_rotation_deg,21,"));
        assertEquals(3, b.count());
        assertEquals(15.1, head(b, BodyMeasurement.HEAD_WIDTH));
        assertEquals(21, b.value(BodyMeasurement.PINNA_ROTATION, Ear.RIGHT).orElseThrow());
        assertEquals(List.of(), b.notes());
        for (BodyMeasurement m : BodyMeasurement.values()) {
            assertTrue(template.contains(m.columnName() + ",,") && template.contains(m.definition()), m.symbol());
        }
    }

    @Test
    @Tag("unit")
    void dialectsOfCsv() throws IOException {
        for (String text : new String[] {
            "head_width_cm,left_pinna_height_cm\n15.25,6.5\n",
            "\uFEFFhead_width_cm,left_pinna_height_cm\r\n15.25,6.5\r\n",
            "head_width_cm;left_pinna_height_cm\r\n15,25;6,5\r\n",
            "head_width_cm\tl_pinna_height_cm\n15,25\t6.5",
            "\"head_width_cm\",\"left_pinna_height_cm\"\n\"15,25\",\" 6.5 \"\n",
            "# mine\n\n HEAD_WIDTH_CM , Left_Pinna_Height_cm \n\n+15.25,6.50e0\n,\n",
            "head_width_mm,left_pinna_height_mm,head_depth_cm,head_height_cm,shoulder_width_cm\n152.5,65,NaN,,NA\n",
            "measurement;value;remark\nhead_width_cm;15,25;\"two\nlines; and \"\"quotes\"\"\"\nleft_pinna_height_cm;6,5;\n",
            "x1,L_d5\r15.25,6.5\r"}) {
            BodyMeasurements b = read(text);
            assertEquals(15.25, head(b, BodyMeasurement.HEAD_WIDTH), 1e-12, text);
            assertEquals(6.5, b.value(BodyMeasurement.PINNA_HEIGHT, Ear.LEFT).orElseThrow(), 1e-12, text);
            assertEquals(2, b.count(), text);
        }
    }

    @Test
    @Tag("unit")
    void anglesHaveTheUnitOfTheirName() throws IOException {
        for (String text : new String[] {"pinna_rotation_deg\n30\n", "pinna_rotation_rad\n0.5235987755982988\n", "theta1\n0.5235987755982988\n", "L_theta1,R_theta1\n0.5235987755982988,0.5235987755982988\n"}) {
            BodyMeasurements b = read(text);
            assertEquals(30, b.value(BodyMeasurement.PINNA_ROTATION, Ear.LEFT).orElseThrow(), 1e-9, text);
            assertEquals(30, b.value(BodyMeasurement.PINNA_ROTATION, Ear.RIGHT).orElseThrow(), 1e-9, text);
        }
        refused("theta1\n30\n", "looks like degrees", "pinna_rotation_deg", "-15 to 62 degrees");
        refused("theta1\n3\n", "3 radians", "-15 to 62 degrees");
        assertTrue(read("pinna_rotation_deg\n0.52\n").notes().toString().contains("radians"));
    }

    @Test
    @Tag("unit")
    void unknownColumnsAreNamed() throws IOException {
        BodyMeasurements b = read("name,x1,weight\nme,15,80\n");
        assertEquals(List.of("Not used: name, weight."), b.notes());
        assertEquals(b.notes(), b.complete().notes());
    }

    @Test
    @Tag("property")
    void whatIsWrittenIsReadBack() throws IOException {
        Random random = new Random(5);
        for (int trial = 0; trial < 30; trial++) {
            BodyMeasurements.Builder builder = BodyMeasurements.builder().set(BodyMeasurement.HEAD_WIDTH, 13 + random.nextDouble());
            for (BodyMeasurement m : BodyMeasurement.values()) {
                double v = BodyModel.builtIn().mean(m) * (1 + 0.1 * random.nextDouble());
                if (m.isOfEar() && random.nextBoolean()) {
                    builder.set(m, v);
                } else if (m.isOfEar() && random.nextBoolean()) {
                    builder.set(m, random.nextBoolean() ? Ear.LEFT : Ear.RIGHT, v);
                }
            }
            BodyMeasurements b = builder.build();
            Path path = folder.resolve("b" + trial + ".csv");
            b.write(path);
            assertEquals(b, BodyMeasurements.read(path));
        }
    }

    @Test
    @Tag("fault")
    void badFilesAreNamedWithPlaceAndRemedy() throws IOException {
        refused("", "is empty");
        refused("\n \n# nothing\n", "is empty");
        refused("x1,x2\n", "no row of values");
        refused("x1,x2\n,NaN\n", "line 2", "no value", "at least one");
        refused("a,b\n1,2\n", "no known measurement", "a, b", "head_width_cm");
        refused("x1,X1\n15,15\n", "column X1", "twice");
        refused("x1,head_width_cm\n15,15\n", "column head_width_cm", "head width", "x1");
        refused("d5,L_d5\n6.5,6.4\n", "L_d5", "pinna height", "d5 gives too");
        refused("x1,x2\n15,tall\n", "line 2, column x2", "\"tall\"", "number");
        refused("x1\n15 cm\n", "\"15 cm\"", "unit");
        refused("x1;x2\n1.515,5;20\n", "\"1.515,5\"");
        refused("x1\n0x10\n", "number");
        refused("x1\nInfinity\n", "number");
        refused("x1,x2\n15,2,21,4\n", "line 2", "4 cells", "decimal comma");
        refused("x1\n\"15\n", "quote");
        refused("x1,L_d5\n15,63\n", "line 2, column L_d5", "pinna height is 63", "3.8 to 9 cm", "divide by 10");
        refused("x1,x2,x3\n5.7,8.4,7.9\n", "column x1", "inches: multiply by 2.54", "column x2", "column x3");
        refused("x1,x2,x3,x12,d5\n144,213,197,450,63\n", "column x1", "millimetres", "And 2 more");
        refused("measurement,value\nhead_width_cm,-15\n", "line 2, head_width_cm", "-15", "positive");
        refused("x1\n0\n", "0", "9.5 to 19.5 cm", "positive");
        refused("d1,d2,d5\n2.6,1.5,4\n", "line 2", "pinna height");
        refused("measurement,value\nhead_width_cm,15\nx1,15\n", "line 3, x1");
        refused("measurement,value\nsomething,15\n", "no known measurement", "something");
        String message = assertThrows(ResourceException.class, () -> BodyMeasurements.read(folder.resolve("no.csv"))).getMessage();
        assertTrue(message.contains("does not exist"), message);
        message = assertThrows(ResourceException.class, () -> BodyMeasurements.read(folder)).getMessage();
        assertTrue(message.contains("folder"), message);
        Files.write(folder.resolve("me.csv"), "x1\n15\n".getBytes(StandardCharsets.UTF_16));
        assertTrue(assertThrows(ResourceException.class, () -> BodyMeasurements.read(folder.resolve("me.csv"))).getMessage().contains("UTF-16"));
        Files.write(folder.resolve("me.csv"), new byte[] {'x', '1', 0, 5, '\n'});
        assertTrue(assertThrows(ResourceException.class, () -> BodyMeasurements.read(folder.resolve("me.csv"))).getMessage().contains("not text"));
    }

    @Test
    @Tag("fault")
    void rowsAreChosenById() throws IOException {
        String table = "id,x1\na,14\nb,15\nb,16\n";
        assertEquals(14, head(BodyMeasurements.read(file(table), "a"), BodyMeasurement.HEAD_WIDTH));
        refused(table, "3 rows", "a, b, b");
        refusedRow("b", table, "'b'", "lines 3 and 4");
        refusedRow("c", table, "'c' is not there", "a, b, b");
        refusedRow("a", "x1\n14\n", "no column id");
        refused("x1\n14\n15\n", "2 rows", "column id");
        refusedRow("a", "measurement,value\nx1,14\n", "one person");
        assertEquals(14, head(read("id,x1\na,14\n"), BodyMeasurement.HEAD_WIDTH));
    }

    @Test
    @Tag("reference")
    void cipicsOwnFile() throws IOException {
        Path cipic = SharedData.require("data/cipic/cipic_anthro.csv");
        BodyMeasurements b = BodyMeasurements.read(cipic, "3");
        assertEquals(20, b.count());
        assertEquals(16.1812, head(b, BodyMeasurement.HEAD_WIDTH));
        assertEquals(49.838, head(b, BodyMeasurement.SHOULDER_WIDTH));
        assertEquals(6.69324, b.value(BodyMeasurement.PINNA_HEIGHT, Ear.LEFT).orElseThrow());
        assertEquals(Math.toDegrees(0.481825), b.value(BodyMeasurement.PINNA_ROTATION, Ear.RIGHT).orElseThrow(), 1e-9);
        assertTrue(assertThrows(ResourceException.class, () -> BodyMeasurements.read(cipic, "8")).getMessage().contains("no value"));
        assertEquals(31, accepted(cipic));
    }

    @Test
    @Tag("reference")
    void hutubsOwnFileIsBroughtToCipicsDefinitions() throws IOException {
        Path hutubs = SharedData.require("data/anthropometry/hutubs_AntrhopometricMeasures.csv");
        BodyMeasurements b = BodyMeasurements.read(hutubs, "2");
        assertEquals(14.963, head(b, BodyMeasurement.HEAD_WIDTH), 1e-9);
        assertEquals(58 - 9.624, head(b, BodyMeasurement.SHOULDER_WIDTH), 1e-9);
        assertEquals(10.0731 + 12.986, b.value(BodyMeasurement.PINNA_ROTATION, Ear.LEFT).orElseThrow(), 1e-9);
        assertTrue(b.notes().toString().contains("HUTUBS") && b.notes().toString().contains("shoulder width was lowered by 9.62 cm"), b.notes().toString());
        assertEquals(93, accepted(hutubs));
    }

    private static int accepted(Path table) throws IOException {
        int count = 0;
        for (String line : Files.readAllLines(table).subList(1, Files.readAllLines(table).size())) {
            String id = line.substring(0, line.indexOf(','));
            try {
                CompletedMeasurements c = BodyMeasurements.read(table, id).complete();
                assertEquals(20, c.measuredCount());
                count++;
            } catch (ResourceException e) {
                assertTrue(e.getMessage().contains("no value"), e.getMessage());
            }
        }
        return count;
    }
}
