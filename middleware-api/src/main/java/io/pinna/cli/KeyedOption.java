package io.pinna.cli;

import io.pinna.InferenceProvider;
import io.pinna.InferenceSettings;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Enumerations on command lines: in small letters, with hyphens. */
final class KeyedOption {
    private KeyedOption() {
    }

    /** As a command line writes it. */
    static String key(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <E extends Enum<E>> E parse(Class<E> type, String text) {
        for (E value : type.getEnumConstants()) {
            if (key(value).equalsIgnoreCase(text.strip())) {
                return value;
            }
        }
        throw new TypeConversionException("\"" + text + "\" is none of " + Stream.of(type.getEnumConstants()).map(KeyedOption::key).collect(Collectors.joining(", ")) + ".");
    }

    /** {@code audio-thread} and the others. */
    static final class Mix implements ITypeConverter<InferenceSettings.Mix> {
        @Override
        public InferenceSettings.Mix convert(String text) {
            return parse(InferenceSettings.Mix.class, text);
        }
    }

    /** {@code cuda} and the others. */
    static final class Provider implements ITypeConverter<InferenceProvider> {
        @Override
        public InferenceProvider convert(String text) {
            return parse(InferenceProvider.class, text);
        }
    }

    /** {@code openal-full} and the others. */
    static final class Renderer implements ITypeConverter<BenchRenderer> {
        @Override
        public BenchRenderer convert(String text) {
            return parse(BenchRenderer.class, text);
        }
    }
}
