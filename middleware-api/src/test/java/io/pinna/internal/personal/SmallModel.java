package io.pinna.internal.personal;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** The small model of random numbers that {@code assets/training/tests/make_personal_reference.py} wrote, and others that differ from it in some files. */
final class SmallModel {
    final Map<String, byte[]> files = new LinkedHashMap<>();

    SmallModel() {
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(resource("small-model.npz")))) {
            for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
                files.put(e.getName(), zip.readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] resource(String name) {
        try (InputStream in = SmallModel.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static NpyArchive vectors() {
        return new NpyArchive("completion.npz", resource("completion.npz"));
    }

    SmallModel with(String group, String field, double value) {
        try {
            ObjectMapper mapper = new ObjectMapper();
            ObjectNode json = (ObjectNode) mapper.readTree(files.get("model.json"));
            (group == null ? json : (ObjectNode) json.get(group)).put(field, value);
            files.put("model.json", mapper.writeValueAsBytes(json));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> e : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(e.getKey()));
                zip.write(e.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    PersonalModel model() {
        return new PersonalModel("small.npz", bytes());
    }
}
