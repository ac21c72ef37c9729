package io.pinna.effect;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.internal.Check;
import io.pinna.internal.dsp.SincResampler;
import io.pinna.internal.hrtf.RoomResponse;
import io.pinna.internal.hrtf.SofaReader;
import io.pinna.internal.sound.ByteSource;
import io.pinna.internal.sound.SoundDecoder;
import io.pinna.internal.sound.SoundFiles;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The measured (or otherwise made) answer of a room to an impulse, for reverberation by convolution. From a sound file (WAV, FLAC or Ogg Vorbis; the content decides, not the name), a SOFA file, or samples. Any sample rate
 * from 1 kHz to 768 kHz is converted to the world's. At most {@value #LONGEST_SECONDS} s.
 *
 * <p>What the channels are is said, never guessed ({@link Layout}). Levels are the file's: a response of one sample of 1 passes the sound as it is. Immutable; made and asked on any thread but the audio thread.
 */
public final class ImpulseResponse {
    /** Of what a response may last. */
    public static final double LONGEST_SECONDS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(ImpulseResponse.class);
    private static final int PART = 4096;

    /** What the channels of a response are. */
    public enum Layout {
        /** One microphone. Both ears hear it; from 80 ms on their responses are made independent of each other, as in a diffuse field, where they are at all but low frequencies. */
        MONO,
        /** Two: the left and the right ear of a head, or a stereo recording to be heard as it is. It does not turn with the listener's head. */
        BINAURAL,
        /**
         * Ambisonics of order 1, 2 or 3: 4, 9 or 16 channels in the order ACN with the normalisation SN3D (AmbiX; Nachbar, Zotter, Deleflie and Sontacchi 2011). Heard from 8 directions, from order 2 on from 12; what order 3
         * has beyond order 2 is too fine for these and is left out.
         */
        AMBISONICS_SN3D,
        /** As above, with the normalisation N3D. */
        AMBISONICS_N3D,
        /** The B-format of order 1: W with a gain of 1/√2, X, Y, Z. */
        AMBISONICS_FUMA;

        /** The order of a number of channels; 0 for mono and binaural. −1 where the number does not fit. */
        int order(int channels) {
            return switch (this) {
                case MONO -> channels == 1 ? 0 : -1;
                case BINAURAL -> channels == 2 ? 0 : -1;
                case AMBISONICS_FUMA -> channels == 4 ? 1 : -1;
                default -> channels == 4 ? 1 : channels == 9 ? 2 : channels == 16 ? 3 : -1;
            };
        }

        String channelsAllowed() {
            return switch (this) {
                case MONO -> "1 channel";
                case BINAURAL -> "2 channels";
                case AMBISONICS_FUMA -> "4 channels";
                default -> "4, 9 or 16 channels";
            };
        }
    }

    private final String name;
    private final Layout layout;
    private final double sampleRateHz;
    private final float[][] channels;
    private final List<String> warnings;

    private ImpulseResponse(String name, Layout layout, double sampleRateHz, float[][] channels, List<String> warnings) {
        this.name = name;
        this.layout = layout;
        this.sampleRateHz = sampleRateHz;
        this.channels = channels;
        this.warnings = List.copyOf(warnings);
        this.warnings.forEach(w -> LOG.warn("{}: {}", name, w));
    }

    /**
     * Reads a sound file.
     *
     * @throws ResourceException if it is missing, of another format, corrupt, too long, silent, or has another number of channels than the layout
     */
    public static ImpulseResponse load(Path file, Layout layout) {
        Check.notNull(layout, "layout");
        return read(ByteSource.open(Check.notNull(file, "file")), layout);
    }

    /**
     * Reads a sound file from a stream, for example a resource in a jar. The stream is not closed.
     *
     * @param name for messages
     */
    public static ImpulseResponse load(String name, InputStream stream, Layout layout) {
        Check.notNull(layout, "layout");
        return read(ByteSource.readAll(Check.notBlank(name, "name"), Check.notNull(stream, "stream")), layout);
    }

    /**
     * One response of a SOFA file: SimpleFreeFieldHRIR, SingleRoomSRIR, SingleRoomDRIR, SingleRoomMIMOSRIR, MultiSpeakerBRIR, GeneralFIR or GeneralFIR-E with one receiver ({@link Layout#MONO}) or two
     * ({@link Layout#BINAURAL}).
     *
     * @param index from 0; where a measurement has several emitters (loudspeakers), measurement · emitters + emitter
     * @throws ResourceException if the file is missing, damaged, of another kind, too long, silent, or has no such response
     */
    public static ImpulseResponse loadSofa(Path file, int index) {
        Check.inRange(index, 0, Integer.MAX_VALUE, "index");
        return of(SofaReader.readRoom(Check.notNull(file, "file"), index, LONGEST_SECONDS));
    }

    /**
     * The response of a SOFA file whose source is nearest in angle to a direction from the listener, where the positions tell (one emitter in each measurement).
     *
     * @param azimuthDegrees   counter-clockwise from the front (−360 to 360)
     * @param elevationDegrees up (−90 to 90)
     * @throws ResourceException as above, or if the directions of the responses are not told apart
     */
    public static ImpulseResponse loadSofa(Path file, double azimuthDegrees, double elevationDegrees) {
        double azimuth = Math.toRadians(Check.inRange(azimuthDegrees, -360, 360, "azimuthDegrees"));
        double elevation = Math.toRadians(Check.inRange(elevationDegrees, -90, 90, "elevationDegrees"));
        double[] direction = {Math.cos(azimuth) * Math.cos(elevation), Math.sin(azimuth) * Math.cos(elevation), Math.sin(elevation)};
        return of(SofaReader.readRoom(Check.notNull(file, "file"), direction, LONGEST_SECONDS));
    }

    /**
     * A response from samples, which are copied.
     *
     * @param channels     as many as the layout has, all of the same length, finite
     * @param sampleRateHz 1000 to 768000
     */
    public static ImpulseResponse ofSamples(String name, float[][] channels, int sampleRateHz, Layout layout) {
        Check.notBlank(name, "name");
        Check.notNull(layout, "layout");
        Check.inRange(sampleRateHz, SoundFiles.LOWEST_RATE_HZ, SoundFiles.HIGHEST_RATE_HZ, "sampleRateHz");
        Check.notNull(channels, "channels");
        if (layout.order(channels.length) < 0) {
            throw new InvalidValueException("channels is " + channels.length + " arrays; " + layout + " has " + layout.channelsAllowed());
        }
        float[][] copy = new float[channels.length][];
        for (int c = 0; c < channels.length; c++) {
            copy[c] = Check.notNull(channels[c], "channel " + c).clone();
            Check.inRange(copy[c].length, 1, (int) (LONGEST_SECONDS * sampleRateHz), "number of samples");
            if (copy[c].length != copy[0].length) {
                throw new InvalidValueException("channel " + c + " has " + copy[c].length + " samples, channel 0 has " + copy[0].length + "; all must have as many");
            }
            for (float v : copy[c]) {
                Check.finite(v, "a sample of channel " + c);
            }
        }
        return new ImpulseResponse(name, layout, sampleRateHz, copy, List.of());
    }

    private static ImpulseResponse of(RoomResponse room) {
        return new ImpulseResponse(room.file() + " [" + room.index() + "]", room.channels().length == 1 ? Layout.MONO : Layout.BINAURAL, room.sampleRateHz(), room.channels(), room.notes());
    }

    private static ImpulseResponse read(ByteSource bytes, Layout layout) {
        String name = bytes.name();
        try (SoundDecoder decoder = SoundFiles.open(bytes)) {
            int count = decoder.channels();
            if (layout.order(count) < 0) {
                throw new ResourceException(name, "channels", "there are " + count + "; " + layout + " has " + layout.channelsAllowed());
            }
            int rate = decoder.sampleRateHz();
            if (decoder.frames() > LONGEST_SECONDS * rate) {
                throw new ResourceException(name, "length", (double) decoder.frames() / rate + " s; allowed are " + LONGEST_SECONDS + " s");
            }
            int frames = (int) decoder.frames();
            float[][] channels = new float[count][frames];
            float[] part = new float[PART * count];
            boolean silent = true;
            int done = 0;
            while (done < frames) {
                int n = decoder.read(part, 0, Math.min(PART, frames - done));
                if (n == 0) {
                    throw new ResourceException(name, "data", "ends at frame " + done + " of " + frames);
                }
                for (int i = 0; i < n * count; i++) {
                    if (!Float.isFinite(part[i])) {
                        throw new ResourceException(name, "data", "has the value " + part[i] + " in frame " + (done + i / count) + ", channel " + i % count + "; needed are finite numbers");
                    }
                    silent &= part[i] == 0;
                    channels[i % count][done + i / count] = part[i];
                }
                done += n;
            }
            if (silent) {
                throw new ResourceException(name, "data", "is silent: all its samples are zero");
            }
            return new ImpulseResponse(name, layout, rate, channels, new ArrayList<>(decoder.warnings()));
        }
    }

    /** The path or name it was made with; of a SOFA file with the number of the response. */
    public String name() {
        return name;
    }

    public Layout layout() {
        return layout;
    }

    public int channels() {
        return channels.length;
    }

    /** Of ambisonics 1 to 3, else 0. */
    public int order() {
        return layout.order(channels.length);
    }

    /** Of the file. */
    public double sampleRateHz() {
        return sampleRateHz;
    }

    public double durationSeconds() {
        return channels[0].length / sampleRateHz;
    }

    /** What was odd about the file but was coped with, each a sentence. */
    public List<String> warnings() {
        return warnings;
    }

    /**
     * A copy of the channels at a sample rate. Converted samples are scaled by the ratio of the rates, so that a convolution with them has the same gain at every rate.
     *
     * @param sampleRateHz 1000 to 768000
     */
    public float[][] samples(int sampleRateHz) {
        Check.inRange(sampleRateHz, SoundFiles.LOWEST_RATE_HZ, SoundFiles.HIGHEST_RATE_HZ, "sampleRateHz");
        float[][] result = new float[channels.length][];
        for (int c = 0; c < channels.length; c++) {
            if (sampleRateHz == this.sampleRateHz) {
                result[c] = channels[c].clone();
            } else {
                result[c] = SincResampler.of(this.sampleRateHz, sampleRateHz).resample(channels[c]);
                float gain = (float) (this.sampleRateHz / sampleRateHz);
                for (int i = 0; i < result[c].length; i++) {
                    result[c][i] *= gain;
                }
            }
        }
        return result;
    }

    @Override
    public String toString() {
        return "ImpulseResponse[" + name + ", " + layout + ", " + channels.length + " ch, " + sampleRateHz + " Hz, " + durationSeconds() + " s]";
    }
}
