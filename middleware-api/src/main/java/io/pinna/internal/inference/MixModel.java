package io.pinna.internal.inference;

import io.pinna.InferenceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file with a mix graph.
 *
 * @param name  of the file, for messages
 * @param bytes what it holds
 */
public record MixModel(String name, byte[] bytes) {
    /** Of the graph that reads filters from tables. */
    public static final String TABLES = "binaural-mix.onnx";
    /** Of the graph that makes filters of fields. */
    public static final String FIELDS = "binaural-mix-field.onnx";
    private static final String FOLDER = "/io/pinna/assets/models/";

    /** @throws InferenceException if it is missing or cannot be read */
    public static MixModel read(Optional<Path> file) {
        return file.isPresent() ? read(file.get()) : builtIn(TABLES);
    }

    private static MixModel read(Path file) {
        try {
            return new MixModel(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new InferenceException("the model file " + file + " cannot be read: " + e + "; give an ONNX file with the mix graph's signature, or none for the built-in one", e);
        }
    }

    /**
     * One that comes with the engine.
     *
     * @throws InferenceException if it is not on the class path
     */
    public static MixModel builtIn(String name) {
        try (InputStream in = MixModel.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new InferenceException("the model file " + FOLDER + name + " is not on the class path; add the artifact pinna-assets");
            }
            return new MixModel(name, in.readAllBytes());
        } catch (IOException e) {
            throw new InferenceException("the model file " + FOLDER + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
