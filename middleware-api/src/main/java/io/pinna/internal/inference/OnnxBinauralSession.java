package io.pinna.internal.inference;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.pinna.InferenceException;
import io.pinna.InferenceProvider;
import io.pinna.hrtf.BinauralModel;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An ONNX binaural model at work for one listener. Tensors lie in direct memory, and are made once for a few numbers of voices, up to which a batch is filled by silence; each has been run before the first block. A run allocates
 * what ONNX Runtime's call does. Synchronized, so that it is not closed within a run.
 */
final class OnnxBinauralSession implements BinauralModel.Session {
    private static final int EARS = 2;
    private static final int POSE_VALUES = 8;
    /** Where silence is: straight ahead at 1 m. */
    private static final float[] FRONT = {1, 0, 0, 1, 1, 0, 0, 1};

    private final OrtEnvironment environment = OnnxRuntime.environment();
    private final OnnxBinauralModel model;
    private final OrtSession session;
    private final List<AutoCloseable> owned = new ArrayList<>();
    private final int[] sizes;
    private final List<Map<String, OnnxTensor>> inputs = new ArrayList<>();
    private final List<Map<String, OnnxTensor>> outputs = new ArrayList<>();
    private final int blockFrames;
    private final int audioFrames;
    private final int stateValues;
    private final float[] silence;
    private final FloatBuffer audio;
    private final FloatBuffer pose;
    private final FloatBuffer stateIn;
    private final FloatBuffer stateOut;
    private final FloatBuffer binaural;
    /** By the number of the voice. */
    private final float[][] states;
    private final String provider;
    private String reason;

    /** @param state dimensions of a voice's state; null if it has none */
    OnnxBinauralSession(OnnxBinauralModel model, long[] state, BinauralModel.Setup setup, InferenceProvider on) {
        this.model = model;
        provider = InferenceProviders.text(on);
        reason = provider;
        blockFrames = setup.blockFrames();
        audioFrames = Math.addExact(model.lookBackFrames(), blockFrames);
        stateValues = state == null ? 0 : (int) Arrays.stream(state).reduce(1, Math::multiplyExact);
        sizes = model.batch() < 0 ? MixGraph.sizesUpTo(setup.maxVoices()) : new int[] {Math.toIntExact(model.batch())};
        int most = sizes[sizes.length - 1];
        long values = (long) most * Math.max(audioFrames, Math.max(EARS * blockFrames, stateValues));
        if (values > Integer.MAX_VALUE / Float.BYTES) {
            throw new InferenceException("the binaural model " + model.file() + " needs a tensor of " + values + " values for " + most + " voices; " + Integer.MAX_VALUE / Float.BYTES
                    + " are allowed: lower maxVoices of the world's settings, or the model's look-back");
        }
        silence = new float[Math.max(audioFrames, stateValues)];
        states = new float[state == null ? 0 : setup.maxVoices()][stateValues];
        try (OrtSession.SessionOptions options = InferenceProviders.options(on)) {
            session = environment.createSession(model.file().toString(), options);
        } catch (OrtException | LinkageError e) {
            throw new InferenceException("ONNX Runtime refuses the binaural model " + model.file() + " on " + provider + ": " + e.getMessage(), e);
        }
        owned.add(session);
        try {
            audio = floats(most, audioFrames);
            pose = floats(most, POSE_VALUES);
            binaural = floats(most, EARS * blockFrames);
            stateIn = floats(most, stateValues);
            stateOut = floats(most, stateValues);
            for (int size : sizes) {
                Map<String, OnnxTensor> in = new HashMap<>();
                Map<String, OnnxTensor> out = new HashMap<>();
                in.put(OnnxBinauralModel.AUDIO, tensor(audio, size, audioFrames));
                in.put(OnnxBinauralModel.POSE, tensor(pose, size, 2, POSE_VALUES / 2));
                out.put(OnnxBinauralModel.BINAURAL, tensor(binaural, size, EARS, blockFrames));
                if (state != null) {
                    long[] shape = new long[state.length + 1];
                    shape[0] = size;
                    System.arraycopy(state, 0, shape, 1, state.length);
                    in.put(OnnxBinauralModel.STATE, tensor(stateIn, shape));
                    out.put(OnnxBinauralModel.STATE_OUT, tensor(stateOut, shape));
                }
                inputs.add(in);
                outputs.add(out);
            }
            warmUp();
        } catch (OrtException e) {
            close();
            throw failed(e);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private InferenceException failed(OrtException e) {
        return new InferenceException("ONNX Runtime failed on the binaural model " + model.file() + " on " + provider + ": " + e.getMessage(), e);
    }

    private static FloatBuffer floats(int voices, int values) {
        return MixTensor.direct(Math.multiplyExact(voices, values));
    }

    private OnnxTensor tensor(FloatBuffer memory, long... shape) throws OrtException {
        OnnxTensor tensor = OnnxTensor.createTensor(environment, memory.slice(0, (int) Arrays.stream(shape).reduce(1, Math::multiplyExact)), shape);
        owned.add(tensor);
        return tensor;
    }

    /** Silence must make no sound that is not finite, in any size. */
    private void warmUp() throws OrtException {
        for (int s = 0; s < sizes.length; s++) {
            for (int v = 0; v < sizes[s]; v++) {
                beSilent(v);
            }
            session.run(inputs.get(s), outputs.get(s)).close();
            for (int i = 0; i < sizes[s] * EARS * blockFrames; i++) {
                if (!Float.isFinite(binaural.get(i))) {
                    throw new InferenceException("the binaural model " + model.file() + " makes " + binaural.get(i) + " of silence from the front; its output must be finite");
                }
            }
        }
    }

    private void beSilent(int v) {
        audio.put(v * audioFrames, silence, 0, audioFrames);
        pose.put(v * POSE_VALUES, FRONT);
        stateIn.put(v * stateValues, silence, 0, stateValues);
    }

    /** Says why it runs where it does. */
    void reason(String value) {
        reason = value;
    }

    @Override
    public String describe() {
        return reason;
    }

    @Override
    public synchronized void reset(int voice) {
        if (stateValues > 0) {
            Arrays.fill(states[voice], 0);
        }
    }

    @Override
    public synchronized void render(BinauralModel.Batch batch) {
        int largest = sizes[sizes.length - 1];
        for (int first = 0; first < batch.voices(); first += largest) {
            run(batch, first, Math.min(largest, batch.voices() - first));
        }
    }

    private void run(BinauralModel.Batch batch, int first, int count) {
        int s = 0;
        while (sizes[s] < count) {
            s++;
        }
        for (int v = 0; v < count; v++) {
            audio.put(v * audioFrames, batch.audio(first + v), 0, audioFrames);
            pose.put(v * POSE_VALUES, batch.pose(first + v), 0, POSE_VALUES);
            if (stateValues > 0) {
                stateIn.put(v * stateValues, states[batch.voice(first + v)]);
            }
        }
        for (int v = count; v < sizes[s]; v++) {
            beSilent(v);
        }
        try {
            session.run(inputs.get(s), outputs.get(s)).close();
        } catch (OrtException e) {
            throw failed(e);
        }
        for (int v = 0; v < count; v++) {
            binaural.get(v * EARS * blockFrames, batch.left(first + v), 0, blockFrames);
            binaural.get((v * EARS + 1) * blockFrames, batch.right(first + v), 0, blockFrames);
            if (stateValues > 0) {
                stateOut.get(v * stateValues, states[batch.voice(first + v)]);
            }
        }
    }

    @Override
    public synchronized void close() {
        for (int i = owned.size() - 1; i >= 0; i--) {
            try {
                owned.get(i).close();
            } catch (Exception e) {
                throw new InferenceException("ONNX Runtime cannot release the binaural model " + model.file() + ": " + e.getMessage(), e);
            }
        }
        owned.clear();
    }
}
