package io.pinna.jme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.jme3.asset.AssetKey;
import com.jme3.asset.AssetLoadException;
import com.jme3.asset.AssetManager;
import com.jme3.asset.AssetNotFoundException;
import com.jme3.asset.DesktopAssetManager;
import com.jme3.asset.plugins.FileLocator;
import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.Sound;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class PinnaSoundLoaderTest {
    @TempDir
    private Path folder;
    private AssetManager assets;

    @BeforeEach
    void locate() {
        assets = new DesktopAssetManager();
        assets.registerLocator(folder.toString(), FileLocator.class);
        PinnaSoundLoader.register(assets);
        PinnaSoundLoader.register(assets);
    }

    private void writeWav(String name, int frames) throws IOException {
        ByteBuffer wav = ByteBuffer.allocate(44 + 2 * frames).order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 2 * frames).put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        wav.putShort((short) 1).putShort((short) 1).putInt(24000).putInt(48000).putShort((short) 2).putShort((short) 16);
        wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(2 * frames);
        for (int i = 0; i < frames; i++) {
            wav.putShort((short) (1000 * Math.sin(i * 0.1)));
        }
        Files.write(folder.resolve(name), wav.array());
    }

    @Test
    void assetsBecomeSoundsAndAreShared() throws IOException {
        writeWav("drip.wav", 12000);
        Sound sound = assets.loadAsset(new PinnaSoundKey("drip.wav"));
        assertEquals(0.5, sound.durationSeconds(), 1e-9);
        assertEquals(24000, sound.sampleRateHz());
        assertEquals("drip.wav", sound.name());
        assertSame(sound, assets.loadAsset(new PinnaSoundKey("drip.wav")));
    }

    @Test
    void damagedFilesFailWithTheReason() throws IOException {
        Files.write(folder.resolve("noise.ogg"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        AssetLoadException e = assertThrows(AssetLoadException.class, () -> assets.loadAsset(new PinnaSoundKey("noise.ogg")));
        ResourceException cause = assertInstanceOf(ResourceException.class, e.getCause());
        assertTrue(cause.resource().contains("noise.ogg"), cause.getMessage());
        assertThrows(AssetNotFoundException.class, () -> assets.loadAsset(new PinnaSoundKey("missing.ogg")));
    }

    @Test
    void keysAreEqualByNameAmongThemselvesOnly() {
        assertEquals(new PinnaSoundKey("a.ogg"), new PinnaSoundKey("a.ogg"));
        assertEquals(new PinnaSoundKey("a.ogg").hashCode(), new PinnaSoundKey("a.ogg").hashCode());
        assertNotEquals(new PinnaSoundKey("a.ogg"), new PinnaSoundKey("b.ogg"));
        assertNotEquals(new PinnaSoundKey("a.ogg"), new AssetKey<>("a.ogg"));
        assertThrows(InvalidValueException.class, () -> new PinnaSoundKey(" "));
    }
}
