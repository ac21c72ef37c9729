package io.pinna.cli.photo;

import io.pinna.ResourceException;
import io.pinna.internal.InputFile;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Reads PNG and JPEG pictures, upright: turned as the camera's EXIF orientation says. Stateless; any thread; blocks on the file. */
final class PhotoReader {
    private static final int MOST_BYTES = 256 << 20;
    /** 120 million pixels take half a gigabyte. */
    private static final long MOST_PIXELS = 120_000_000;
    private static final int APP1 = 0xFFE1;
    private static final int START_OF_SCAN = 0xFFDA;
    private static final int ORIENTATION = 0x0112;
    private static final int SHORT = 3;

    private PhotoReader() {
    }

    /** @throws ResourceException if the file cannot be read or is no picture */
    static BufferedImage read(Path file) {
        String name = file.toString();
        byte[] bytes = InputFile.read(file, "a PNG or JPEG picture", MOST_BYTES);
        BufferedImage raw = decode(name, bytes);
        int orientation = orientation(bytes);
        if (orientation == 1 && raw.getType() == BufferedImage.TYPE_INT_RGB) {
            return raw;
        }
        int w = raw.getWidth();
        int h = raw.getHeight();
        BufferedImage upright = orientation >= 5 ? new BufferedImage(h, w, BufferedImage.TYPE_INT_RGB) : new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = upright.createGraphics();
        g.drawImage(raw, transform(orientation, w, h), null);
        g.dispose();
        return upright;
    }

    private static BufferedImage decode(String name, byte[] bytes) {
        if (bytes.length > 12 && new String(bytes, 4, 4, StandardCharsets.ISO_8859_1).equals("ftyp")) {
            throw new ResourceException(name, "file", "is HEIC or a video, as phones save them; export it as JPEG");
        }
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new ResourceException(name, "file", "is no PNG or JPEG picture");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > MOST_PIXELS) {
                    throw new ResourceException(name, "picture", "has " + pixels + " pixels; at most " + MOST_PIXELS + " are read: make it smaller");
                }
                return reader.read(0);
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            if (e instanceof ResourceException known) {
                throw known;
            }
            throw new ResourceException(name, "picture", "cannot be decoded: " + e.getMessage() + "; save it once more as PNG", e);
        }
    }

    /** From stored to upright pixels (EXIF 2.32, tag Orientation: where the stored picture's first row and column belong). */
    private static AffineTransform transform(int orientation, int w, int h) {
        return switch (orientation) {
            case 2 -> new AffineTransform(-1, 0, 0, 1, w, 0);
            case 3 -> new AffineTransform(-1, 0, 0, -1, w, h);
            case 4 -> new AffineTransform(1, 0, 0, -1, 0, h);
            case 5 -> new AffineTransform(0, 1, 1, 0, 0, 0);
            case 6 -> new AffineTransform(0, 1, -1, 0, h, 0);
            case 7 -> new AffineTransform(0, -1, -1, 0, h, w);
            case 8 -> new AffineTransform(0, -1, 1, 0, 0, w);
            default -> new AffineTransform();
        };
    }

    /** EXIF's orientation of a JPEG file, 1 to 8; 1 where there is none, or it cannot be understood. */
    static int orientation(byte[] jpeg) {
        ByteBuffer b = ByteBuffer.wrap(jpeg);
        if (jpeg.length < 4 || (b.getShort(0) & 0xffff) != 0xFFD8) {
            return 1;
        }
        int at = 2;
        while (at + 4 <= jpeg.length) {
            int marker = b.getShort(at) & 0xffff;
            int length = b.getShort(at + 2) & 0xffff;
            if (marker >> 8 != 0xFF || marker == START_OF_SCAN || length < 2 || at + 2 + length > jpeg.length) {
                return 1;
            }
            boolean exif = length >= 16 && b.getInt(at + 4) == 0x45786966 && b.getShort(at + 8) == 0;
            if (marker == APP1 && exif) {
                return tiffOrientation(ByteBuffer.wrap(jpeg, at + 10, length - 8).slice());
            }
            at += 2 + length;
        }
        return 1;
    }

    private static int tiffOrientation(ByteBuffer tiff) {
        int order = tiff.getShort(0) & 0xffff;
        if (order != 0x4949 && order != 0x4D4D) {
            return 1;
        }
        tiff.order(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long directory = tiff.getInt(4) & 0xffffffffL;
        if (tiff.getShort(2) != 42 || directory + 2 > tiff.limit()) {
            return 1;
        }
        int count = tiff.getShort((int) directory) & 0xffff;
        for (int i = 0; i < count; i++) {
            long entry = directory + 2 + 12L * i;
            if (entry + 12 > tiff.limit()) {
                return 1;
            }
            if ((tiff.getShort((int) entry) & 0xffff) == ORIENTATION && tiff.getShort((int) entry + 2) == SHORT) {
                int value = tiff.getShort((int) entry + 8) & 0xffff;
                return value >= 1 && value <= 8 ? value : 1;
            }
        }
        return 1;
    }
}
