package io.pinna.internal.render;

import io.pinna.acoustics.AcousticsSettings;
import io.pinna.internal.RealTime;
import io.pinna.internal.dsp.FractionalReader;
import io.pinna.internal.snapshot.SceneFrame;

/**
 * The rendering side of a playback: the last samples of its sound, as each listener receives them, apart from what is made of them. Without Doppler and delay all listeners share one lane; with them each has its
 * own, because each hears the sound at another speed. Audio thread; allocates only in its constructor.
 */
@RealTime
final class Voice {
    /** Beyond this the Doppler formula stands for supersonic motion, and the pitch stays put. */
    private static final double MOST_RATIO = 4;
    /** Metres per second; far beyond what the ratio lets through. */
    private static final double MOST_SPEED = 1e6;
    /** How fast the delay that is heard follows the delay that is. */
    private static final double DELAY_FOLLOW_SECONDS = 0.02;
    /** A delay that changes by more than this between two blocks is a teleport: it fades over instead of whistling. */
    private static final double JUMP_SECONDS = 0.02;
    /** How fast the velocity that foretells the delay follows the emitter's: a path with corners must not make the delay step. */
    private static final double VELOCITY_FOLLOW_SECONDS = 0.2;

    private final RenderPlan plan;
    private final Lane[] lanes;
    private final boolean perListener;
    Playback playback;
    /** No block has been rendered yet. */
    boolean fresh;
    /** A fresh voice that begins in the middle of its sound fades in: the sound itself, since it reaches the ears later than any fade of its filters. */
    private boolean fadeIn;
    boolean missed;
    /** Counts its starts, so that one run is told from the next. */
    long run;

    /** The newest samples as one listener, or all of them, receive them. */
    private static final class Lane {
        final History history;
        /** Whether it holds anything but silence. */
        boolean begun;
        /** Samples since the last one that was not zero. */
        int quiet;

        Lane(RenderPlan plan) {
            history = new History(plan.historyFrames(), plan.blockFrames());
        }

        void clear() {
            history.clear();
            begun = false;
            quiet = 1 << 30;
        }
    }

    Voice(RenderPlan plan) {
        this.plan = plan;
        perListener = plan.lanePerListener();
        lanes = new Lane[perListener ? plan.listeners() : 1];
        for (int l = 0; l < lanes.length; l++) {
            lanes[l] = new Lane(plan);
        }
    }

    void start(Playback p) {
        playback = p;
        run++;
        fresh = true;
        missed = false;
        fadeIn = p.cursor > 0;
        p.velocityKnown = false;
        for (Lane lane : lanes) {
            lane.clear();
        }
    }

    /** A listener has left: one that takes its place does not hear what it heard last. */
    void forget(int listener) {
        if (perListener) {
            lanes[listener].clear();
        }
    }

    private Lane lane(int listener) {
        return lanes[perListener ? listener : 0];
    }

    /** Whether two listeners receive the same samples. */
    boolean isShared() {
        return !perListener;
    }

    boolean isSilent(int listener) {
        return lane(listener).quiet >= plan.quietFrames();
    }

    /** The samples as a listener receives them. */
    History history(int listener) {
        return lane(listener).history;
    }

    /** Reads the next block of every lane and moves the playback on. */
    void advance(SceneFrame scene, boolean[] listenerActive) {
        Playback p = playback;
        int slot = p.slot;
        // One whose emitter is gone fades out as it was; what the scene holds is another emitter's.
        boolean own = scene.emitterGeneration[slot] == p.generation;
        double target = own ? scene.emitterPitch[slot] : p.rate;
        if (!p.rateKnown) {
            p.rate = target;
            p.rateKnown = true;
        }
        int block = plan.blockFrames();
        double slope = (target - p.rate) / block;
        p.loop(own ? scene.emitterLooping[slot] : p.looping);
        if (perListener) {
            followVelocity(scene, p, own);
            for (int l = 0; l < lanes.length; l++) {
                if (listenerActive[l]) {
                    advanceLane(scene, l, p, slope, own);
                }
            }
        } else {
            fill(lanes[0], p, p.cursor, p.rate, slope, p.end);
        }
        p.cursor += block * p.rate + slope * block * (block - 1) / 2;
        p.rate = target;
    }

    private void advanceLane(SceneFrame scene, int l, Playback p, double slope, boolean own) {
        int block = plan.blockFrames();
        double fs = plan.sampleRateHz();
        AcousticsSettings acoustics = plan.acoustics();
        boolean goesOn = !own && p.laneKnown[l];
        double speedRatio = goesOn ? p.laneRatio[l] : acoustics.doppler() ? dopplerRatio(scene, l, p.slot) : 1;
        double wanted = goesOn ? p.laneDelay[l] : acoustics.propagationDelay() ? delaySeconds(scene, l, p) * fs : 0;
        if (!p.laneKnown[l]) {
            p.laneBias[l] = 0;
            p.laneEnd[l] = p.end;
            p.laneKnown[l] = true;
            p.laneRatio[l] = speedRatio;
            p.laneDelay[l] = wanted;
            p.laneOffset[l] = -wanted * p.rate;
        }
        double ratio = speedRatio;
        boolean jump = false;
        if (acoustics.propagationDelay()) {
            wanted -= goesOn ? 0 : p.laneBias[l];
            double error = wanted - p.laneDelay[l];
            jump = Math.abs(error) > JUMP_SECONDS * fs || !acoustics.doppler() && Math.abs(error) > 0.5;
            if (!jump && acoustics.doppler()) {
                ratio -= error * (1 - Math.exp(-block / (DELAY_FOLLOW_SECONDS * fs))) / block;
                ratio = Math.max(1 / MOST_RATIO, Math.min(MOST_RATIO, ratio));
            }
        }
        double startRate = p.rate * p.laneRatio[l];
        double endRate = (p.rate + slope * block) * ratio;
        double laneSlope = (endRate - startRate) / block;
        double from = p.cursor + p.laneOffset[l];
        double laneAdvance = block * startRate + laneSlope * block * (block - 1) / 2;
        double behind = p.farthest - p.source.rememberedFrames() + laneAdvance - from;
        if (jump) {
            double moved = (p.laneDelay[l] - wanted) * p.rate;
            fill(lane(l), p, from, startRate, laneSlope, p.laneEnd[l]);
            crossFadeTo(lane(l), p, from + moved, startRate, laneSlope, p.laneEnd[l]);
            p.laneOffset[l] += moved;
            p.laneDelay[l] = wanted;
        } else if (behind > 0) {
            // The stream is about to forget what this listener would hear next, because another is ahead of it: this one catches up by half of what is remembered.
            double moved = Math.rint(behind + p.source.rememberedFrames() / 2.0);
            fill(lane(l), p, from, startRate, laneSlope, p.laneEnd[l]);
            crossFadeTo(lane(l), p, from + moved, startRate, laneSlope, p.laneEnd[l]);
            p.laneOffset[l] += moved;
            double earlier = moved / Math.max(1e-3, p.rate);
            p.laneDelay[l] -= earlier;
            p.laneBias[l] += earlier;
        } else {
            fill(lane(l), p, from, startRate, laneSlope, p.laneEnd[l]);
        }
        p.farthest = Math.max(p.farthest, p.cursor + p.laneOffset[l] + laneAdvance);
        double baseAdvance = block * p.rate + slope * block * (block - 1) / 2;
        p.laneOffset[l] += laneAdvance - baseAdvance;
        p.laneDelay[l] += (baseAdvance - laneAdvance) / Math.max(1e-3, p.rate);
        p.laneRatio[l] = ratio;
    }

    /** Velocities of half the speed of sound and more come from emitters that are put elsewhere, and foretell nothing. */
    private void followVelocity(SceneFrame s, Playback p, boolean own) {
        if (!own || !plan.acoustics().doppler()) {
            return;
        }
        double vx = s.emitterVelocity[3 * p.slot];
        double vy = s.emitterVelocity[3 * p.slot + 1];
        double vz = s.emitterVelocity[3 * p.slot + 2];
        if (vx * vx + vy * vy + vz * vz > 0.25 * AcousticsSettings.SPEED_OF_SOUND * AcousticsSettings.SPEED_OF_SOUND) {
            return;
        }
        double f = p.velocityKnown ? 1 - Math.exp(-plan.blockFrames() / (VELOCITY_FOLLOW_SECONDS * plan.sampleRateHz())) : 1;
        p.velocityX += f * (vx - p.velocityX);
        p.velocityY += f * (vy - p.velocityY);
        p.velocityZ += f * (vz - p.velocityZ);
        p.velocityKnown = true;
    }

    /**
     * How long what is heard now was on its way: with p from the listener to the emitter, which moves at v, the τ of |p − v·τ| = c·τ. Its derivative is the Doppler formula below; |p| / c alone would
     * give 1 + v/c for an approaching emitter in place of 1 / (1 − v/c).
     */
    private double delaySeconds(SceneFrame s, int l, Playback playback) {
        double c = AcousticsSettings.SPEED_OF_SOUND;
        double distance = s.distance(l, playback.slot);
        if (!playback.velocityKnown) {
            return distance / c;
        }
        int e = playback.slot;
        double vx = playback.velocityX;
        double vy = playback.velocityY;
        double vz = playback.velocityZ;
        double along = (s.emitterPosition[3 * e] - s.listenerPosition[3 * l]) * vx + (s.emitterPosition[3 * e + 1] - s.listenerPosition[3 * l + 1]) * vy
                + (s.emitterPosition[3 * e + 2] - s.listenerPosition[3 * l + 2]) * vz;
        double slack = c * c - (vx * vx + vy * vy + vz * vz);
        return (Math.sqrt(along * along + slack * distance * distance) - along) / slack;
    }

    /** f' / f = (c + v_listener) / (c − v_emitter), speeds taken along the line between the two, positive towards the other. */
    private double dopplerRatio(SceneFrame s, int l, int e) {
        // Of the block's end, to which the speed glides: the positions are those of its beginning.
        double block = plan.blockFrames() / (double) plan.sampleRateHz();
        double dx = s.emitterPosition[3 * e] - s.listenerPosition[3 * l] + block * (s.emitterVelocity[3 * e] - s.listenerVelocity[3 * l]);
        double dy = s.emitterPosition[3 * e + 1] - s.listenerPosition[3 * l + 1] + block * (s.emitterVelocity[3 * e + 1] - s.listenerVelocity[3 * l + 1]);
        double dz = s.emitterPosition[3 * e + 2] - s.listenerPosition[3 * l + 2] + block * (s.emitterVelocity[3 * e + 2] - s.listenerVelocity[3 * l + 2]);
        double d = Math.sqrt(dx * dx + dy * dy + dz * dz);
        // A velocity without bounds gives none; neither does being at the same place.
        if (!(d >= 1e-3 && d < Double.POSITIVE_INFINITY)) {
            return 1;
        }
        dx /= d;
        dy /= d;
        dz /= d;
        double listener = dx * s.listenerVelocity[3 * l] + dy * s.listenerVelocity[3 * l + 1] + dz * s.listenerVelocity[3 * l + 2];
        double emitter = -(dx * s.emitterVelocity[3 * e] + dy * s.emitterVelocity[3 * e + 1] + dz * s.emitterVelocity[3 * e + 2]);
        double c = AcousticsSettings.SPEED_OF_SOUND;
        // Bounded, so that no velocity, however absurd, makes infinity over infinity.
        listener = Math.max(-MOST_SPEED, Math.min(MOST_SPEED, listener));
        emitter = Math.max(-MOST_SPEED, Math.min(MOST_SPEED, emitter));
        double ratio = (c + listener) / Math.max(c / MOST_RATIO, c - emitter);
        return Math.max(1 / MOST_RATIO, Math.min(MOST_RATIO, ratio));
    }

    /** Appends the next block. */
    private void fill(Lane lane, Playback p, double position, double rate, double slope, long end) {
        int block = plan.blockFrames();
        if (plan.longestUsed() == 0) {
            return;
        }
        boolean fades = !lane.begun && (fadeIn || !fresh);
        lane.begun = true;
        lane.history.advance(block);
        float[] h = lane.history.samples();
        int newest = lane.history.end();
        int at = newest - block;
        readBlock(p, position, rate, slope, end, h, at);
        int lastLoud = -1;
        if (!plan.kernels().isFinite(h, at, newest)) {
            java.util.Arrays.fill(h, at, newest, 0);
            missed = true;
        }
        for (int i = 0; fades && i < block; i++) {
            h[at + i] *= (i + 1f) / block;
        }
        for (int i = block - 1; i >= 0 && lastLoud < 0; i--) {
            if (h[at + i] != 0) {
                lastLoud = i;
            }
        }
        lane.quiet = lastLoud >= 0 ? block - 1 - lastLoud : Math.min(1 << 30, lane.quiet + block);
    }

    private void crossFadeTo(Lane lane, Playback p, double position, double rate, double slope, long end) {
        int block = plan.blockFrames();
        float[] other = plan.scratch();
        readBlock(p, position, rate, slope, end, other, 0);
        int at = lane.history.end() - block;
        float[] h = lane.history.samples();
        if (plan.longestUsed() == 0) {
            return;
        }
        for (int i = 0; i < block; i++) {
            float f = (i + 1f) / block;
            h[at + i] += f * (other[i] - h[at + i]);
        }
        lane.quiet = 0;
    }

    private void readBlock(Playback p, double position, double rate, double slope, long end, float[] out, int offset) {
        int block = plan.blockFrames();
        if (rate == 1 && slope == 0 && position == Math.rint(position)) {
            read(p, (long) position, out, offset, block, end);
            return;
        }
        double last = position + (block - 1) * rate + slope * (block - 1.0) * (block - 2.0) / 2;
        int margin = FractionalReader.margin(Math.max(rate, rate + slope * block));
        long first = (long) Math.floor(Math.min(position, last)) - margin;
        float[] window = plan.window();
        int count = (int) Math.min(window.length, (long) Math.floor(Math.max(position, last)) + margin + 2 - first);
        read(p, first, window, 0, count, end);
        plan.reader().read(window, 0, position - first, rate, slope, out, offset, block);
    }

    private static void read(Playback p, long first, float[] out, int offset, int count, long end) {
        if (p.looping || end <= p.source.frames()) {
            p.source.read(first, out, offset, count, p.looping);
            return;
        }
        // It loops no more, but the pass that it is in is a later one: it goes on to that one's end.
        int n = (int) Math.max(0, Math.min(count, end - first));
        if (n > 0) {
            p.source.read(first, out, offset, n, true);
        }
        java.util.Arrays.fill(out, offset + n, offset + count, 0);
    }

    /** Whether all that this voice will ever say has been said: past its end in every lane, and the history run out. */
    boolean isSpent(boolean[] listenerActive) {
        Playback p = playback;
        if (p.looping || p.source.frames() == Long.MAX_VALUE) {
            return false;
        }
        if (!perListener) {
            return p.cursor >= p.end && isSilent(0);
        }
        for (int l = 0; l < lanes.length; l++) {
            if (listenerActive[l] && (p.cursor + p.laneOffset[l] < p.laneEnd[l] || !isSilent(l))) {
                return false;
            }
        }
        return p.cursor >= p.end;
    }
}
