package io.pinna.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.ResourceException;
import io.pinna.internal.InputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON strictly, for the commands: every fault is a {@link ResourceException} that names the file and the JSON path, such as {@code emitters[0].path[1].yaw}. The whole document has the path "{@value #ROOT}".
 */
public final class JsonReader {
    /** How messages call the document as a whole. */
    static final String ROOT = "document";
    /** A scene of ten thousand emitters with a keyframe a block has a few megabytes; beyond this it is not a scene. */
    private static final int MOST_BYTES = 256 << 20;

    private JsonReader() {
    }

    /** @throws ResourceException if the file cannot be read, or is not one JSON object */
    public static Fields read(Path file) {
        return parse(file.toString(), InputFile.read(file, "a JSON file", MOST_BYTES));
    }

    static Fields parse(String file, byte[] bytes) {
        // NaN and infinities are let through here so that they are refused later with the path and the range of their field.
        JsonFactory factory = JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
        ObjectMapper mapper = new ObjectMapper(factory).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        try (JsonParser parser = factory.createParser(bytes)) {
            parser.setCodec(mapper);
            try {
                if (parser.nextToken() == null) {
                    throw new ResourceException(file, ROOT, "is empty; it must be a JSON object");
                }
                JsonNode tree = mapper.readTree(parser);
                JsonToken next = parser.nextToken();
                if (next != null) {
                    throw new ResourceException(file, ROOT, "something follows the end of the JSON object at " + place(parser));
                }
                return new Fields(file, "", tree);
            } catch (JsonProcessingException e) {
                String reason = e.getOriginalMessage();
                int end = reason.indexOf('\n');
                throw new ResourceException(file, path(parser.getParsingContext().pathAsPointer()),
                        "is not valid JSON: " + (end < 0 ? reason : reason.substring(0, end)) + ", at " + place(parser), e);
            }
        } catch (IOException e) {
            throw new ResourceException(file, "file", "cannot be read: " + e.getMessage(), e);
        }
    }

    private static String place(JsonParser parser) {
        var at = parser.currentLocation();
        return "line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    private static String path(JsonPointer pointer) {
        StringBuilder path = new StringBuilder();
        for (JsonPointer p = pointer; p != null && !p.matches(); p = p.tail()) {
            if (p.getMatchingIndex() >= 0) {
                path.append('[').append(p.getMatchingIndex()).append(']');
            } else if (!p.getMatchingProperty().isEmpty()) {
                path.append(path.length() == 0 ? "" : ".").append(p.getMatchingProperty());
            }
        }
        return path.length() == 0 ? ROOT : path.toString();
    }

    /** A JSON object whose fields are asked for by name and type. */
    public static final class Fields {
        private final String file;
        private final String path;
        private final JsonNode node;

        private Fields(String file, String path, JsonNode node) {
            this.file = file;
            this.path = path;
            this.node = node;
            if (!node.isObject()) {
                throw new ResourceException(file, path.isEmpty() ? ROOT : path, "is " + kind(node) + "; it must be an object");
            }
        }

        public String file() {
            return file;
        }

        public String path() {
            return path;
        }

        /** The JSON path of a field. */
        public String path(String field) {
            return path.isEmpty() ? field : path + "." + field;
        }

        public ResourceException fault(String field, String reason) {
            return new ResourceException(file, field.isEmpty() ? (path.isEmpty() ? ROOT : path) : path(field), reason);
        }

        /** Refuses fields of other names. */
        public Fields only(String... names) {
            List<String> known = Arrays.asList(names);
            node.fieldNames().forEachRemaining(field -> {
                if (!known.contains(field)) {
                    throw fault(printable(field), "is not a field of this object; known are " + String.join(", ", known));
                }
            });
            return this;
        }

        public boolean has(String field) {
            return node.has(field);
        }

        private JsonNode need(String field) {
            JsonNode value = node.get(field);
            if (value == null) {
                throw fault(field, "is missing");
            }
            return value;
        }

        /** A finite number between two bounds, both allowed. */
        public double number(String field, double lowest, double highest) {
            return number(need(field), path(field), lowest, highest);
        }

        double number(String field, double lowest, double highest, double otherwise) {
            return has(field) ? number(field, lowest, highest) : otherwise;
        }

        private double number(JsonNode value, String where, double lowest, double highest) {
            if (!value.isNumber()) {
                throw new ResourceException(file, where, "is " + kind(value) + "; it must be a number");
            }
            double number = value.doubleValue();
            if (!Double.isFinite(number)) {
                throw new ResourceException(file, where, "is " + shown(value) + "; it must be a finite number");
            }
            if (number < lowest || number > highest) {
                throw new ResourceException(file, where, "is " + shown(value) + "; allowed is " + plain(lowest) + " to " + plain(highest));
            }
            return number;
        }

        /** A whole number; 48000.0 is one. */
        public long whole(String field, long lowest, long highest, long otherwise) {
            if (!has(field)) {
                return otherwise;
            }
            double value = number(field, lowest, highest);
            if (value != Math.rint(value)) {
                throw fault(field, "is " + shown(node.get(field)) + "; it must be a whole number");
            }
            return (long) value;
        }

        boolean flag(String field, boolean otherwise) {
            if (!has(field)) {
                return otherwise;
            }
            JsonNode value = node.get(field);
            if (!value.isBoolean()) {
                throw fault(field, "is " + kind(value) + "; it must be true or false");
            }
            return value.booleanValue();
        }

        /** A text that is not blank. */
        public String text(String field) {
            return text(need(field), path(field));
        }

        String text(String field, String otherwise) {
            return has(field) ? text(field) : otherwise;
        }

        private String text(JsonNode value, String where) {
            if (!value.isTextual()) {
                throw new ResourceException(file, where, "is " + kind(value) + "; it must be a text");
            }
            if (value.textValue().isBlank()) {
                throw new ResourceException(file, where, "is blank");
            }
            return value.textValue();
        }

        /** One of some words. */
        public String choice(String field, String otherwise, List<String> words) {
            String word = text(field, otherwise);
            if (!words.contains(word)) {
                throw fault(field, "is \"" + printable(word) + "\"; it must be one of " + String.join(", ", words));
            }
            return word;
        }

        /** So many finite numbers between two bounds. */
        public double[] numbers(String field, int count, double lowest, double highest) {
            JsonNode value = need(field);
            if (!value.isArray()) {
                throw fault(field, "is " + kind(value) + "; it must be an array of " + count + " numbers");
            }
            if (value.size() != count) {
                throw fault(field, "has " + value.size() + " elements; it must have " + count);
            }
            double[] numbers = new double[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = number(value.get(i), path(field) + "[" + i + "]", lowest, highest);
            }
            return numbers;
        }

        /**
         * The points of a curve: an array of arrays [key, value], or, where there may be several, [key, [value, …]]. Keys must increase from point to point.
         *
         * @param most   points at most; there must be one at least
         * @param values how many values a point may have in place of one; 1: no more than one
         * @return for each point its key, and then one value, or so many
         */
        public double[][] points(String field, int most, double lowestKey, double highestKey, double lowestValue, double highestValue, int values) {
            JsonNode given = need(field);
            if (!given.isArray()) {
                throw fault(field, "is " + kind(given) + "; it must be an array of points");
            }
            if (given.size() < 1 || given.size() > most) {
                throw fault(field, "has " + given.size() + " points; it must have 1 to " + most);
            }
            double[][] points = new double[given.size()][];
            for (int i = 0; i < points.length; i++) {
                JsonNode point = given.get(i);
                String where = path(field) + "[" + i + "]";
                if (!point.isArray()) {
                    throw new ResourceException(file, where, "is " + kind(point) + "; it must be an array of two");
                }
                if (point.size() != 2) {
                    throw new ResourceException(file, where, "has " + point.size() + " elements; it must have 2");
                }
                double key = number(point.get(0), where + "[0]", lowestKey, highestKey);
                if (i > 0 && !(key > points[i - 1][0])) {
                    throw new ResourceException(file, where + "[0]", "is " + shown(point.get(0)) + "; it must be more than that of the point before (" + points[i - 1][0] + ")");
                }
                JsonNode value = point.get(1);
                boolean several = values > 1 && value.isArray();
                if (several && value.size() != values) {
                    throw new ResourceException(file, where + "[1]", "has " + value.size() + " elements; it must have " + values + ", or be one number");
                }
                points[i] = new double[1 + (several ? values : 1)];
                points[i][0] = key;
                for (int v = 1; v < points[i].length; v++) {
                    points[i][v] = number(several ? value.get(v - 1) : value, where + "[1]" + (several ? "[" + (v - 1) + "]" : ""), lowestValue, highestValue);
                }
            }
            return points;
        }

        boolean isText(String field) {
            return need(field).isTextual();
        }

        public Fields object(String field) {
            return new Fields(file, path(field), need(field));
        }

        /** The objects of an array; none if it is not there. */
        public List<Fields> objects(String field) {
            List<Fields> objects = new ArrayList<>();
            if (has(field)) {
                JsonNode value = node.get(field);
                if (!value.isArray()) {
                    throw fault(field, "is " + kind(value) + "; it must be an array of objects");
                }
                for (int i = 0; i < value.size(); i++) {
                    objects.add(new Fields(file, path(field) + "[" + i + "]", value.get(i)));
                }
            }
            return objects;
        }

        /** The names of all fields, for objects whose names are data. */
        public List<String> names() {
            Map<String, Boolean> names = new LinkedHashMap<>();
            node.fieldNames().forEachRemaining(name -> names.put(name, true));
            return List.copyOf(names.keySet());
        }

        private static String plain(double bound) {
            return bound == Math.rint(bound) && Math.abs(bound) < 1e15 ? Long.toString((long) bound) : Double.toString(bound);
        }

        private static String shown(JsonNode value) {
            return printable(value.asText());
        }

        private static String kind(JsonNode value) {
            return switch (value.getNodeType()) {
                case ARRAY -> "an array";
                case OBJECT -> "an object";
                case STRING -> "the text \"" + printable(value.textValue()) + "\"";
                case BOOLEAN -> value.asText();
                case NULL -> "null";
                case NUMBER -> "the number " + shown(value);
                default -> "of an unknown kind";
            };
        }

        /** What goes into a one-line message: no control characters, not endless. */
        private static String printable(String text) {
            StringBuilder s = new StringBuilder();
            for (int i = 0; i < text.length() && i < 60; i++) {
                s.append(Character.isISOControl(text.charAt(i)) ? '?' : text.charAt(i));
            }
            return text.length() > 60 ? s.append('…').toString() : s.toString();
        }
    }
}
