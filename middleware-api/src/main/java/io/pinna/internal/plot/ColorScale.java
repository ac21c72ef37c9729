package io.pinna.internal.plot;

import io.pinna.InvalidValueException;

/** Colours for a range of values; values beyond it take the colours of its ends, NaN that of {@link #NOTHING}. Immutable. */
public final class ColorScale {
    /** Where there is no value: a grey that no scale contains. */
    public static final int NOTHING = 0xd9d9d9;

    /** Viridis by Smith and van der Walt (matplotlib, CC0), every sixteenth: perceptually uniform, in print and for the colour-blind too. */
    private static final int[] VIRIDIS = {0x440154, 0x48186a, 0x472d7b, 0x424086, 0x3b528b, 0x33638d, 0x2c728e, 0x26828e, 0x21918c, 0x1fa088, 0x28ae80, 0x3fbc73, 0x5ec962, 0x84d44b, 0xaddc30,
        0xd8e219, 0xfde725};
    /** Blue over near-white to red: lightness falls from 95 to 38 in even steps of CIELAB on either side, chroma grows, hues 276° and 38°. */
    private static final int[] DIVERGING = {0x005db8, 0x006dc1, 0x427ec9, 0x6790d1, 0x85a2d9, 0xa1b5e0, 0xbbc9e7, 0xd6dced, 0xf1f1f1, 0xeed8d2, 0xe8bfb6, 0xe0a89b, 0xd69081, 0xcb7968, 0xbf624f,
        0xb14b38, 0xa33122};

    private final int[] anchors;
    private final double lowest;
    private final double highest;

    private ColorScale(int[] anchors, double lowest, double highest) {
        if (!(highest > lowest) || Double.isInfinite(highest - lowest)) {
            throw new InvalidValueException("colours from " + lowest + " to " + highest + "; the upper end must be above the lower one");
        }
        this.anchors = anchors;
        this.lowest = lowest;
        this.highest = highest;
    }

    /** For amounts: dark is little, bright is much. */
    public static ColorScale sequential(double lowest, double highest) {
        return new ColorScale(VIRIDIS, lowest, highest);
    }

    /** For values with a sign: blue is negative, red positive, white zero. */
    public static ColorScale diverging(double greatest) {
        return new ColorScale(DIVERGING, -greatest, greatest);
    }

    public double lowest() {
        return lowest;
    }

    public double highest() {
        return highest;
    }

    /** 0xRRGGBB. */
    public int rgb(double value) {
        if (Double.isNaN(value)) {
            return NOTHING;
        }
        double t = Math.max(0, Math.min(1, (value - lowest) / (highest - lowest))) * (anchors.length - 1);
        int i = Math.min(anchors.length - 2, (int) t);
        int rgb = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int a = anchors[i] >> shift & 255;
            int b = anchors[i + 1] >> shift & 255;
            rgb |= (int) Math.round(a + (t - i) * (b - a)) << shift;
        }
        return rgb;
    }
}
