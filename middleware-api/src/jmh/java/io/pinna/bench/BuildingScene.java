package io.pinna.bench;

import io.pinna.acoustics.AcousticMaterials;
import io.pinna.acoustics.TriangleMesh;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A building of equal rooms with doorways and furniture of random places, as one mesh; the same for the same arguments. */
final class BuildingScene {
    static final double ROOM_METERS = 5;
    static final double STOREY_METERS = 3;
    private static final int TRIANGLES_PER_ROOM = 12 * 10;
    private static final int[] BOX = {0, 4, 6, 0, 6, 2, 1, 3, 7, 1, 7, 5, 0, 1, 5, 0, 5, 4, 2, 6, 7, 2, 7, 3, 0, 2, 3, 0, 3, 1, 4, 5, 7, 4, 7, 6};

    final TriangleMesh mesh;
    /** Rooms along each axis. */
    final int rooms;

    private final List<double[]> boxes = new ArrayList<>();

    /** @param triangles about how many */
    BuildingScene(int triangles, long seed) {
        Random random = new Random(seed);
        rooms = (int) Math.max(1, Math.round(Math.cbrt(triangles / (double) TRIANGLES_PER_ROOM)));
        for (int storey = 0; storey < rooms; storey++) {
            for (int i = 0; i < rooms; i++) {
                for (int j = 0; j < rooms; j++) {
                    room(i * ROOM_METERS, storey * STOREY_METERS, j * ROOM_METERS, random);
                }
            }
        }
        float[] v = new float[24 * boxes.size()];
        int[] t = new int[36 * boxes.size()];
        for (int n = 0; n < boxes.size(); n++) {
            double[] b = boxes.get(n);
            for (int c = 0; c < 8; c++) {
                for (int a = 0; a < 3; a++) {
                    v[24 * n + 3 * c + a] = (float) b[(c >> a & 1) * 3 + a];
                }
            }
            for (int k = 0; k < 36; k++) {
                t[36 * n + k] = 8 * n + BOX[k];
            }
        }
        mesh = TriangleMesh.of("building", v, t, AcousticMaterials.named("brick"));
    }

    private void room(double x, double y, double z, Random random) {
        double s = ROOM_METERS;
        double h = STOREY_METERS;
        box(x, y, z, x + 0.1, y + h, z + 2);
        box(x, y, z + 3, x + 0.1, y + h, z + s);
        box(x, y + 2.1, z + 2, x + 0.1, y + h, z + 3);
        box(x, y, z, x + 2, y + h, z + 0.1);
        box(x + 3, y, z, x + s, y + h, z + 0.1);
        box(x, y, z, x + s, y + 0.2, z + s);
        for (int k = 0; k < 4; k++) {
            double a = x + 0.5 + random.nextDouble() * 3.5;
            double b = z + 0.5 + random.nextDouble() * 3.5;
            box(a, y + 0.2, b, a + 0.3 + random.nextDouble(), y + 0.3 + random.nextDouble() * 1.5, b + 0.3 + random.nextDouble());
        }
    }

    private void box(double x0, double y0, double z0, double x1, double y1, double z1) {
        boxes.add(new double[] {x0, y0, z0, x1, y1, z1});
    }

    /** A point of a room, below the ceiling. */
    double[] point(Random random) {
        return new double[] {random.nextDouble() * rooms * ROOM_METERS, (random.nextInt(rooms) + 0.3 + 0.6 * random.nextDouble()) * STOREY_METERS, random.nextDouble() * rooms * ROOM_METERS};
    }
}
