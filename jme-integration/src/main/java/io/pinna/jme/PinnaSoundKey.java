package io.pinna.jme;

import com.jme3.asset.AssetKey;
import com.jme3.asset.cache.AssetCache;
import com.jme3.asset.cache.WeakRefAssetCache;
import com.jme3.export.JmeImporter;
import io.pinna.Sound;
import java.io.IOException;

/**
 * Names a sound among the application's assets: {@code assetManager.loadAsset(new PinnaSoundKey("Sounds/drip.ogg"))} gives an {@link Sound}, decoded into memory. Keys of the same name share
 * one sound while anyone uses it. jME's own loaders of "ogg" and "wav" are not touched: this key brings an extension of its own.
 */
public final class PinnaSoundKey extends AssetKey<Sound> {
    /** The extension under which {@link PinnaSoundLoader} is registered; names of files keep theirs. */
    static final String LOADER_EXTENSION = "pinna-sound";

    /** @param name as the asset manager's locators find it, such as "Sounds/drip.ogg" */
    public PinnaSoundKey(String name) {
        super(Require.notBlank(name, "name"));
        extension = LOADER_EXTENSION;
    }

    /** For jME's importers. */
    public PinnaSoundKey() {
        extension = LOADER_EXTENSION;
    }

    /** A sound is immutable, so all users may share it. */
    @Override
    public Class<? extends AssetCache> getCacheType() {
        return WeakRefAssetCache.class;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PinnaSoundKey key && name.equals(key.name);
    }

    /** Differs from that of another key of this name, which stands for another asset. */
    @Override
    public int hashCode() {
        return 31 * name.hashCode() + LOADER_EXTENSION.hashCode();
    }

    @Override
    public void read(JmeImporter importer) throws IOException {
        super.read(importer);
        extension = LOADER_EXTENSION;
    }
}
