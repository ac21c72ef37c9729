package io.pinna.demo;

import io.pinna.PinnaException;
import io.pinna.hrtf.CalibrationProbe;
import io.pinna.hrtf.CalibrationProgress;
import io.pinna.hrtf.CalibrationSettings;
import io.pinna.hrtf.HrtfCalibration;
import io.pinna.hrtf.PersonalHrtf;
import io.pinna.unit.Pose;
import io.pinna.unit.Vector3;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The listening test as the game goes through it: a sound is played, the player points to where it was heard, and so on until the test is done or the player ends it. What takes time is computed by a worker, so that the window never
 * waits. One thread, that of the window, but for the worker.
 */
final class CalibrationSession {
    /** Between putting on a probe's ears and its sound: the view comes to rest, and what was heard before has faded (seconds). */
    static final double QUIET_SECONDS = 0.5;
    /** After the sound, for the tails of its filters (seconds). */
    static final double TAIL_SECONDS = 0.1;

    /** What happens now. */
    enum State {
        /** The worker begins the test, learns from an answer, or makes the result. */
        THINKING,
        /** A probe is about to sound, or does. */
        PLAY,
        /** The player turns to where it was heard. */
        POINT,
        /** There is a result, a failure, or neither if there was no answer. */
        DONE
    }

    /** Plays probes to the player. Its {@link PinnaException}s end the session, with their message. */
    interface ProbePlayer {
        /** Puts on the probe's ears. Called when nothing is heard. */
        void wear(CalibrationProbe probe);

        /** Starts the sound of the probe, in its direction from the head. */
        void play(CalibrationProbe probe);

        /** From {@link #play} to the end of the sound. */
        boolean isPlaying();

        /** Ends the sound, if there is one. */
        void stop();
    }

    /** What the worker found: the next probe, or the result. */
    private record Thought(CalibrationProgress progress, CalibrationProbe probe, PersonalHrtf result) {
    }

    private final ProbePlayer player;
    private final Executor worker;
    private final Pose front;
    private CompletableFuture<Thought> thinking;
    /** Made and used by the worker, and by one task at a time. */
    private HrtfCalibration calibration;
    private State state = State.THINKING;
    private boolean ending;
    private CalibrationProgress progress;
    private CalibrationProbe probe;
    private PersonalHrtf result;
    private String failure;
    private boolean started;
    private double waitedSeconds;

    /**
     * @param front  where the player is and what counts as straight ahead
     * @param worker runs one task after another; not on the audio thread
     */
    CalibrationSession(CalibrationSettings settings, Pose front, ProbePlayer player, Executor worker) {
        this.front = front;
        this.player = player;
        this.worker = worker;
        think(() -> {
            calibration = HrtfCalibration.begin(settings);
            return nextProbe();
        });
    }

    private void think(Supplier<Thought> task) {
        state = State.THINKING;
        thinking = CompletableFuture.supplyAsync(task, worker);
    }

    private Thought nextProbe() {
        CalibrationProgress now = calibration.progress();
        return now.done() ? conclude() : new Thought(now, calibration.nextProbe(), null);
    }

    /** Without an answer there is nothing to keep. */
    private Thought conclude() {
        CalibrationProgress now = calibration.progress();
        return new Thought(now, null, now.answers() == 0 ? null : calibration.result());
    }

    State state() {
        return state;
    }

    /** Whether the player has ended the test and its result is being made. */
    boolean isEnding() {
        return ending;
    }

    /** As of the last answer; empty until the test has begun. */
    Optional<CalibrationProgress> progress() {
        return Optional.ofNullable(progress);
    }

    /** When it is done; empty if it failed, or ended without an answer. */
    Optional<PersonalHrtf> result() {
        return Optional.ofNullable(result);
    }

    /** Why it is done without a result, or null. */
    String failure() {
        return failure;
    }

    /** @param seconds since the last call (≥ 0) */
    void update(double seconds) {
        try {
            switch (state) {
                case THINKING -> {
                    if (thinking.isDone()) {
                        take(thinking.join());
                    }
                }
                case PLAY -> listen(seconds);
                default -> {
                    // The player's turn, or nobody's.
                }
            }
        } catch (CompletionException e) {
            fail(e.getCause());
        } catch (PinnaException e) {
            fail(e);
        }
    }

    private void fail(Throwable cause) {
        if (!(cause instanceof PinnaException)) {
            // A mistake in the program; nothing to tell the player.
            throw new IllegalStateException("the listening test failed", cause);
        }
        player.stop();
        failure = cause.getMessage();
        state = State.DONE;
    }

    private void take(Thought thought) {
        progress = thought.progress();
        if (thought.probe() == null) {
            result = thought.result();
            state = State.DONE;
        } else if (ending) {
            think(this::conclude);
        } else {
            probe = thought.probe();
            player.wear(probe);
            hear();
        }
    }

    private void hear() {
        state = State.PLAY;
        started = false;
        waitedSeconds = 0;
    }

    private void listen(double seconds) {
        if (started && player.isPlaying()) {
            waitedSeconds = 0;
            return;
        }
        waitedSeconds += seconds;
        if (!started && waitedSeconds >= QUIET_SECONDS) {
            player.play(probe);
            started = true;
            waitedSeconds = 0;
        } else if (started && waitedSeconds >= TAIL_SECONDS) {
            state = State.POINT;
        }
    }

    /**
     * The player heard it there.
     *
     * @param direction in world axes, of any length but 0
     * @return whether it was asked for: after a sound, once
     */
    boolean point(Vector3 direction) {
        if (state != State.POINT) {
            return false;
        }
        Vector3 head = toHead(front, direction);
        think(() -> {
            calibration.answer(head.x(), head.y(), head.z());
            return nextProbe();
        });
        return true;
    }

    /** Plays the probe that waits for an answer once more. @return whether one does */
    boolean repeat() {
        if (state != State.POINT) {
            return false;
        }
        hear();
        return true;
    }

    /** Takes the last answer back and plays its probe again. @return whether there is one, and nothing is being computed */
    boolean undo() {
        if ((state != State.POINT && state != State.PLAY) || progress.answers() == 0) {
            return false;
        }
        player.stop();
        think(() -> {
            calibration.undo();
            return nextProbe();
        });
        return true;
    }

    /** Ends the test: what was answered so far makes the result, which comes when the session is {@linkplain State#DONE done}. */
    void end() {
        if (ending || state == State.DONE) {
            return;
        }
        ending = true;
        player.stop();
        if (state != State.THINKING) {
            think(this::conclude);
        }
    }

    /** A direction in world axes, in head axes (x front, y left, z up) of the length that it has. */
    static Vector3 toHead(Pose head, Vector3 worldDirection) {
        Vector3 local = head.rotation().inverse().rotate(worldDirection);
        // A pose looks along −z, with +x to its right.
        return new Vector3(-local.z(), -local.x(), local.y());
    }

    /** A place around a head, in world axes. Azimuth is counter-clockwise from the front, elevation up. */
    static Vector3 toWorld(Pose head, double azimuthDegrees, double elevationDegrees, double distanceMeters) {
        double azimuth = Math.toRadians(azimuthDegrees);
        double elevation = Math.toRadians(elevationDegrees);
        return head.toWorld(new Vector3(-Math.sin(azimuth) * Math.cos(elevation), Math.sin(elevation), -Math.cos(azimuth) * Math.cos(elevation)).times(distanceMeters));
    }
}
