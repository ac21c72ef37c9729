package io.pinna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class AssetManifestTest {
    private static final String FOLDER = "/io/pinna/assets/";

    @Test
    void everyAssetIsThereAsListedWithALicenceAndARecipe() throws IOException, NoSuchAlgorithmException {
        JsonNode manifest = new ObjectMapper().readTree(read("MANIFEST.json"));
        assertTrue(manifest.size() > 20, manifest.size() + " assets");
        for (JsonNode asset : manifest) {
            String file = asset.get("file").asText();
            byte[] bytes = read(file);
            assertEquals(asset.get("bytes").asInt(), bytes.length, file);
            assertEquals(asset.get("sha256").asText(), HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)), file);
            for (String field : new String[] {"licence", "attribution", "recipe"}) {
                assertFalse(asset.get(field).asText().isBlank(), file + " has no " + field);
            }
        }
    }

    private static byte[] read(String file) throws IOException {
        try (InputStream in = AssetManifestTest.class.getResourceAsStream(FOLDER + file)) {
            assertNotNull(in, file);
            return in.readAllBytes();
        }
    }
}
