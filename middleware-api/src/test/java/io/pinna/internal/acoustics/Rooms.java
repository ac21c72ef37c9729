package io.pinna.internal.acoustics;

import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.unit.Vector3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rooms for the tests of reverberation, and what the theory of diffuse fields says of them. */
final class Rooms {
    private Rooms() {
    }

    static AcousticMaterial material(double low, double middle, double high, double scattering) {
        return new AcousticMaterial("material", Bands.of(low, middle, high), Bands.uniform(0), scattering);
    }

    static AcousticMaterial material(double absorption, double scattering) {
        return material(absorption, absorption, absorption, scattering);
    }

    /** A box from one corner to the other, with a material for each face: x low, x high, y low, y high, z low, z high; null leaves the face out. */
    static TriangleMesh box(double x0, double y0, double z0, double x1, double y1, double z1, AcousticMaterial... faces) {
        TriangleMesh shape = TriangleMesh.box("box", (x1 - x0) / 2, (y1 - y0) / 2, (z1 - z0) / 2, faces[0] == null ? faces[1] : faces[0]);
        float[] v = new float[24];
        for (int i = 0; i < 24; i++) {
            v[i] = (float) (shape.vertex(i / 3, i % 3) + (i % 3 == 0 ? x0 + x1 : i % 3 == 1 ? y0 + y1 : z0 + z1) / 2);
        }
        List<AcousticMaterial> materials = new ArrayList<>();
        int[] indices = new int[36];
        int[] numbers = new int[12];
        int count = 0;
        for (int t = 0; t < 12; t++) {
            AcousticMaterial face = faces[t / 2];
            if (face == null) {
                continue;
            }
            if (materials.isEmpty() || materials.get(materials.size() - 1) != face) {
                materials.add(face);
            }
            for (int k = 0; k < 3; k++) {
                indices[3 * count + k] = shape.index(t, k);
            }
            numbers[count++] = materials.size() - 1;
        }
        return new TriangleMesh("box", v, Arrays.copyOf(indices, 3 * count), Arrays.copyOf(numbers, count), materials);
    }

    static AcousticScene shoebox(double x, double y, double z, AcousticMaterial walls, AcousticMaterial floor) {
        return Scenes.sceneOf(box(0, 0, 0, x, y, z, walls, walls, floor, walls, walls, walls));
    }

    static double surface(double x, double y, double z) {
        return 2 * (x * y + y * z + z * x);
    }

    /** Eyring's time (s): 24 ln 10 V / (c (−S ln(1 − α) + 4 m V)), m in nepers of energy per metre. */
    static double eyringSeconds(double x, double y, double z, double absorption, double airDecibelsPerMeter) {
        double m = airDecibelsPerMeter * Math.log(10) / 10;
        return 24 * Math.log(10) * x * y * z / (AcousticsSettings.SPEED_OF_SOUND * (-surface(x, y, z) * Math.log(1 - absorption) + 4 * m * x * y * z));
    }

    /** A rectangle of two triangles: a corner and two edges. */
    static TriangleMesh rectangle(double[] corner, double[] a, double[] b, AcousticMaterial material) {
        float[] v = new float[12];
        for (int k = 0; k < 3; k++) {
            v[k] = (float) corner[k];
            v[3 + k] = (float) (corner[k] + a[k]);
            v[6 + k] = (float) (corner[k] + a[k] + b[k]);
            v[9 + k] = (float) (corner[k] + b[k]);
        }
        return TriangleMesh.of("rectangle", v, new int[] {0, 1, 2, 0, 2, 3}, material);
    }

    /** A wall in the plane of one x, y from 0, with an opening in it. */
    static TriangleMesh wallWithDoor(double x, double height, double z0, double z1, double doorHeight, double doorZ0, double doorZ1, AcousticMaterial material) {
        double[] up = {0, height, 0};
        return Scenes.join("wall", List.of(
                rectangle(new double[] {x, 0, z0}, up, new double[] {0, 0, doorZ0 - z0}, material),
                rectangle(new double[] {x, 0, doorZ1}, up, new double[] {0, 0, z1 - doorZ1}, material),
                rectangle(new double[] {x, doorHeight, doorZ0}, new double[] {0, height - doorHeight, 0}, new double[] {0, 0, doorZ1 - doorZ0}, material)),
                List.of(Vector3.ZERO, Vector3.ZERO, Vector3.ZERO));
    }
}
