package io.pinna.demo;

import com.jme3.math.ColorRGBA;
import com.jme3.scene.Geometry;

/** Gives the level's geometry its looks. The headless tour uses {@link #NONE}: what is not seen needs no textures. Update thread. */
interface Dressing {
    Dressing NONE = new Dressing() {
        @Override
        public void surface(Geometry geometry, Surface surface) {
        }

        @Override
        public void picture(Geometry geometry, Picture picture) {
        }

        @Override
        public void glowing(Geometry geometry, ColorRGBA color) {
        }
    };

    /** One-off images. */
    enum Picture {
        /** Lit by itself. */
        MONITOR_SCREEN,
        /** Lit by itself. */
        EXIT_SIGN,
        /** Lit by itself: what is outside the window. */
        NIGHT,
        CLOCK_FACE,
        /** Transparent where the floor is clean. */
        DRAG_MARKS,
        /** A window pane: faint and transparent. */
        GLASS
    }

    void surface(Geometry geometry, Surface surface);

    void picture(Geometry geometry, Picture picture);

    /** A lamp. {@link FlickeringLamp} dims it later through the material's colour. */
    void glowing(Geometry geometry, ColorRGBA color);
}
