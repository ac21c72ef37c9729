package io.pinna.demo;

import static io.pinna.demo.Noise.border;
import static io.pinna.demo.Noise.fractal;
import static io.pinna.demo.Noise.hash;
import static io.pinna.demo.Noise.mix;
import static io.pinna.demo.Noise.step;
import static io.pinna.demo.Noise.value;

import com.jme3.math.FastMath;
import com.jme3.texture.Image;
import com.jme3.texture.Texture;
import com.jme3.texture.Texture2D;
import com.jme3.texture.image.ColorSpace;
import com.jme3.util.BufferUtils;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;

/**
 * Paints the clinic's textures: for each {@link Surface} colour, relief and gloss as functions over the unit square, so that the demo needs no image files. Any thread; a texture of 512 × 512 takes
 * some 50 ms on one core.
 */
final class Painter {
    private static final int RED = 0;
    private static final int GREEN = 1;
    private static final int BLUE = 2;
    private static final int HEIGHT = 3;
    private static final int GLOSS = 4;
    private static final int COMPONENTS = 5;

    private Painter() {
    }

    /** @param diffuse sRGB colour; likewise @param normal in tangent space (OpenGL's sign of y) and @param gloss how much it mirrors */
    record Maps(Texture2D diffuse, Texture2D normal, Texture2D gloss) {
    }

    /** Fills red, green, blue (sRGB, 0..1), height (millimetres) and gloss (0..1) for a point of the unit square; v grows upwards. */
    private interface Paint {
        void at(double u, double v, double[] out);
    }

    static Maps paint(Surface surface) {
        return switch (surface) {
            case FLOOR_TILES -> maps(1024, surface, Painter::floorTiles);
            case CORRIDOR_FLOOR -> maps(512, surface, Painter::linoleum);
            case PLASTER -> maps(1024, surface, Painter::plaster);
            case WALL_TILES -> maps(512, surface, Painter::wallTiles);
            case BRICK -> maps(512, surface, Painter::brick);
            case CEILING_PANELS -> maps(512, surface, Painter::ceiling);
            case DOOR_STEEL -> maps(512, surface, (u, v, o) -> paintedSteel(u, v, o, 0.24, 0.32, 0.29, 0.45));
            case RUSTY_STEEL -> maps(256, surface, (u, v, o) -> paintedSteel(u, v, o, 0.42, 0.41, 0.36, 0.80));
            case BARE_STEEL -> maps(256, surface, (u, v, o) -> paintedSteel(u, v, o, 0.50, 0.51, 0.51, 0.25));
            case ENAMEL -> maps(256, surface, Painter::enamel);
            case MATTRESS -> maps(512, surface, Painter::mattress);
            case CLOTH -> maps(512, surface, Painter::cloth);
            case WOOD -> maps(512, surface, Painter::wood);
            case RUBBER -> maps(64, surface, (u, v, o) -> plain(u, v, o, 0.06, 0.06, 0.06, 0.1));
            case PLASTIC -> maps(128, surface, (u, v, o) -> plain(u, v, o, 0.33, 0.31, 0.25, 0.3));
            case PAPER -> maps(128, surface, Painter::paper);
        };
    }

    private static Maps maps(int size, Surface surface, Paint paint) {
        float[] pixels = new float[size * size * COMPONENTS];
        IntStream.range(0, size).parallel().forEach(y -> {
            double[] out = new double[COMPONENTS];
            for (int x = 0; x < size; x++) {
                paint.at((x + 0.5) / size, (y + 0.5) / size, out);
                for (int c = 0; c < COMPONENTS; c++) {
                    pixels[(y * size + x) * COMPONENTS + c] = (float) out[c];
                }
            }
        });
        ByteBuffer diffuse = BufferUtils.createByteBuffer(size * size * 4);
        ByteBuffer normal = BufferUtils.createByteBuffer(size * size * 4);
        ByteBuffer gloss = BufferUtils.createByteBuffer(size * size * 4);
        double pixelMillimeters = 1000 * surface.repeatMeters / size;
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                int at = (y * size + x) * COMPONENTS;
                put(diffuse, pixels[at + RED], pixels[at + GREEN], pixels[at + BLUE]);
                double dx = (height(pixels, size, x + 1, y) - height(pixels, size, x - 1, y)) / (2 * pixelMillimeters);
                double dy = (height(pixels, size, x, y + 1) - height(pixels, size, x, y - 1)) / (2 * pixelMillimeters);
                double length = Math.sqrt(dx * dx + dy * dy + 1);
                put(normal, 0.5 - 0.5 * dx / length, 0.5 - 0.5 * dy / length, 0.5 + 0.5 / length);
                double g = pixels[at + GLOSS];
                put(gloss, g, g, g);
            }
        }
        return new Maps(texture(diffuse, size, ColorSpace.sRGB), texture(normal, size, ColorSpace.Linear), texture(gloss, size, ColorSpace.Linear));
    }

    private static double height(float[] pixels, int size, int x, int y) {
        return pixels[(Math.floorMod(y, size) * size + Math.floorMod(x, size)) * COMPONENTS + HEIGHT];
    }

    private static void put(ByteBuffer to, double r, double g, double b) {
        to.put(toByte(r)).put(toByte(g)).put(toByte(b)).put((byte) 255);
    }

    private static byte toByte(double value) {
        return (byte) Math.round(255 * FastMath.clamp((float) value, 0, 1));
    }

    private static Texture2D texture(ByteBuffer data, int size, ColorSpace space) {
        data.flip();
        Texture2D texture = new Texture2D(new Image(Image.Format.RGBA8, size, size, data, null, space));
        texture.setWrap(Texture.WrapMode.Repeat);
        texture.setMinFilter(Texture.MinFilter.Trilinear);
        texture.setMagFilter(Texture.MagFilter.Bilinear);
        texture.setAnisotropicFilter(8);
        return texture;
    }

    /** The stain on the ward's floor: something was dragged towards the door. Alpha is where it is wet. */
    static Texture2D dragMarks() {
        int width = 256;
        int height = 512;
        ByteBuffer data = BufferUtils.createByteBuffer(width * height * 4);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double u = (x + 0.5) / width;
                double v = (y + 0.5) / height;
                double sway = 0.06 * Math.sin(5 * v) + 0.05 * (value(u, v, 3, 6, 91) - 0.5);
                double across = Math.abs(u - 0.5 - sway);
                double streaks = fractal(u + 0.1 * v, v, 24, 3, 3, 92);
                double pool = step(0.32, 0.10, Math.hypot((u - 0.5) * 1.3, (v - 0.14) * 2) + 0.16 * (fractal(u, v, 5, 5, 4, 93) - 0.5));
                double trail = step(0.24, 0.12, across + 0.10 * (streaks - 0.5)) * step(0.30, 0.62, streaks + 0.18 * (1 - v)) * step(1, 0.75, v) * step(0.05, 0.15, v);
                double amount = Math.max(pool, 0.85 * trail);
                double dark = 0.6 + 0.4 * streaks;
                data.put(toByte(0.20 * dark)).put(toByte(0.025 * dark)).put(toByte(0.02 * dark)).put(toByte(0.93 * amount));
            }
        }
        data.flip();
        Texture2D texture = new Texture2D(new Image(Image.Format.RGBA8, width, height, data, null, ColorSpace.sRGB));
        texture.setMinFilter(Texture.MinFilter.Trilinear);
        texture.setAnisotropicFilter(8);
        return texture;
    }

    /** The screen of the heart monitor: grid, trace, and a dead line after it. */
    static Texture2D monitorScreen() {
        return picture(256, 192, (u, v, o) -> {
            double line = Math.abs(u * 10 % 1) < 0.05 || Math.abs(v * 8 % 1) < 0.05 ? 0.07 : 0;
            double beat = u * 3 % 1;
            double trace = 0.62 + (u > 0.78 ? 0 : 0.30 * Math.exp(-900 * (beat - 0.40) * (beat - 0.40)) - 0.14 * Math.exp(-1400 * (beat - 0.46) * (beat - 0.46))
                    + 0.06 * Math.exp(-260 * (beat - 0.68) * (beat - 0.68)));
            double slope = beat > 0.33 && beat < 0.52 && u < 0.78 ? 0.035 : 0.012;
            double lit = Math.exp(-Math.pow((v - trace) / slope, 2));
            double second = Math.exp(-Math.pow((v - 0.25 - 0.04 * Math.sin(18 * u)) / 0.012, 2));
            o[RED] = 0.02 + 0.5 * second * 0.8;
            o[GREEN] = 0.03 + line + lit + 0.45 * second;
            o[BLUE] = 0.03 + 0.35 * lit + 0.1 * second;
        });
    }

    /** A clock that lost its minute hand's patience: marks, hands at seven minutes to three, yellowed. */
    static Texture2D clockFace() {
        return picture(256, 256, (u, v, o) -> {
            double x = u - 0.5;
            double y = v - 0.5;
            double r = Math.hypot(x, y);
            double angle = Math.atan2(x, y) / (2 * Math.PI);
            double hour = Math.abs(angle * 12 - Math.rint(angle * 12)) / 12 * 2 * Math.PI * r;
            boolean ink = r > 0.38 && r < 0.45 && hour < 0.012 || hand(x, y, 0.88, 0.36, 0.010) || hand(x, y, 0.24, 0.25, 0.016) || r < 0.025;
            double dirt = fractal(u, v, 4, 4, 4, 71);
            double tone = r > 0.47 ? 0.08 : ink ? 0.06 : 0.45 + 0.35 * dirt;
            o[RED] = tone;
            o[GREEN] = tone * 0.95;
            o[BLUE] = tone * 0.78;
        });
    }

    private static boolean hand(double x, double y, double turn, double length, double halfWidth) {
        double s = Math.sin(2 * Math.PI * turn);
        double c = Math.cos(2 * Math.PI * turn);
        double along = x * s + y * c;
        return along > -0.04 && along < length && Math.abs(x * c - y * s) < halfWidth;
    }

    /** What is outside: rain clouds lit from behind, and bare trees. */
    static Texture2D night() {
        return picture(512, 256, (u, v, o) -> {
            double clouds = fractal(u, v, 4, 4, 5, 81);
            double glow = 0.10 + 0.16 * step(0.2, 0.9, v) * clouds + 0.10 * Math.exp(-12 * ((u - 0.62) * (u - 0.62) + (v - 0.72) * (v - 0.72)));
            double crown = 0.30 + 0.22 * fractal(u, 0.5, 6, 1, 4, 82);
            double twigs = border(u, v, 26, 83) < 0.05 && v < crown + 0.22 * value(u, v, 9, 3, 84) ? 1 : 0;
            double tree = Math.max(twigs, v < crown ? 0.9 : 0);
            double tone = glow * (1 - 0.85 * tree);
            o[RED] = 0.62 * tone;
            o[GREEN] = 0.80 * tone;
            o[BLUE] = tone;
        });
    }

    /** EXIT in letters of 5 × 7 dots. */
    static Texture2D exitSign() {
        String[] rows = {"11111010001011100111110", "10000010001001000001000", "10000001010001000001000", "11110000100001000001000", "10000001010001000001000", "10000010001001000001000",
                "11111010001011100001000"};
        return picture(256, 96, (u, v, o) -> {
            int column = (int) Math.floor(u * 28 - 2.5);
            int row = (int) Math.floor((1 - v) * 11 - 2);
            boolean lit = row >= 0 && row < 7 && column >= 0 && column < 23 && rows[row].charAt(column) == '1';
            double dirt = 0.7 + 0.3 * fractal(u, v, 6, 3, 3, 72);
            o[RED] = dirt * (lit ? 1 : 0.30);
            o[GREEN] = dirt * (lit ? 0.55 : 0.02);
            o[BLUE] = dirt * (lit ? 0.45 : 0.015);
        });
    }

    private static Texture2D picture(int width, int height, Paint paint) {
        ByteBuffer data = BufferUtils.createByteBuffer(width * height * 4);
        double[] out = new double[COMPONENTS];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                paint.at((x + 0.5) / width, (y + 0.5) / height, out);
                put(data, out[RED], out[GREEN], out[BLUE]);
            }
        }
        data.flip();
        Texture2D texture = new Texture2D(new Image(Image.Format.RGBA8, width, height, data, null, ColorSpace.sRGB));
        texture.setMinFilter(Texture.MinFilter.Trilinear);
        return texture;
    }

    private static void set(double[] o, double r, double g, double b, double heightMillimeters, double gloss) {
        o[RED] = r;
        o[GREEN] = g;
        o[BLUE] = b;
        o[HEIGHT] = heightMillimeters;
        o[GLOSS] = gloss;
    }

    private static void tint(double[] o, double r, double g, double b, double amount) {
        o[RED] = mix(o[RED], r, amount);
        o[GREEN] = mix(o[GREEN], g, amount);
        o[BLUE] = mix(o[BLUE], b, amount);
    }

    private static void shade(double[] o, double factor) {
        o[RED] *= factor;
        o[GREEN] *= factor;
        o[BLUE] *= factor;
    }

    /** Quarter-metre tiles in two colours; some cracked, some gone, all filthy, and wet where the light shows it. */
    private static void floorTiles(double u, double v, double[] o) {
        int n = 8;
        int i = (int) (u * n);
        int j = (int) (v * n);
        double fx = u * n - i;
        double fy = v * n - j;
        double edge = Math.min(Math.min(fx, 1 - fx), Math.min(fy, 1 - fy));
        double chip = 0.020 + 0.016 * (fractal(u, v, 32, 32, 2, 11) - 0.3);
        double grout = step(chip, chip + 0.012, edge);
        double character = hash(i, j, 12);
        double tone = 0.88 + 0.24 * (hash(i, j, 13) - 0.5);
        boolean light = (i + j) % 2 == 0;
        set(o, (light ? 0.56 : 0.20) * tone, (light ? 0.55 : 0.29) * tone, (light ? 0.47 : 0.27) * tone, 1.8 + 1.2 * (hash(i, j, 14) - 0.5) * (fx - 0.5), 0.55);
        double marble = fractal(u, v, 16, 16, 4, 15);
        shade(o, 0.86 + 0.28 * marble);
        if (character > 0.66) {
            double crack = border(u, v, 22, 16);
            double line = step(0.055, 0.015, crack);
            shade(o, 1 - 0.75 * line);
            o[HEIGHT] -= 1.2 * line;
        }
        if (character < 0.05) {
            double rough = fractal(u, v, 48, 48, 3, 17);
            set(o, 0.27 * (0.6 + 0.6 * rough), 0.25 * (0.6 + 0.6 * rough), 0.22 * (0.6 + 0.6 * rough), -3 + 2 * rough, 0.05);
        }
        tint(o, 0.07, 0.065, 0.055, 1 - grout);
        o[HEIGHT] = mix(-0.6, o[HEIGHT], grout);
        double grime = step(0.42, 0.78, fractal(u, v, 4, 4, 6, 18));
        tint(o, 0.10, 0.085, 0.06, 0.82 * grime);
        double corners = step(0.20, 0.03, edge) * fractal(u, v, 20, 20, 3, 19);
        tint(o, 0.09, 0.08, 0.06, 0.75 * corners);
        double wet = step(0.52, 0.62, fractal(u, v, 3, 3, 5, 20));
        shade(o, 1 - 0.35 * wet);
        o[GLOSS] = mix(0.55 * (1 - 0.8 * grime) * grout, 1.0, wet);
        o[HEIGHT] = mix(o[HEIGHT], 1.2, 0.7 * wet);
    }

    private static void linoleum(double u, double v, double[] o) {
        double speckle = value(u, v, 160, 160, 21);
        double base = 0.30 + 0.07 * (speckle - 0.5) + 0.14 * (fractal(u, v, 5, 5, 5, 22) - 0.5);
        set(o, base * 0.95, base, base * 0.82, 0.4 * fractal(u, v, 40, 40, 2, 23), 0.35);
        double sheet = step(0.004, 0.001, Math.abs(v - 0.5)) + step(0.004, 0.001, Math.min(u, 1 - u));
        shade(o, 1 - 0.6 * Math.min(1, sheet));
        double torn = step(0.66, 0.69, fractal(u, v, 4, 4, 5, 24));
        if (torn > 0) {
            double rough = fractal(u, v, 32, 32, 4, 25);
            tint(o, 0.20 * (0.5 + rough), 0.19 * (0.5 + rough), 0.17 * (0.5 + rough), torn);
            o[HEIGHT] -= 2 * torn * (1 + rough);
            o[GLOSS] *= 1 - 0.9 * torn;
        }
        double grime = step(0.40, 0.80, fractal(u, v, 6, 6, 5, 26));
        tint(o, 0.07, 0.06, 0.045, 0.7 * grime);
        double wet = step(0.58, 0.64, fractal(u, v, 3, 3, 4, 27));
        shade(o, 1 - 0.35 * wet);
        o[GLOSS] = mix(o[GLOSS], 1, wet);
    }

    /** Three metres of wall: green oil paint to the height of a hand, once white above, coming off in flakes; water runs down and mould climbs up. */
    private static void plaster(double u, double v, double[] o) {
        double y = 3 * v;
        double waver = 0.004 * (value(u, 0.5, 40, 1, 31) - 0.5);
        double lower = step(1.305, 1.295, y + waver);
        double band = step(0.045, 0.035, Math.abs(y - 1.325 + waver));
        double blotch = fractal(u, v, 6, 6, 5, 32);
        set(o, mix(0.56, 0.26, lower), mix(0.54, 0.36, lower), mix(0.43, 0.30, lower), 0.5, mix(0.12, 0.42, lower));
        tint(o, 0.13, 0.19, 0.16, 0.9 * band);
        shade(o, 0.74 + 0.5 * blotch);
        o[HEIGHT] += 0.35 * fractal(u, v, 60, 60, 2, 33);
        // Paint that flakes off: islands of a fractal threshold, with a raised, dark rim; below it plaster, and where that fell too, brick.
        double flake = fractal(u, v, 4, 4, 7, 34) + 0.05 * (fractal(u, v, 48, 48, 2, 35) - 0.5) + 0.07 * step(0.55, 0.0, v) * value(u, v, 3, 3, 36);
        double bare = step(0.560, 0.572, flake);
        double rim = step(0.535, 0.560, flake) * (1 - bare);
        o[HEIGHT] += 1.4 * rim;
        shade(o, 1 + 0.10 * rim);
        double sand = fractal(u, v, 90, 90, 3, 37);
        double grey = 0.36 + 0.16 * (sand - 0.5) + 0.16 * (fractal(u, v, 10, 10, 3, 38) - 0.5);
        double[] below = {grey, grey * 0.93, grey * 0.80, -0.8 + 0.6 * sand, 0.03};
        double fallen = step(0.655, 0.668, flake);
        if (fallen > 0) {
            double[] bricks = new double[COMPONENTS];
            brick((u * 1.5) % 1, (v * 1.5) % 1, bricks);
            bricks[HEIGHT] -= 6;
            for (int c = 0; c < COMPONENTS; c++) {
                below[c] = mix(below[c], bricks[c], fallen);
            }
        }
        double shadow = 1 - 0.45 * bare * step(0.600, 0.566, flake);
        for (int c = 0; c < COMPONENTS; c++) {
            o[c] = mix(o[c], below[c], bare);
        }
        shade(o, shadow);
        // Cracks wander: the straight borders of the cells are bent by noise.
        double bentU = u + 0.07 * (fractal(u, v, 6, 6, 5, 221) - 0.5);
        double bentV = v + 0.07 * (fractal(u, v, 6, 6, 5, 222) - 0.5);
        double hair = step(0.016, 0.002, border(bentU, bentV, 5, 39)) * step(0.50, 0.62, fractal(u, v, 4, 4, 3, 40));
        shade(o, 1 - 0.55 * hair);
        o[HEIGHT] -= hair;
        double run = step(0.56, 0.86, fractal(u, v * 0.5, 26, 1, 4, 41) + 0.22 * (v - 0.55));
        tint(o, 0.16, 0.10, 0.05, 0.70 * run);
        double mould = step(0.46, 0.74, fractal(u, v, 9, 9, 5, 42) + 0.30 * step(0.32, 0.0, v) + 0.22 * step(0.86, 1.0, v) - 0.10);
        tint(o, 0.045, 0.055, 0.035, 0.85 * mould);
        double dirt = step(0.10, 0.0, v);
        tint(o, 0.06, 0.05, 0.04, 0.65 * dirt);
    }

    private static void wallTiles(double u, double v, double[] o) {
        int n = 10;
        int i = (int) (u * n);
        int j = (int) (v * n);
        double fx = u * n - i;
        double fy = v * n - j;
        double edge = Math.min(Math.min(fx, 1 - fx), Math.min(fy, 1 - fy));
        double grout = step(0.025, 0.05, edge);
        double tone = 0.66 + 0.08 * (hash(i, j, 43) - 0.5);
        set(o, tone * 0.96, tone, tone * 0.92, 1.5 * step(0.03, 0.09, edge), 0.8);
        if (hash(i, j, 44) < 0.07) {
            double rough = fractal(u, v, 40, 40, 3, 45);
            set(o, 0.30 * (0.5 + rough), 0.28 * (0.5 + rough), 0.25 * (0.5 + rough), -3 + rough, 0.02);
        } else if (hash(i, j, 46) > 0.8) {
            double line = step(0.06, 0.02, border(u, v, 24, 47));
            shade(o, 1 - 0.7 * line);
        }
        tint(o, 0.14, 0.12, 0.09, 1 - grout);
        double run = step(0.52, 0.80, fractal(u, v, 22, 2, 4, 48));
        tint(o, 0.24, 0.13, 0.05, 0.65 * run);
        double grime = step(0.42, 0.74, fractal(u, v, 5, 5, 5, 49));
        tint(o, 0.09, 0.09, 0.06, 0.75 * grime);
        o[GLOSS] *= grout * (1 - 0.7 * grime);
    }

    private static void brick(double u, double v, double[] o) {
        int rows = 24;
        int columns = 8;
        int row = (int) (v * rows);
        double shift = row % 2 == 0 ? 0 : 0.5;
        double x = u * columns + shift;
        int column = Math.floorMod((int) Math.floor(x), columns);
        double fx = x - Math.floor(x);
        double fy = v * rows - row;
        double edge = Math.min(Math.min(fx, 1 - fx) * 3, Math.min(fy, 1 - fy));
        double body = step(0.08, 0.18, edge + 0.08 * (fractal(u, v, 40, 40, 2, 51) - 0.5));
        double tone = 0.75 + 0.5 * hash(column, row, 52);
        double grain = 0.8 + 0.4 * fractal(u, v, 64, 64, 3, 53);
        set(o, 0.33 * tone * grain, 0.17 * tone * grain, 0.12 * tone * grain, 5 * body + 1.5 * grain, 0.04);
        tint(o, 0.30 * grain, 0.28 * grain, 0.25 * grain, 1 - body);
        double soot = step(0.4, 0.8, fractal(u, v, 4, 4, 4, 54));
        tint(o, 0.05, 0.045, 0.04, 0.7 * soot);
    }

    private static void ceiling(double u, double v, double[] o) {
        int n = 4;
        int i = (int) (u * n);
        int j = (int) (v * n);
        double fx = u * n - i;
        double fy = v * n - j;
        double edge = Math.min(Math.min(fx, 1 - fx), Math.min(fy, 1 - fy));
        double tone = 0.40 + 0.06 * (hash(i, j, 61) - 0.5);
        double holes = value(u, v, 128, 128, 62) > 0.74 ? 0.75 : 1;
        set(o, tone * holes, tone * 0.96 * holes, tone * 0.84 * holes, 0, 0.03);
        if (hash(i, j, 63) < 0.13) {
            set(o, 0.018, 0.018, 0.018, -12, 0);
        }
        double stain = fractal(u, v, 3, 3, 5, 64);
        double ring = step(0.05, 0.0, Math.abs(stain - 0.60));
        tint(o, 0.17, 0.11, 0.05, 0.7 * step(0.50, 0.64, stain));
        tint(o, 0.11, 0.07, 0.03, 0.6 * ring);
        if (edge < 0.028) {
            set(o, 0.27, 0.27, 0.25, 4, 0.25);
            tint(o, 0.16, 0.09, 0.04, step(0.4, 0.7, fractal(u, v, 12, 12, 3, 65)));
        }
        double mould = step(0.55, 0.8, fractal(u, v, 7, 7, 5, 66));
        tint(o, 0.03, 0.035, 0.025, 0.85 * mould);
    }

    /** Paint over steel, rusting: {@code rust} 0 (sound) to 1 (eaten). */
    private static void paintedSteel(double u, double v, double[] o, double r, double g, double b, double rust) {
        double wear = fractal(u, v, 5, 5, 6, 101);
        double fine = fractal(u, v, 40, 40, 3, 102);
        set(o, r, g, b, 0.6, 0.6);
        shade(o, 0.82 + 0.3 * fractal(u, v, 8, 8, 3, 103));
        double scratch = step(0.80, 0.84, value(u + 0.2 * v, v, 6, 90, 104)) * step(0.5, 0.7, wear);
        tint(o, 0.5, 0.5, 0.48, 0.5 * scratch);
        double limit = 0.80 - 0.42 * rust;
        double eaten = step(limit, limit + 0.05, wear + 0.10 * (fine - 0.5));
        double brown = 0.55 + 0.9 * fine;
        tint(o, 0.27 * brown, 0.125 * brown, 0.05 * brown, eaten);
        o[HEIGHT] = mix(o[HEIGHT], 0.8 * fine, eaten);
        o[GLOSS] = mix(0.6, 0.08, eaten);
        double run = step(0.60, 0.85, fractal(u, v, 24, 2, 3, 105) + 0.2 * rust);
        tint(o, 0.19, 0.09, 0.04, 0.5 * run * rust);
        double grime = step(0.45, 0.8, fractal(u, v, 4, 4, 4, 106));
        tint(o, 0.05, 0.045, 0.04, 0.5 * grime);
    }

    private static void enamel(double u, double v, double[] o) {
        set(o, 0.68, 0.68, 0.62, 0, 1);
        double run = step(0.55, 0.82, fractal(u, v, 18, 2, 4, 111));
        tint(o, 0.30, 0.16, 0.06, 0.6 * run);
        double chip = step(0.70, 0.72, fractal(u, v, 8, 8, 4, 112));
        tint(o, 0.06, 0.05, 0.05, chip);
        double grime = step(0.42, 0.75, fractal(u, v, 4, 4, 4, 113));
        tint(o, 0.13, 0.11, 0.07, 0.6 * grime);
        o[GLOSS] = 1 - 0.7 * grime;
    }

    private static void mattress(double u, double v, double[] o) {
        double stripe = step(0.35, 0.5, Math.abs(u * 24 % 1 - 0.5) * 2) * 0.5;
        double weave = 0.92 + 0.08 * value(u, v, 200, 200, 121);
        set(o, mix(0.55, 0.30, stripe) * weave, mix(0.52, 0.33, stripe) * weave, mix(0.42, 0.36, stripe) * weave, 8 * fractal(u, v, 5, 5, 3, 122), 0.02);
        double stain = fractal(u, v, 3, 3, 5, 123);
        tint(o, 0.24, 0.15, 0.07, 0.75 * step(0.50, 0.60, stain));
        tint(o, 0.13, 0.03, 0.02, 0.85 * step(0.62, 0.68, fractal(u, v, 3, 3, 6, 124)));
        tint(o, 0.07, 0.06, 0.05, 0.6 * step(0.45, 0.8, fractal(u, v, 6, 6, 4, 125)));
    }

    private static void cloth(double u, double v, double[] o) {
        double fold = 0.5 + 0.5 * Math.sin(2 * Math.PI * (9 * u + 0.5 * fractal(u, v, 3, 2, 3, 131)));
        double weave = 0.9 + 0.1 * value(u, v, 220, 220, 132);
        double tone = (0.28 + 0.22 * fold) * weave;
        set(o, tone * 0.88, tone * 1.0, tone * 0.93, 45 * fold, 0.02);
        tint(o, 0.20, 0.13, 0.06, 0.7 * step(0.52, 0.72, fractal(u, v, 4, 3, 5, 133) + 0.15 * (0.5 - v)));
        tint(o, 0.05, 0.045, 0.04, 0.6 * step(0.5, 0.8, fractal(u, v, 7, 7, 4, 134)));
    }

    private static void wood(double u, double v, double[] o) {
        double ring = fractal(u, v, 3, 28, 4, 141);
        double grain = 0.7 + 0.5 * fractal(u, v, 6, 120, 2, 142);
        set(o, mix(0.20, 0.33, ring) * grain, mix(0.12, 0.20, ring) * grain, mix(0.06, 0.105, ring) * grain, 0.6 * grain, 0.3);
        double worn = step(0.55, 0.75, fractal(u, v, 5, 5, 4, 143));
        tint(o, 0.27, 0.23, 0.18, 0.45 * worn);
        o[GLOSS] = 0.35 * (1 - worn);
        tint(o, 0.03, 0.03, 0.025, 0.6 * step(0.45, 0.8, fractal(u, v, 4, 4, 5, 144)));
    }

    private static void plain(double u, double v, double[] o, double r, double g, double b, double gloss) {
        set(o, r, g, b, 0, gloss);
        shade(o, 0.7 + 0.6 * fractal(u, v, 5, 5, 5, 151));
    }

    private static void paper(double u, double v, double[] o) {
        set(o, 0.55, 0.52, 0.43, 0, 0.02);
        boolean text = Math.abs(v * 22 % 1 - 0.5) < 0.16 && u > 0.12 && u < 0.55 + 0.35 * hash((int) (v * 22), 3, 161) && v > 0.1 && v < 0.86 && value(u, v, 90, 22, 162) > 0.35;
        if (text) {
            shade(o, 0.45);
        }
        tint(o, 0.22, 0.15, 0.08, 0.7 * step(0.5, 0.7, fractal(u, v, 3, 3, 4, 163)));
    }
}
