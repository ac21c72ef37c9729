package io.pinna.hrtf.evaluation;

import io.pinna.internal.hrtf.SofaFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/** Sets with known cues: a delay and a level difference as of a head, and one notch whose frequency is a function of the direction. */
final class SyntheticHeads {
    static final int TAPS = 160;

    double leftGain = 1;
    double rightGain = 1;
    double rightDelayMicroseconds;
    int rateHz = 44100;
    double stepDegrees = 15;
    /** Of polar angle (0 in front, 90 above, 180 behind) and lateral angle (left positive), in degrees. */
    DoubleBinaryOperator notchHz = (polar, lateral) -> 5000 + 20 * (polar + 60);
    /** What is measured in a direction is what belongs to its mirror image, behind instead of in front. */
    boolean frontBackFlipped;

    Path write(Path file) {
        List<double[]> positions = new ArrayList<>();
        for (double elevation = -45; elevation <= 75; elevation += stepDegrees) {
            for (double azimuth = 0; azimuth < 360; azimuth += stepDegrees) {
                positions.add(new double[] {azimuth, elevation, 1.5});
            }
        }
        double[][][] ir = new double[positions.size()][][];
        double[][] delay = new double[positions.size()][2];
        for (int m = 0; m < ir.length; m++) {
            double azimuth = Math.toRadians(positions.get(m)[0]);
            double elevation = Math.toRadians(positions.get(m)[1]);
            double x = (frontBackFlipped ? -1 : 1) * Math.cos(azimuth) * Math.cos(elevation);
            double y = Math.sin(azimuth) * Math.cos(elevation);
            double z = Math.sin(elevation);
            if (Math.abs(x) < 1e-9) {
                // Rounding would decide between in front and behind on the ears' own plane; +0 is the same for both kinds of heads.
                x = 0;
            }
            double lateral = Math.asin(Math.max(-1, Math.min(1, y)));
            double polar = Math.toDegrees(Math.atan2(z, x));
            double hz = notchHz.applyAsDouble(polar < -89.999 ? polar + 360 : polar, Math.toDegrees(lateral));
            // Woodworth's head of 8.75 cm.
            double samples = 0.0875 / 343 * (lateral + Math.sin(lateral)) * rateHz;
            ir[m] = new double[][] {notch(hz, leftGain * (1 + 0.5 * y)), notch(hz, rightGain * (1 - 0.5 * y))};
            delay[m] = new double[] {30 - 0.5 * samples, 30 + 0.5 * samples + rightDelayMicroseconds * 1e-6 * rateHz};
        }
        return new SofaFiles().set(positions.toArray(new double[0][]), ir, rateHz).variable("Data.Delay", delay).write(file);
    }

    /** A second-order notch 26 dB deep, its pole's radius such that it is about 1.5 kHz wide. */
    private double[] notch(double hz, double gain) {
        double c = Math.cos(2 * Math.PI * hz / rateHz);
        double pole = Math.exp(-Math.PI * 1500 / rateHz);
        double zero = Math.exp(-Math.PI * 75 / rateHz);
        double[] h = new double[TAPS];
        for (int n = 24; n < TAPS; n++) {
            double x0 = n == 24 ? gain : 0;
            double x1 = n == 25 ? gain : 0;
            double x2 = n == 26 ? gain : 0;
            h[n] = x0 - 2 * zero * c * x1 + zero * zero * x2 + 2 * pole * c * h[n - 1] - pole * pole * h[n - 2];
        }
        return h;
    }
}
