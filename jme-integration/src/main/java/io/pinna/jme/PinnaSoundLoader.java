package io.pinna.jme;

import com.jme3.asset.AssetInfo;
import com.jme3.asset.AssetLoadException;
import com.jme3.asset.AssetLoader;
import com.jme3.asset.AssetManager;
import io.pinna.ResourceException;
import io.pinna.Sound;
import java.io.IOException;
import java.io.InputStream;

/**
 * Loads what {@link PinnaSoundKey} names: OGG/Vorbis, WAV, and whatever else {@link Sound#load(String, InputStream)} reads, told by the content. {@link SpatialAudioState} registers it; an
 * application that loads sounds earlier calls {@link #register}.
 */
public final class PinnaSoundLoader implements AssetLoader {
    /** Makes an asset manager know {@link PinnaSoundKey}. Doing it again does no harm. */
    public static void register(AssetManager assets) {
        Require.notNull(assets, "assets").registerLoader(PinnaSoundLoader.class, PinnaSoundKey.LOADER_EXTENSION);
    }

    /**
     * @throws AssetLoadException if the file is not a sound that can be read; its cause is the {@link ResourceException} that says why
     * @throws IOException        if it cannot be opened
     */
    @Override
    public Sound load(AssetInfo info) throws IOException {
        String name = info.getKey().getName();
        try (InputStream in = info.openStream()) {
            return Sound.load(name, in);
        } catch (ResourceException e) {
            throw new AssetLoadException(e.getMessage(), e);
        }
    }
}
