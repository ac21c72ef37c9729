package io.pinna.hrtf;

import io.pinna.testing.TinyOnnx;

/**
 * A head that a person can check by hand, as a network and in Java: the interaural delay of a rigid sphere, and an ear that is louder the more the source is on its side and the higher the frequency. With y the
 * direction's component to the left:
 *
 * <pre>
 *   itd = a/c·(asin y + y)  (Woodworth),   left ear: +{@value #DB_AT_NYQUIST}·y·f/(fs/2) dB,   right ear: −{@value #DB_AT_NYQUIST}·y·f/(fs/2) dB
 * </pre>
 */
public final class SphericalHeadModels {
    public static final int RATE = 48000;
    public static final int BINS = 65;
    public static final int TAPS = 128;
    public static final float DB_AT_NYQUIST = 18;
    /** Radius over the speed of sound. */
    public static final float SECONDS = 0.0875f / 343;
    /** Where the responses' impulse is for a source in the median plane. */
    public static final int ONSET = 60;

    private SphericalHeadModels() {
    }

    /** @param rows N, or −1 for any */
    public static TinyOnnx spectra(long rows) {
        float[] slope = new float[2 * BINS];
        for (int k = 0; k < BINS; k++) {
            slope[k] = DB_AT_NYQUIST * k / (BINS - 1);
            slope[BINS + k] = -slope[k];
        }
        return new TinyOnnx().metadata("sampleRateHz", String.valueOf(RATE)).metadata("name", "sphere").metadata("listener", "nobody").metadata("licence", "CC0")
                .input("direction", rows, 3).output("magnitude_db", rows, 2, BINS).output("itd_seconds", rows)
                .floats("left", new float[] {0, 1, 0}, 3, 1).node("MatMul", "y", "direction", "left")
                .floats("slope", slope, 1, 2 * BINS).node("MatMul", "flat", "y", "slope").integers("ears", -1, 2, BINS).node("Reshape", "magnitude_db", "flat", "ears")
                .node("Asin", "angle", "y").node("Add", "sum", "angle", "y").floats("seconds", new float[] {SECONDS}, 1).node("Mul", "itd_column", "sum", "seconds")
                .integers("row", -1).node("Reshape", "itd_seconds", "itd_column", "row");
    }

    /** Impulses at {@link #ONSET}, of 0.5 + 0.4·y in the left ear and 0.5 − 0.4·y in the right one. */
    public static TinyOnnx responses(long rows) {
        float[] side = new float[3 * 2 * TAPS];
        float[] middle = new float[2 * TAPS];
        for (int ear = 0; ear < 2; ear++) {
            middle[ear * TAPS + ONSET] = 0.5f;
            side[2 * TAPS + ear * TAPS + ONSET] = ear == 0 ? 0.4f : -0.4f;
        }
        return new TinyOnnx().metadata("sampleRateHz", String.valueOf(RATE)).input("direction", rows, 3).output("hrir", rows, 2, TAPS)
                .floats("side", side, 3, 2 * TAPS).node("MatMul", "difference", "direction", "side").floats("middle", middle, 2 * TAPS).node("Add", "flat", "difference", "middle")
                .integers("ears", -1, 2, TAPS).node("Reshape", "hrir", "flat", "ears");
    }

    /** The spectra in Java, with switches to break it and a count of what it was asked. */
    public static final class InJava implements HrtfField.Spectra {
        public enum Mode { WORKS, THROWS, ERRS, NOT_FINITE, LEAVES_OUT }

        public volatile Mode mode = Mode.WORKS;
        public volatile long directions;
        public volatile long calls;
        public volatile boolean closed;
        public volatile int claimedBins = BINS;

        @Override
        public String name() {
            return "sphere in Java";
        }

        @Override
        public int sampleRateHz() {
            return RATE;
        }

        @Override
        public int bins() {
            return claimedBins;
        }

        @Override
        @SuppressWarnings("NonAtomicOperationOnVolatileField")
        public void evaluate(float[] directionXyz, int count, float[] magnitudeDb, float[] itdSeconds) {
            // One call at a time, so nothing is lost.
            calls = calls + 1;
            directions = directions + count;
            Mode now = mode;
            if (now == Mode.THROWS) {
                throw new IllegalStateException("broken on purpose");
            } else if (now == Mode.ERRS) {
                throw new StackOverflowError("broken on purpose");
            }
            for (int i = 0; i < count; i++) {
                float y = directionXyz[3 * i + 1];
                for (int k = 0; k < BINS; k++) {
                    magnitudeDb[2 * i * BINS + k] = now == Mode.NOT_FINITE ? Float.NaN : DB_AT_NYQUIST * y * k / (BINS - 1);
                    magnitudeDb[(2 * i + 1) * BINS + k] = -DB_AT_NYQUIST * y * k / (BINS - 1);
                }
                if (now != Mode.LEAVES_OUT) {
                    itdSeconds[i] = SECONDS * (float) (Math.asin(Math.max(-1, Math.min(1, y))) + y);
                }
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
