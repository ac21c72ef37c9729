package io.pinna.demo;

/**
 * What something in the clinic looks like and, unless a part of the level says otherwise, what it is made of for the ear.
 *
 * <p>What a wall lets through is decided by what it is built of, not by its paint, so walls name their acoustic material on their own.
 */
enum Surface {
    FLOOR_TILES("tile", 2, 24),
    CORRIDOR_FLOOR("linoleum", 3, 40),
    PLASTER("plaster", 3, 6),
    WALL_TILES("tile", 1.5, 48),
    BRICK("brick", 2, 4),
    CEILING_PANELS("ceiling_tile", 2.4, 4),
    DOOR_STEEL("metal_door", 1.5, 30),
    RUSTY_STEEL("steel", 1, 16),
    BARE_STEEL("steel", 1, 50),
    ENAMEL("tile", 1, 70),
    MATTRESS("upholstery", 1, 2),
    CLOTH("fabric", 1.2, 2),
    WOOD("wood", 1.2, 14),
    RUBBER("generic", 1, 8),
    PLASTIC("generic", 1, 20),
    PAPER("generic", 1, 2);

    /** Name of the acoustic material in Pinna's table. */
    final String acousticMaterial;
    /** The width and height in the world that one repeat of the texture covers (metres). */
    final double repeatMeters;
    /** Phong exponent of the highlights. */
    final float shininess;

    Surface(String acousticMaterial, double repeatMeters, double shininess) {
        this.acousticMaterial = acousticMaterial;
        this.repeatMeters = repeatMeters;
        this.shininess = (float) shininess;
    }
}
