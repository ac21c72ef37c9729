package io.pinna;

import io.pinna.acoustics.AcousticsSettings;
import io.pinna.effect.LimiterSettings;
import io.pinna.internal.Check;

/**
 * Everything that is fixed when a world opens. Start from {@link #REAL_TIME} or {@link #OFFLINE} and change what differs.
 *
 * @param mode         who drives the audio: a thread at the pace of a device, or calls of {@link SoundWorld#advance}
 * @param sampleRateHz frames per second of the whole engine (8000 to 192000)
 * @param blockFrames  frames a block (64 to 1024)
 * @param queueBlocks  the most blocks queued in a pacing device (1 to 16)
 * @param maxListeners capacity (1 to 256)
 * @param maxEmitters  capacity, playing or not (1 to 65536)
 * @param maxVoices    emitters that are rendered at once (1 to 4096); beyond them the least important go on silently
 * @param maxFilterTaps longest filter that a listener's profile may bring, in samples (256 to 16384); it sizes what a voice remembers
 * @param acoustics    what the scene does to sound
 * @param limiter      the end of each listener's mix
 * @param inference    where networks run, and whether they carry the mix
 */
public record SoundWorldSettings(Mode mode, int sampleRateHz, int blockFrames, int queueBlocks, int maxListeners, int maxEmitters, int maxVoices,
                                 int maxFilterTaps, AcousticsSettings acoustics, LimiterSettings limiter, InferenceSettings inference) {
    /** Who drives the audio. */
    public enum Mode {
        /** An audio thread, at the pace of the first listener's device. */
        REAL_TIME,
        /** Calls of {@link SoundWorld#advance} on the owner's thread; deterministic, as fast as the machine allows. */
        OFFLINE
    }

    /** State is kept for each pair of listener and emitter. */
    private static final int MAX_PAIRS = 1 << 18;

    /** 48 kHz, 256-frame blocks, 3 of them queued, 4 listeners, 1024 emitters, 64 voices. */
    public static final SoundWorldSettings REAL_TIME =
            new SoundWorldSettings(Mode.REAL_TIME, 48000, 256, 3, 4, 1024, 64, 2048, AcousticsSettings.DEFAULT, LimiterSettings.DEFAULT, InferenceSettings.DEFAULT);
    /** The same, offline. */
    public static final SoundWorldSettings OFFLINE = REAL_TIME.withMode(Mode.OFFLINE);

    public SoundWorldSettings {
        Check.notNull(mode, "mode");
        Check.inRange(sampleRateHz, 8000, 192000, "sampleRateHz");
        Check.inRange(blockFrames, 64, 1024, "blockFrames");
        Check.inRange(queueBlocks, 1, 16, "queueBlocks");
        Check.inRange(maxListeners, 1, 256, "maxListeners");
        Check.inRange(maxEmitters, 1, 65536, "maxEmitters");
        Check.inRange(maxVoices, 1, 4096, "maxVoices");
        Check.inRange(maxFilterTaps, 256, 16384, "maxFilterTaps");
        if ((long) maxListeners * maxEmitters > MAX_PAIRS) {
            throw new InvalidValueException("maxListeners × maxEmitters is " + (long) maxListeners * maxEmitters + "; allowed are " + MAX_PAIRS + " pairs");
        }
        Check.notNull(acoustics, "acoustics");
        Check.notNull(limiter, "limiter");
        Check.notNull(inference, "inference");
    }

    public SoundWorldSettings withMode(Mode value) {
        return new SoundWorldSettings(value, sampleRateHz, blockFrames, queueBlocks, maxListeners, maxEmitters, maxVoices, maxFilterTaps, acoustics, limiter, inference);
    }

    public SoundWorldSettings withSampleRateHz(int value) {
        return new SoundWorldSettings(mode, value, blockFrames, queueBlocks, maxListeners, maxEmitters, maxVoices, maxFilterTaps, acoustics, limiter, inference);
    }

    public SoundWorldSettings withBlockFrames(int value) {
        return new SoundWorldSettings(mode, sampleRateHz, value, queueBlocks, maxListeners, maxEmitters, maxVoices, maxFilterTaps, acoustics, limiter, inference);
    }

    public SoundWorldSettings withQueueBlocks(int value) {
        return new SoundWorldSettings(mode, sampleRateHz, blockFrames, value, maxListeners, maxEmitters, maxVoices, maxFilterTaps, acoustics, limiter, inference);
    }

    public SoundWorldSettings withCapacity(int listeners, int emitters, int voices) {
        return new SoundWorldSettings(mode, sampleRateHz, blockFrames, queueBlocks, listeners, emitters, voices, maxFilterTaps, acoustics, limiter, inference);
    }

    public SoundWorldSettings withMaxFilterTaps(int value) {
        return new SoundWorldSettings(mode, sampleRateHz, blockFrames, queueBlocks, maxListeners, maxEmitters, maxVoices, value, acoustics, limiter, inference);
    }

    public SoundWorldSettings withAcoustics(AcousticsSettings value) {
        return new SoundWorldSettings(mode, sampleRateHz, blockFrames, queueBlocks, maxListeners, maxEmitters, maxVoices, maxFilterTaps, value, limiter, inference);
    }

    public SoundWorldSettings withLimiter(LimiterSettings value) {
        return new SoundWorldSettings(mode, sampleRateHz, blockFrames, queueBlocks, maxListeners, maxEmitters, maxVoices, maxFilterTaps, acoustics, value, inference);
    }

    public SoundWorldSettings withInference(InferenceSettings value) {
        return new SoundWorldSettings(mode, sampleRateHz, blockFrames, queueBlocks, maxListeners, maxEmitters, maxVoices, maxFilterTaps, acoustics, limiter, value);
    }
}
