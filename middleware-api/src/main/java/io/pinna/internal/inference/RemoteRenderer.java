package io.pinna.internal.inference;

import io.pinna.internal.render.BlockRenderer;
import io.pinna.internal.render.ListenerMix;
import java.util.List;

/** Renders blocks on the inference thread, for the mixes that it was made for. Made, used and closed by one thread. */
public interface RemoteRenderer extends BlockRenderer, AutoCloseable {
    /** For reports: what renders, and where. */
    String describe();

    @Override
    void close();

    /** Makes renderers. */
    interface Factory {
        /**
         * A renderer that is ready for blocks of these mixes, warmed up. Their tables are full.
         *
         * @throws io.pinna.PinnaException if it cannot be made
         */
        RemoteRenderer prepare(List<ListenerMix> mixes);

        /** For reports: what its renderers run on, and why. */
        String describe();
    }
}
