package io.pinna.cli.photo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.ResourceException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhotoReaderTest {
    @TempDir
    private Path folder;

    /** The picture as it should be seen: 64 wide, 32 high; red upper left, green upper right, blue lower left, white lower right. */
    private static BufferedImage upright() {
        BufferedImage image = new BufferedImage(64, 32, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        Color[] colours = {Color.RED, Color.GREEN, Color.BLUE, Color.WHITE};
        for (int i = 0; i < 4; i++) {
            g.setColor(colours[i]);
            g.fillRect(32 * (i % 2), 16 * (i / 2), 32, 16);
        }
        g.dispose();
        return image;
    }

    /** Where a camera puts the upright pixel (x, y), by the standard's table: row 0 and column 0 of what is stored are top and left (1), top and right (2), bottom and right (3) and so on. */
    private static int[] stored(int orientation, int x, int y) {
        return switch (orientation) {
            case 2 -> new int[] {63 - x, y};
            case 3 -> new int[] {63 - x, 31 - y};
            case 4 -> new int[] {x, 31 - y};
            case 5 -> new int[] {y, x};
            case 6 -> new int[] {y, 63 - x};
            case 7 -> new int[] {31 - y, 63 - x};
            case 8 -> new int[] {31 - y, x};
            default -> new int[] {x, y};
        };
    }

    private static byte[] jpeg(int orientation, ByteOrder order) throws IOException {
        BufferedImage upright = upright();
        BufferedImage raw = orientation >= 5 ? new BufferedImage(32, 64, BufferedImage.TYPE_INT_RGB) : new BufferedImage(64, 32, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 32; y++) {
            for (int x = 0; x < 64; x++) {
                int[] at = stored(orientation, x, y);
                raw.setRGB(at[0], at[1], upright.getRGB(x, y));
            }
        }
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        ImageIO.write(raw, "jpg", plain);
        ByteBuffer exif = ByteBuffer.allocate(10 + 26);
        exif.putShort((short) 0xFFE1).putShort((short) 34).put("Exif\0\0".getBytes(StandardCharsets.ISO_8859_1));
        exif.order(order).put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes(StandardCharsets.ISO_8859_1)).putShort((short) 42).putInt(8);
        exif.putShort((short) 1).putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation).putShort((short) 0).putInt(0);
        byte[] bytes = plain.toByteArray();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, 2);
        out.write(exif.array());
        out.write(bytes, 2, bytes.length - 2);
        return out.toByteArray();
    }

    @Test
    @Tag("unit")
    void allEightOrientationsComeOutUpright() throws IOException {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            for (int orientation = 1; orientation <= 8; orientation++) {
                byte[] bytes = jpeg(orientation, order);
                assertEquals(orientation, PhotoReader.orientation(bytes));
                BufferedImage image = PhotoReader.read(Files.write(folder.resolve("a.jpg"), bytes));
                assertEquals(64, image.getWidth());
                assertEquals(32, image.getHeight());
                int[][] corners = {{8, 6, 0xFF0000}, {56, 6, 0x00FF00}, {8, 26, 0x0000FF}, {56, 26, 0xFFFFFF}};
                for (int[] c : corners) {
                    for (int shift = 0; shift <= 16; shift += 8) {
                        assertEquals(c[2] >> shift & 255, image.getRGB(c[0], c[1]) >> shift & 255, 24, "orientation " + orientation + " at " + c[0] + ", " + c[1]);
                    }
                }
            }
        }
    }

    @Test
    @Tag("unit")
    void pngIsReadAsItIs() throws IOException {
        ImageIO.write(upright(), "png", folder.resolve("a.png").toFile());
        assertEquals(Color.GREEN.getRGB(), PhotoReader.read(folder.resolve("a.png")).getRGB(63, 0));
    }

    @Test
    @Tag("fault")
    void damagedExifIsNoOrientationAndNoCrash() throws IOException {
        byte[] good = jpeg(6, ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(7);
        int same = 0;
        for (int trial = 0; trial < 3000; trial++) {
            byte[] bad = good.clone();
            for (int i = 0; i < 3; i++) {
                bad[2 + random.nextInt(36)] = (byte) random.nextInt(256);
            }
            int o = PhotoReader.orientation(random.nextBoolean() ? bad : Arrays.copyOf(bad, 4 + random.nextInt(40)));
            assertTrue(o >= 1 && o <= 8);
            same += o == 6 ? 1 : 0;
        }
        assertTrue(same > 0 && same < 3000);
    }

    @Test
    @Tag("fault")
    void whatIsNoPictureIsNamed() throws IOException {
        refused(folder.resolve("no.png"), "does not exist");
        refused(folder, "folder");
        refused(Files.writeString(folder.resolve("a.png"), "text"), "no PNG or JPEG");
        refused(Files.write(folder.resolve("b.jpg"), Arrays.copyOf(jpeg(1, ByteOrder.BIG_ENDIAN), 60)), "b.jpg", "cannot be decoded");
        refused(Files.write(folder.resolve("c.heic"), "\0\0\0\30ftypheic\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1)), "HEIC", "JPEG");
    }

    private static void refused(Path file, String... parts) {
        String message = assertThrows(ResourceException.class, () -> PhotoReader.read(file)).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
