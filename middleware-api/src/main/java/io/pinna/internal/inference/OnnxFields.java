package io.pinna.internal.inference;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.pinna.InferenceException;
import io.pinna.ResourceException;
import io.pinna.hrtf.HrtfField;
import io.pinna.internal.hrtf.OwnFields;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** Fields from ONNX files: see {@link HrtfField#load}. Any thread but the audio thread. */
public final class OnnxFields {
    private static final String DIRECTION = "direction";
    private static final String MAGNITUDE = "magnitude_db";
    private static final String DELAY = "itd_seconds";
    private static final String RESPONSES = "hrir";
    private static final String RATE = "sampleRateHz";
    private static final String MAX_DELAY = "maxInterauralDelaySeconds";
    private static final int MOST_ROWS = 4096;

    private OnnxFields() {
    }

    /** As {@link HrtfField#load}. */
    public static HrtfField load(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ResourceException(file.toString(), "file", Files.isDirectory(file) ? "is a folder; give an ONNX file" : "does not exist");
        }
        Model model = new Model(file);
        try {
            return model.hasResponses ? new OnnxResponses(model) : new OnnxSpectra(model);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** The session of one file, and what its signature comes to. */
    private static final class Model {
        final Path file;
        final boolean hasResponses;
        final int sampleRateHz;
        final double maxDelaySeconds;
        final String name;
        final String listener;
        final String licence;
        private final OrtEnvironment environment = OnnxRuntime.environment();
        private final OrtSession session;
        /** N where the model fixes it, or −1. */
        private final int rows;
        private final ReentrantLock lock = new ReentrantLock();
        private volatile boolean closing;
        private boolean closed;

        Model(Path file) {
            this.file = file;
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                OnnxRuntime.sparing(options);
                options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
                session = environment.createSession(file.toString(), options);
            } catch (OrtException e) {
                throw new ResourceException(file.toString(), "file", "ONNX Runtime refuses it: " + e.getMessage(), e);
            }
            try {
                Map<String, NodeInfo> inputs = session.getInputInfo();
                if (!inputs.keySet().equals(Set.of(DIRECTION))) {
                    throw fault(DIRECTION, "must be the only input; the model has " + inputs.keySet());
                }
                rows = (int) shape(inputs, DIRECTION, -1, 3)[0];
                if (rows > MOST_ROWS || rows == 0) {
                    throw fault(DIRECTION, "has a fixed number of " + rows + " directions; allowed are 1 to " + MOST_ROWS + ", or a free number");
                }
                Map<String, NodeInfo> outputs = session.getOutputInfo();
                hasResponses = outputs.containsKey(RESPONSES);
                boolean hasSpectra = outputs.containsKey(MAGNITUDE) || outputs.containsKey(DELAY);
                if (hasResponses == hasSpectra) {
                    throw fault("outputs", "are " + outputs.keySet() + "; allowed are either " + MAGNITUDE + " and " + DELAY + ", or " + RESPONSES);
                }
                if (hasResponses) {
                    shape(outputs, RESPONSES, rows, 2, -1);
                } else {
                    shape(outputs, MAGNITUDE, rows, 2, -1);
                    shape(outputs, DELAY, rows);
                }
                Map<String, String> metadata = session.getMetadata().getCustomMetadata();
                sampleRateHz = (int) number(metadata, RATE, 8000, 192000, Double.NaN);
                if (sampleRateHz != number(metadata, RATE, 8000, 192000, Double.NaN)) {
                    throw fault(RATE, "is " + metadata.get(RATE) + " in the metadata; a whole number is allowed");
                }
                maxDelaySeconds = number(metadata, MAX_DELAY, OwnFields.LEAST_MAX_ITD_SECONDS, OwnFields.MOST_MAX_ITD_SECONDS, 1e-3);
                String named = metadata.getOrDefault("name", "").strip();
                name = named.isEmpty() ? String.valueOf(file.getFileName()) : named;
                listener = metadata.getOrDefault("listener", "");
                licence = metadata.getOrDefault("licence", "");
            } catch (OrtException e) {
                close();
                throw new ResourceException(file.toString(), "file", "ONNX Runtime cannot read its signature: " + e.getMessage(), e);
            } catch (RuntimeException | Error e) {
                close();
                throw e;
            }
        }

        private ResourceException fault(String field, String reason) {
            return new ResourceException(file.toString(), field, reason);
        }

        /** @param allowed −1: any, or known only when the model runs */
        private long[] shape(Map<String, NodeInfo> infos, String tensor, long... allowed) {
            NodeInfo info = infos.get(tensor);
            if (info == null) {
                throw fault(tensor, "is not there; the model has " + infos.keySet());
            }
            long[] actual = info.getInfo() instanceof TensorInfo t && t.type == OnnxJavaType.FLOAT ? t.getShape() : new long[0];
            boolean fits = actual.length == allowed.length;
            for (int i = 0; fits && i < actual.length; i++) {
                fits = allowed[i] < 0 || actual[i] < 0 || actual[i] == allowed[i];
            }
            if (!fits) {
                throw fault(tensor, "is " + OnnxRuntime.text(info) + "; allowed is float32 of the shape " + Arrays.toString(allowed) + " (-1: any)");
            }
            return actual;
        }

        private double number(Map<String, String> metadata, String key, double least, double most, double otherwise) {
            String text = metadata.get(key);
            if (text == null) {
                if (Double.isNaN(otherwise)) {
                    throw fault(key, "is not in the model's metadata, which has " + metadata.keySet() + "; give it as a number, " + least + " to " + most);
                }
                return otherwise;
            }
            double value;
            try {
                value = Double.parseDouble(text.strip());
            } catch (NumberFormatException e) {
                value = Double.NaN;
            }
            if (!(value >= least && value <= most)) {
                throw fault(key, "is \"" + text + "\" in the metadata; allowed are numbers from " + least + " to " + most);
            }
            return value;
        }

        /** The last dimension of an output, found out by asking for the front, since a model need not say it. */
        int size(String tensor, int least, int most) {
            long[][] shapes = new long[1][];
            run(new float[] {1, 0, 0}, 1, (n, result) -> shapes[0] = ((TensorInfo) result.get(tensor).orElseThrow().getInfo()).getShape());
            long[] shape = shapes[0];
            int asked = rows < 0 ? 1 : rows;
            if (shape.length != 3 || shape[0] != asked || shape[1] != 2 || shape[2] < least || shape[2] > most) {
                throw fault(tensor, "comes out as " + Arrays.toString(shape) + " for " + asked + " direction" + (asked == 1 ? "" : "s") + "; allowed is [" + asked + ", 2, " + least + " to " + most + "]");
            }
            return (int) shape[2];
        }

        /** Takes the outputs for some directions. */
        private interface Taker {
            /** @param from the first direction of this call */
            void take(int from, OrtSession.Result result) throws OrtException;
        }

        void run(float[] directionXyz, int count, Taker taker) {
            lock.lock();
            try {
                if (closing) {
                    throw new InferenceException("the HRTF field " + name + " (" + file + ") is closed");
                }
                int step = rows < 0 ? count : rows;
                for (int from = 0; from < count; from += step) {
                    float[] asked = new float[3 * step];
                    for (int i = 0; i < asked.length; i++) {
                        // A model of a fixed size gets the last direction several times.
                        asked[i] = directionXyz[3 * Math.min(from + i / 3, count - 1) + i % 3];
                    }
                    try (OnnxTensor direction = OnnxTensor.createTensor(environment, FloatBuffer.wrap(asked), new long[] {step, 3}); OrtSession.Result result = session.run(Map.of(DIRECTION, direction))) {
                        taker.take(from, result);
                    }
                }
            } catch (OrtException | ClassCastException | java.util.NoSuchElementException e) {
                throw new InferenceException("the HRTF field " + name + " (" + file + ") failed: " + e.getMessage(), e);
            } finally {
                lock.unlock();
                if (closing) {
                    close();
                }
            }
        }

        /** Copies an output whose rows are values of one direction each. */
        void copy(OrtSession.Result result, String tensor, int from, int count, int rowLength, float[] to) {
            FloatBuffer values = ((OnnxTensor) result.get(tensor).orElseThrow()).getFloatBuffer();
            int step = rows < 0 ? count : rows;
            if (values.remaining() != step * rowLength) {
                throw new InferenceException("the HRTF field " + name + " (" + file + ") answers " + values.remaining() + " values of " + tensor + " for " + step + " directions; it must be " + step * rowLength);
            }
            values.get(to, from * rowLength, Math.min(step, count - from) * rowLength);
        }

        void close() {
            closing = true;
            // Whoever is in a call closes it afterwards; a model that never answers shall not hold up its owner.
            if (lock.tryLock()) {
                try {
                    end();
                } finally {
                    lock.unlock();
                }
            }
        }

        private void end() {
            if (!closed) {
                closed = true;
                try {
                    session.close();
                } catch (OrtException e) {
                    throw new InferenceException("the HRTF field of " + file + " could not be closed: " + e.getMessage(), e);
                }
            }
        }
    }

    /** What both forms have of {@link HrtfField}. */
    private abstract static class Loaded {
        final Model model;

        Loaded(Model model) {
            this.model = model;
        }

        public String name() {
            return model.name;
        }

        public int sampleRateHz() {
            return model.sampleRateHz;
        }

        public String listener() {
            return model.listener;
        }

        public String licence() {
            return model.licence;
        }

        public void close() {
            model.close();
        }
    }

    private static final class OnnxSpectra extends Loaded implements HrtfField.Spectra {
        private final int bins;

        OnnxSpectra(Model model) {
            super(model);
            bins = model.size(MAGNITUDE, OwnFields.MIN_BINS, OwnFields.MAX_BINS);
            evaluate(new float[] {1, 0, 0}, 1, new float[2 * bins], new float[1]);
        }

        @Override
        public int bins() {
            return bins;
        }

        @Override
        public double maxInterauralDelaySeconds() {
            return model.maxDelaySeconds;
        }

        @Override
        public void evaluate(float[] directionXyz, int count, float[] magnitudeDb, float[] itdSeconds) {
            model.run(directionXyz, count, (from, result) -> {
                model.copy(result, MAGNITUDE, from, count, 2 * bins, magnitudeDb);
                model.copy(result, DELAY, from, count, 1, itdSeconds);
            });
        }
    }

    private static final class OnnxResponses extends Loaded implements HrtfField.Responses {
        private final int taps;

        OnnxResponses(Model model) {
            super(model);
            taps = model.size(RESPONSES, OwnFields.MIN_TAPS, OwnFields.MAX_TAPS);
        }

        @Override
        public int taps() {
            return taps;
        }

        @Override
        public void evaluate(float[] directionXyz, int count, float[] responses) {
            model.run(directionXyz, count, (from, result) -> model.copy(result, RESPONSES, from, count, 2 * taps, responses));
        }
    }
}
