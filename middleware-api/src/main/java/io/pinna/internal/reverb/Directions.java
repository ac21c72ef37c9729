package io.pinna.internal.reverb;

/**
 * Directions around a head that reverberation is heard from, spread evenly: rows of x (front), y (left), z (up), unit vectors. Immutable copies; any thread.
 */
public final class Directions {
    /** Of the golden ratio. */
    private static final double PHI = (1 + Math.sqrt(5)) / 2;

    private Directions() {
    }

    /**
     * @param count 8 (the corners of a cube: a spherical 3-design) or 12 (of an icosahedron: a 5-design; Delsarte, Goethals and Seidel, "Spherical codes and designs", Geometriae Dedicata 6, 1977)
     */
    public static double[][] of(int count) {
        double[][] result = new double[count][];
        switch (count) {
            case 8:
                for (int i = 0; i < count; i++) {
                    result[i] = unit(1 - 2 * (i & 1), 1 - (i & 2), 1 - (i >> 1 & 2));
                }
                return result;
            case 12:
                for (int i = 0; i < count; i++) {
                    double a = 1 - 2 * (i & 1);
                    double b = (1 - (i & 2)) * PHI;
                    result[i] = i < 4 ? unit(0, a, b) : i < 8 ? unit(a, b, 0) : unit(b, 0, a);
                }
                return result;
            default:
                throw new io.pinna.InvalidValueException("number of directions is " + count + "; allowed are 8 and 12");
        }
    }

    private static double[] unit(double x, double y, double z) {
        double length = Math.sqrt(x * x + y * y + z * z);
        return new double[] {x / length, y / length, z / length};
    }
}
