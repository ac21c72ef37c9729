package io.pinna.demo;

/** Tileable noise over the unit square, for painted textures. The same seed always gives the same pattern. Any thread; allocates nothing. */
final class Noise {
    private Noise() {
    }

    /** A well-mixed value in 0..1 for a lattice point (the finaliser of MurmurHash3). */
    static double hash(int x, int y, int seed) {
        int h = x * 0x9E3779B1 ^ y * 0x85EBCA77 ^ seed * 0xC2B2AE3D;
        h ^= h >>> 16;
        h *= 0x85EBCA6B;
        h ^= h >>> 13;
        h *= 0xC2B2AE35;
        h ^= h >>> 16;
        return (h >>> 8) / (double) (1 << 24);
    }

    /** Value noise in 0..1 on a lattice of {@code cellsU} × {@code cellsV} that repeats at the edges of the unit square. */
    static double value(double u, double v, int cellsU, int cellsV, int seed) {
        double x = u * cellsU;
        double y = v * cellsV;
        int x0 = (int) Math.floor(x);
        int y0 = (int) Math.floor(y);
        double fx = fade(x - x0);
        double fy = fade(y - y0);
        int xa = Math.floorMod(x0, cellsU);
        int xb = Math.floorMod(x0 + 1, cellsU);
        int ya = Math.floorMod(y0, cellsV);
        int yb = Math.floorMod(y0 + 1, cellsV);
        double top = mix(hash(xa, ya, seed), hash(xb, ya, seed), fx);
        double bottom = mix(hash(xa, yb, seed), hash(xb, yb, seed), fx);
        return mix(top, bottom, fy);
    }

    /** Fractal sum of {@link #value} in 0..1: each octave has twice the cells and half the weight of the one before. */
    static double fractal(double u, double v, int cellsU, int cellsV, int octaves, int seed) {
        double sum = 0;
        double weight = 0.5;
        double total = 0;
        for (int o = 0; o < octaves; o++) {
            sum += weight * value(u, v, cellsU << o, cellsV << o, seed + 31 * o);
            total += weight;
            weight *= 0.5;
        }
        return sum / total;
    }

    /** Distance to the border of the Voronoi cell, in cells: 0 on a border, growing inwards (F2 − F1). Thin values make cracks. */
    static double border(double u, double v, int cells, int seed) {
        double x = u * cells;
        double y = v * cells;
        int cx = (int) Math.floor(x);
        int cy = (int) Math.floor(y);
        double first = 9;
        double second = 9;
        for (int j = -1; j <= 1; j++) {
            for (int i = -1; i <= 1; i++) {
                int hx = Math.floorMod(cx + i, cells);
                int hy = Math.floorMod(cy + j, cells);
                double d = Math.hypot(cx + i + hash(hx, hy, seed) - x, cy + j + hash(hx, hy, seed + 7) - y);
                if (d < first) {
                    second = first;
                    first = d;
                } else if (d < second) {
                    second = d;
                }
            }
        }
        return second - first;
    }

    static double mix(double a, double b, double t) {
        return a + (b - a) * t;
    }

    /** 0 below {@code from}, 1 above {@code to}, smooth in between. */
    static double step(double from, double to, double x) {
        double t = Math.max(0, Math.min(1, (x - from) / (to - from)));
        return t * t * (3 - 2 * t);
    }

    private static double fade(double t) {
        return t * t * t * (t * (6 * t - 15) + 10);
    }
}
