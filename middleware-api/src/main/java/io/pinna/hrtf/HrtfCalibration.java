package io.pinna.hrtf;

import io.pinna.InvalidValueException;
import io.pinna.UsageException;
import io.pinna.internal.Check;
import io.pinna.internal.personal.ListeningTest;

/**
 * A listening test that finds a person's HRTF: {@link #nextProbe}, play it, {@link #answer} where the person points, and so on until {@link #progress} is done; {@link #result} at any time. It takes no more than
 * {@link CalibrationSettings#mostProbes} answers, under three minutes.
 *
 * <p><b>What it computes.</b> The listener is one of those that differ from the starting profile by what people differ by most, as the model of {@code pinna hrtf fit} knows it: 30 shapes of each ear's spectrum over the sphere, and 8
 * of the interaural delay. An answer has a probability for each of them, by the auditory model of {@link io.pinna.hrtf.evaluation.ObserverSettings}: the listener takes the sound for one from where their own ears would have made
 * it so, a scatter of pointing is added, and now and then an answer is a slip. So confusions of front and back, or of above and below, tell most and are welcome. After each answer 24 chains of a Monte Carlo method go on in the
 * posterior (Bayes); the next probe is the one of 96 whose answer is expected to tell most about the listener; the result is the posterior mean.
 *
 * <p><b>What it needs.</b> Headphones, worn the right way round; a head that keeps still while a sound plays; honest pointing, also behind. Answers that have nothing to do with the sounds leave the profile near its start, and
 * {@link CalibrationProgress#consistency} and the result's notes say so.
 *
 * <p>Methods are synchronised, so any thread but the audio thread may call them; {@link #begin} takes one or two seconds, {@link #nextProbe} a tenth and {@link #answer} about half of one (on
 * average over a test on one busy core; with several the chains share them).
 */
public final class HrtfCalibration {
    private final ListeningTest.Session session;

    private HrtfCalibration(ListeningTest.Session session) {
        this.session = session;
    }

    /**
     * Begins a test.
     *
     * @throws InvalidValueException      if settings is null
     * @throws io.pinna.ResourceException if the model cannot be used
     */
    public static HrtfCalibration begin(CalibrationSettings settings) {
        return begin(settings, ListeningTest.Effort.FULL);
    }

    /** With less to compute, for tests. */
    static HrtfCalibration begin(CalibrationSettings settings, ListeningTest.Effort effort) {
        return new HrtfCalibration(new ListeningTest.Session(Check.notNull(settings, "settings"), effort));
    }

    /** The probe that waits for an answer, or a new one. It may be played more than once. More probes than needed do no harm. */
    public synchronized CalibrationProbe nextProbe() {
        return session.nextProbe();
    }

    /**
     * Where the person heard the probe.
     *
     * @param azimuthDegrees   in head axes, counter-clockwise from the front (finite)
     * @param elevationDegrees up (−90 to 90)
     * @throws InvalidValueException if an angle is out of range
     * @throws UsageException        if no probe waits for an answer
     */
    public synchronized void answer(double azimuthDegrees, double elevationDegrees) {
        double azimuth = Math.toRadians(Check.finite(azimuthDegrees, "azimuthDegrees"));
        double elevation = Math.toRadians(Check.inRange(elevationDegrees, -90, 90, "elevationDegrees"));
        session.answer(Math.cos(azimuth) * Math.cos(elevation), Math.sin(azimuth) * Math.cos(elevation), Math.sin(elevation));
    }

    /**
     * As {@link #answer(double, double)}, as a direction in head axes of any length but 0.
     *
     * @param x forward (finite), likewise y to the left and z up
     */
    public synchronized void answer(double x, double y, double z) {
        Check.finite(x, "x");
        Check.finite(y, "y");
        Check.finite(z, "z");
        double greatest = Math.max(Math.abs(x), Math.max(Math.abs(y), Math.abs(z)));
        if (greatest == 0) {
            throw new InvalidValueException("the direction answered is 0, 0, 0; give the direction in which the sound was heard, or skip the probe");
        }
        // First to about 1, so that squares of very small or large values do not vanish or overflow.
        double length = Math.sqrt(x / greatest * (x / greatest) + y / greatest * (y / greatest) + z / greatest * (z / greatest));
        session.answer(x / greatest / length, y / greatest / length, z / greatest / length);
    }

    /**
     * Leaves the probe that waits without an answer.
     *
     * @throws UsageException if no probe waits for an answer
     */
    public synchronized void skip() {
        session.skip();
    }

    /**
     * Takes the last answer back: everything is as before it, and {@link #nextProbe} gives its probe again. A probe that waits is dropped.
     *
     * @throws UsageException if there is no answer
     */
    public synchronized void undo() {
        session.undo();
    }

    public synchronized CalibrationProgress progress() {
        return session.progress();
    }

    /** The profile that follows from the answers so far. Without an answer it is the starting profile. */
    public synchronized PersonalHrtf result() {
        return session.result();
    }
}
