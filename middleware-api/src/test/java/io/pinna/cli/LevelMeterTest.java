package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LevelMeterTest {
    private static float[] sine(double hz, double amplitude, int rate, int frames) {
        float[] x = new float[frames];
        for (int i = 0; i < frames; i++) {
            x[i] = (float) (amplitude * Math.sin(2 * Math.PI * hz * i / rate));
        }
        return x;
    }

    /** BS.1770-4: a sine of 997 Hz and full scale in one channel reads −3.01 LKFS; both channels 3.01 dB more. */
    @ParameterizedTest
    @Tag("analytic")
    @ValueSource(ints = {44100, 48000, 96000})
    void loudnessOfTheReferenceSine(int rate) {
        float[] tone = sine(997, 1, rate, 2 * rate);
        LevelMeter one = new LevelMeter(rate, 0.1);
        one.add(tone, new float[tone.length], tone.length);
        assertEquals(-3.01, one.loudnessLufs(), 0.05);
        LevelMeter both = new LevelMeter(rate, 0.1);
        both.add(tone, tone, tone.length);
        assertEquals(0, both.loudnessLufs(), 0.05);
    }

    /** The relative gate takes out what is more than 10 LU below the rest: as long a stretch at −30 dB changes nothing. */
    @Test
    @Tag("analytic")
    void quietStretchesAreGated() {
        LevelMeter meter = new LevelMeter(48000, 0.1);
        float[] loud = sine(997, 0.1, 48000, 480000);
        float[] quiet = sine(997, 0.1 * 0.0316, 48000, 480000);
        meter.add(loud, loud, loud.length);
        meter.add(quiet, quiet, quiet.length);
        // Blocks of 400 ms across the edge count in part.
        assertEquals(-20, meter.loudnessLufs(), 0.2);
    }

    @Test
    @Tag("unit")
    void countsAndLevels() {
        LevelMeter meter = new LevelMeter(1000, 0.1);
        float[] left = sine(100, 0.5, 1000, 150);
        float[] right = new float[150];
        left[7] = Float.NaN;
        left[8] = -2;
        right[9] = Float.POSITIVE_INFINITY;
        meter.add(left, right, 100);
        meter.add(java.util.Arrays.copyOfRange(left, 100, 150), new float[50], 50);
        assertEquals(150, meter.frames());
        assertEquals(2, meter.nonFiniteSamples());
        assertEquals(1, meter.clippedSamples());
        assertEquals(6.02, meter.peakDb(0), 0.01);
        assertEquals(LevelMeter.SILENT_DB, meter.peakDb(1));
        assertEquals(2, meter.intervals().size());
        assertEquals(20 * Math.log10(0.5 / Math.sqrt(2)), meter.intervals().get(1)[0], 0.1);
        // The sine is zero at every fifth sample, where the right ear is silent too; two of those were overwritten.
        assertEquals(30 / 150.0, meter.silenceFraction(), 2 / 150.0);
        assertTrue(meter.largestStep() >= 2 && meter.largestStep() < 2.6, "step " + meter.largestStep());
    }

    @Test
    @Tag("unit")
    void nothingIsSilence() {
        LevelMeter meter = new LevelMeter(48000, 0.1);
        assertEquals(1, meter.silenceFraction());
        assertEquals(LevelMeter.SILENT_DB, meter.rmsDb(0));
        assertEquals(Double.NaN, meter.loudnessLufs());
    }
}
