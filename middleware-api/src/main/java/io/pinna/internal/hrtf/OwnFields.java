package io.pinna.internal.hrtf;

import io.pinna.InferenceException;
import io.pinna.hrtf.HrtfField;
import io.pinna.hrtf.HrtfInfo;
import io.pinna.internal.Check;
import java.util.List;
import java.util.Locale;

/** Makes sources of fields that somebody else wrote: checks what they say, lets one call in at a time, and names them where they fail. Any thread but the audio thread. */
public final class OwnFields {
    private static final int MIN_RATE_HZ = 8000;
    private static final int MAX_RATE_HZ = 192000;
    public static final int MIN_BINS = 9;
    public static final int MAX_BINS = 32769;
    public static final int MIN_TAPS = 16;
    public static final int MAX_TAPS = 32768;
    public static final double LEAST_MAX_ITD_SECONDS = 1e-4;
    public static final double MOST_MAX_ITD_SECONDS = 3e-3;
    private static final double DISTANCE_METERS = 1;

    private OwnFields() {
    }

    /**
     * @param owned whether the source closes the field
     * @throws io.pinna.InvalidValueException if what the field says of itself is out of range
     * @throws InferenceException             if it fails in a direction that is asked for now: some of those of a {@link HrtfField.Spectra}, all of those of a {@link HrtfField.Responses}
     * @throws io.pinna.ResourceException     if no filters can be made of its responses
     */
    public static HrtfSource source(HrtfField field, int engineRateHz, boolean owned) {
        try {
            Check.inRange(field.sampleRateHz(), MIN_RATE_HZ, MAX_RATE_HZ, "sampleRateHz of the HRTF field " + field.name());
            if (field instanceof HrtfField.Spectra spectra) {
                return new FieldHrtf(new OwnSpectra(spectra, owned), engineRateHz);
            }
            HrtfSource source = MeasuredHrtf.build(sample((HrtfField.Responses) field), engineRateHz);
            if (owned) {
                field.close();
            }
            return source;
        } catch (RuntimeException | Error e) {
            if (owned) {
                field.close();
            }
            throw e;
        }
    }

    /** The field as a set that was measured in the directions of {@link FieldHrtf#sphere}. */
    private static HrirSet sample(HrtfField.Responses field) {
        int taps = Check.inRange(field.taps(), MIN_TAPS, MAX_TAPS, "taps of the HRTF field " + field.name());
        DelaunaySphere sphere = FieldHrtf.sphere();
        int count = sphere.vertexCount();
        float[] responses = new float[Math.toIntExact(2L * count * taps)];
        double[] directions = new double[3 * count];
        double[] distances = new double[count];
        float[] asked = new float[3 * HrtfField.MAX_DIRECTIONS];
        float[] answered = new float[2 * HrtfField.MAX_DIRECTIONS * taps];
        for (int from = 0; from < count; from += HrtfField.MAX_DIRECTIONS) {
            int n = Math.min(HrtfField.MAX_DIRECTIONS, count - from);
            for (int i = 0; i < 3 * n; i++) {
                asked[i] = sphere.coordinate(from + i / 3, i % 3);
                directions[3 * from + i] = asked[i];
            }
            // What it leaves out is found out below.
            java.util.Arrays.fill(answered, Float.NaN);
            try {
                synchronized (field) {
                    field.evaluate(asked, n, answered);
                }
            } catch (InferenceException e) {
                throw e;
            } catch (RuntimeException | Error e) {
                // Somebody else's code: an assertion or an overflow of its stack must not end the thread that asks.
                throw failed(field, e);
            }
            for (int i = 0; i < 2 * n * taps; i++) {
                if (!Float.isFinite(answered[i])) {
                    throw new InferenceException("the HRTF field " + field.name() + " answers " + answered[i] + " at sample " + i % taps + " of the " + ear(i / taps) + " ear "
                            + towards(asked, i / (2 * taps)) + "; all values must be finite");
                }
            }
            System.arraycopy(answered, 0, responses, 2 * from * taps, 2 * n * taps);
        }
        java.util.Arrays.fill(distances, DISTANCE_METERS);
        return new HrirSet(field.name(), "HrtfField", "", field.name(), "", field.listener(), field.licence(), field.sampleRateHz(), taps, responses, new double[2 * count], directions, distances,
                HrtfInfo.Delays.NONE, List.of());
    }

    private static InferenceException failed(HrtfField field, Throwable e) {
        return new InferenceException("the HRTF field " + field.name() + " failed: " + e, e);
    }

    private static String ear(int row) {
        return row % 2 == 0 ? "left" : "right";
    }

    private static String towards(float[] directionXyz, int i) {
        return String.format(Locale.ROOT, "in the direction (%.3f, %.3f, %.3f)", directionXyz[3 * i], directionXyz[3 * i + 1], directionXyz[3 * i + 2]);
    }

    /** Equal to no other. */
    private static final class Alone implements SpectrumField.Group {
        @Override
        public void evaluate(List<SpectrumField.Request> requests) {
            SpectrumField.Group.ONE_BY_ONE.evaluate(requests);
        }
    }

    /** Magnitudes and delay of somebody else's field. */
    private static final class OwnSpectra implements SpectrumField {
        private final HrtfField.Spectra field;
        private final boolean owned;
        private final int rateHz;
        private final int bins;
        private final double maxDelay;
        /** Of its own, so that no other listener waits for an answer in the same call. */
        private final Group group = new Alone();

        OwnSpectra(HrtfField.Spectra field, boolean owned) {
            this.field = field;
            this.owned = owned;
            rateHz = field.sampleRateHz();
            bins = Check.inRange(field.bins(), MIN_BINS, MAX_BINS, "bins of the HRTF field " + field.name());
            maxDelay = Check.inRange(field.maxInterauralDelaySeconds(), LEAST_MAX_ITD_SECONDS, MOST_MAX_ITD_SECONDS, "maxInterauralDelaySeconds of the HRTF field " + field.name());
        }

        @Override
        public int sampleRateHz() {
            return rateHz;
        }

        @Override
        public int fftSize() {
            return 2 * (bins - 1);
        }

        @Override
        public double maxInterauralDelaySeconds() {
            return maxDelay;
        }

        @Override
        public void evaluate(float[] directionXyz, int count, float[] magnitudeDb, float[] itdSeconds) {
            java.util.Arrays.fill(magnitudeDb, 0, count * 2 * bins, Float.NaN);
            java.util.Arrays.fill(itdSeconds, 0, count, Float.NaN);
            try {
                synchronized (field) {
                    field.evaluate(directionXyz, count, magnitudeDb, itdSeconds);
                }
            } catch (InferenceException e) {
                throw e;
            } catch (RuntimeException | Error e) {
                // Somebody else's code: an assertion or an overflow of its stack must not end the thread that asks.
                throw failed(field, e);
            }
            for (int i = 0; i < count * 2 * bins; i++) {
                if (!Float.isFinite(magnitudeDb[i])) {
                    throw new InferenceException("the HRTF field " + field.name() + " answers " + magnitudeDb[i] + " dB at bin " + i % bins + " of the " + ear(i / bins) + " ear "
                            + towards(directionXyz, i / (2 * bins)) + "; all values must be finite");
                }
            }
            for (int i = 0; i < count; i++) {
                if (!(Math.abs(itdSeconds[i]) <= maxDelay)) {
                    throw new InferenceException("the HRTF field " + field.name() + " answers an interaural delay of " + itdSeconds[i] + " s " + towards(directionXyz, i) + "; allowed is its "
                            + "maxInterauralDelaySeconds, ±" + maxDelay);
                }
            }
        }

        @Override
        public Group group() {
            return group;
        }

        @Override
        public void close() {
            if (owned) {
                field.close();
            }
        }
    }
}
