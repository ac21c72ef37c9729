package io.pinna;

import io.pinna.internal.Check;
import io.pinna.internal.sound.ByteSource;
import io.pinna.internal.sound.DecodedInput;
import io.pinna.internal.sound.GeneratorSource;
import io.pinna.internal.sound.LoopedSamples;
import io.pinna.internal.sound.MemorySource;
import io.pinna.internal.sound.SampleSource;
import io.pinna.internal.sound.SoundDecoder;
import io.pinna.internal.sound.SoundFiles;
import io.pinna.internal.sound.StreamSource;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an emitter plays: a recording or a test signal, mono. One sound serves any number of emitters in any number of worlds; it may be made and asked on any thread (not the audio thread).
 *
 * <p>Files are Ogg Vorbis, WAV (PCM of 8, 16, 24 and 32 bits, float of 32 and 64 bits) or FLAC; the content decides, not the name. Any sample rate from 1 kHz to 768 kHz is converted to the
 * engine's (images below −90 dB). Channels of a stereo file, or of one with up to 8 channels, are mixed to their mean, with one warning, because a sound that has a place in the world has one
 * channel. Corrupt files are refused with a {@link ResourceException}; what can be played in spite of a flaw is, with an entry in {@link #warnings()}.
 */
public final class Sound {
    private static final Logger LOG = LoggerFactory.getLogger(Sound.class);

    private final String name;
    private int sampleRateHz;
    private int channels;
    private double durationSeconds;
    private final List<String> warnings = new CopyOnWriteArrayList<>();

    // One of the three.
    private float[] samples;
    private Supplier<SoundDecoder> stream;
    private SignalGenerator generator;

    private final Map<Integer, LoopedSamples> converted = new ConcurrentHashMap<>();
    private final Map<Integer, GeneratorSource> generated = new ConcurrentHashMap<>();

    private Sound(String name) {
        this.name = name;
    }

    /**
     * Reads and decodes a whole file: for sounds up to a minute or so, which then cost nothing while they play.
     *
     * @throws ResourceException     if the file is missing, of another format, corrupt, or too long for half of the heap
     * @throws InvalidValueException if the path is null
     */
    public static Sound load(Path path) {
        return decode(ByteSource.open(Check.notNull(path, "path")));
    }

    /**
     * Reads and decodes a whole stream, for example of a resource in a jar. The stream is not closed.
     *
     * @param name for messages
     */
    public static Sound load(String name, InputStream stream) {
        return decode(ByteSource.readAll(Check.notBlank(name, "name"), Check.notNull(stream, "stream")));
    }

    /**
     * Opens a file to be decoded in the background while it plays: for music and long ambience. It holds under two seconds of each player in memory (and the compressed bytes of a Vorbis file
     * once). The file is checked here: Vorbis entirely, of WAV and FLAC the header; a fault that shows later ends the sound with an entry in {@link #warnings()}.
     */
    public static Sound stream(Path path) {
        Sound sound = new Sound(Check.notNull(path, "path").toString());
        sound.stream = SoundFiles.reopenable(path, decoder -> {
            sound.describe(decoder);
            decoder.warnings().forEach(sound::warn);
            // Refuses what cannot be mixed, here instead of at the first emitter.
            DecodedInput.requireChannels(sound.name, decoder.channels());
        });
        return sound;
    }

    /**
     * A sound from samples, full scale ±1, which are copied. NaN and infinite ones become silence, with a warning.
     *
     * @param mono         at least one sample
     * @param sampleRateHz 1000 to 768000
     */
    public static Sound ofSamples(String name, float[] mono, int sampleRateHz) {
        Sound sound = new Sound(Check.notBlank(name, "name"));
        Check.inRange(Check.notNull(mono, "mono").length, 1, Integer.MAX_VALUE, "number of samples");
        sound.sampleRateHz = Check.inRange(sampleRateHz, SoundFiles.LOWEST_RATE_HZ, SoundFiles.HIGHEST_RATE_HZ, "sampleRateHz");
        sound.channels = 1;
        sound.durationSeconds = (double) mono.length / sampleRateHz;
        sound.samples = mono.clone();
        long bad = 0;
        for (int i = 0; i < mono.length; i++) {
            if (!Float.isFinite(mono[i])) {
                sound.samples[i] = 0;
                bad++;
            }
        }
        sound.warnNonFinite(bad);
        return sound;
    }

    /** A test signal. */
    public static Sound generator(SignalGenerator generator) {
        Sound sound = new Sound(Check.notNull(generator, "generator").toString());
        sound.generator = generator;
        sound.channels = 1;
        sound.durationSeconds = generator instanceof SignalGenerator.Impulse ? 1 : generator instanceof SignalGenerator.Sweep sweep ? sweep.seconds() : Double.POSITIVE_INFINITY;
        return sound;
    }

    private static Sound decode(ByteSource bytes) {
        Sound sound = new Sound(bytes.name());
        // A float a frame; half of the heap leaves room for the copy at the engine's rate.
        long mostFrames = Math.min(Integer.MAX_VALUE - 16, Runtime.getRuntime().maxMemory() / 2 / Float.BYTES);
        try (SoundDecoder decoder = SoundFiles.open(bytes)) {
            sound.describe(decoder);
            DecodedInput input = new DecodedInput(sound.name, decoder);
            sound.samples = input.readAll(sound.name, mostFrames);
            decoder.warnings().forEach(sound::warn);
            sound.warnNonFinite(input.nonFiniteSamples());
        }
        return sound;
    }

    private void describe(SoundDecoder decoder) {
        sampleRateHz = decoder.sampleRateHz();
        channels = decoder.channels();
        durationSeconds = (double) decoder.frames() / sampleRateHz;
        if (channels > 1) {
            warn((channels == 2 ? "stereo" : channels + " channels") + " downmixed to mono: a sound in the world has one channel, the mean of the file's " + channels);
        }
    }

    private void warnNonFinite(long count) {
        if (count > 0) {
            warn(count + (count == 1 ? " non-finite sample" : " non-finite samples") + " replaced by silence");
        }
    }

    private void warn(String text) {
        warnings.add(text);
        LOG.warn("{}: {}", name, text);
    }

    /** The path or name it was made with. */
    public String name() {
        return name;
    }

    /** Of the file; 0 for a test signal, which has the engine's. */
    public int sampleRateHz() {
        return sampleRateHz;
    }

    /** Of the file; what is played is mono. */
    public int channels() {
        return channels;
    }

    /** Of one pass; infinite for endless test signals. */
    public double durationSeconds() {
        return durationSeconds;
    }

    /** Whether it is decoded while it plays. */
    public boolean isStreamed() {
        return stream != null;
    }

    /** What was odd about the file but was coped with, each a sentence; a streamed sound may add to it while it plays. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /**
     * A source for one playing emitter. Not on the audio thread: the first call for a rate converts the sound to it; further calls share the result.
     *
     * @throws ResourceException     if a streamed file cannot be opened any more
     * @throws InvalidValueException if a test signal does not fit the rate
     */
    SampleSource open(int engineRateHz) {
        return open(engineRateHz, false);
    }

    /**
     * As above.
     *
     * @param looping whether reading will go on after the end; a streamed sound prepares its seam in advance (a wrong guess costs a moment of silence when it turns out)
     */
    SampleSource open(int engineRateHz, boolean looping) {
        if (generator != null) {
            return generated.computeIfAbsent(engineRateHz, rate -> GeneratorSource.of(generator, rate));
        }
        if (samples != null) {
            return new MemorySource(converted.computeIfAbsent(engineRateHz, rate -> new LoopedSamples(samples, sampleRateHz, rate)));
        }
        SoundDecoder decoder = stream.get();
        if (decoder.sampleRateHz() != sampleRateHz || decoder.channels() != channels) {
            decoder.close();
            throw new ResourceException(name, "file", "was replaced by one of another sample rate or number of channels");
        }
        return new StreamSource(new DecodedInput(name, decoder), sampleRateHz, engineRateHz, looping, this::warn);
    }

    @Override
    public String toString() {
        return "Sound[" + name + ", " + (generator != null ? "generated" : sampleRateHz + " Hz, " + channels + " ch, " + durationSeconds + " s" + (stream != null ? ", streamed" : "")) + "]";
    }
}
