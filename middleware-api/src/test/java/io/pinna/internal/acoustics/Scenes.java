package io.pinna.internal.acoustics;

import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.unit.Pose;
import io.pinna.unit.Rotation;
import io.pinna.unit.Vector3;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Geometry and shorthands that the tests of this package share. */
final class Scenes {
    static final AcousticMaterial STEEL = material("steel", 0.02, 0.004, 0.0005);
    static final AcousticMaterial WOOD = material("wood", 0.2, 0.1, 0.03);

    private Scenes() {
    }

    static AcousticMaterial material(String name, double low, double middle, double high) {
        return new AcousticMaterial(name, Bands.uniform(0.3), Bands.of(low, middle, high), 0.1);
    }

    /** One square of two triangles in the plane x = 0, y and z within ±half. */
    static TriangleMesh sheet(String name, double half, AcousticMaterial material) {
        float h = (float) half;
        return TriangleMesh.of(name, new float[] {0, -h, -h, 0, h, -h, 0, h, h, 0, -h, h}, new int[] {0, 1, 2, 0, 2, 3}, material);
    }

    /** A box whose six faces have four vertices of their own each, as game engines write them. */
    static TriangleMesh faceBox(String name, double x, double y, double z, AcousticMaterial material) {
        TriangleMesh box = TriangleMesh.box(name, x, y, z, material);
        return soup(box, name);
    }

    /** The same triangles, no two of which share a vertex number. */
    static TriangleMesh soup(TriangleMesh mesh, String name) {
        float[] v = new float[9 * mesh.triangleCount()];
        int[] idx = new int[3 * mesh.triangleCount()];
        int[] m = new int[mesh.triangleCount()];
        for (int t = 0; t < mesh.triangleCount(); t++) {
            m[t] = mesh.materialNumber(t);
            for (int k = 0; k < 3; k++) {
                idx[3 * t + k] = 3 * t + k;
                for (int a = 0; a < 3; a++) {
                    v[9 * t + 3 * k + a] = mesh.vertex(mesh.index(t, k), a);
                }
            }
        }
        return new TriangleMesh(name, v, idx, m, mesh.materials());
    }

    /** All triangles of several meshes, moved, in one mesh; vertices are not shared between them. */
    static TriangleMesh join(String name, List<TriangleMesh> meshes, List<Vector3> offsets) {
        List<Float> v = new ArrayList<>();
        List<Integer> idx = new ArrayList<>();
        List<Integer> mats = new ArrayList<>();
        List<AcousticMaterial> materials = new ArrayList<>();
        for (int i = 0; i < meshes.size(); i++) {
            TriangleMesh mesh = meshes.get(i);
            int base = v.size() / 3;
            for (int k = 0; k < mesh.vertexCount(); k++) {
                v.add((float) (mesh.vertex(k, 0) + offsets.get(i).x()));
                v.add((float) (mesh.vertex(k, 1) + offsets.get(i).y()));
                v.add((float) (mesh.vertex(k, 2) + offsets.get(i).z()));
            }
            for (int t = 0; t < mesh.triangleCount(); t++) {
                for (int k = 0; k < 3; k++) {
                    idx.add(base + mesh.index(t, k));
                }
                mats.add(materials.size() + mesh.materialNumber(t));
            }
            materials.addAll(mesh.materials());
        }
        float[] vertices = new float[v.size()];
        for (int i = 0; i < vertices.length; i++) {
            vertices[i] = v.get(i);
        }
        return new TriangleMesh(name, vertices, idx.stream().mapToInt(Integer::intValue).toArray(), mats.stream().mapToInt(Integer::intValue).toArray(), materials);
    }

    /** The same mesh with every triangle wound the other way round. */
    static TriangleMesh turned(TriangleMesh mesh) {
        float[] v = new float[3 * mesh.vertexCount()];
        for (int i = 0; i < mesh.vertexCount(); i++) {
            for (int a = 0; a < 3; a++) {
                v[3 * i + a] = mesh.vertex(i, a);
            }
        }
        int[] idx = new int[3 * mesh.triangleCount()];
        for (int t = 0; t < mesh.triangleCount(); t++) {
            idx[3 * t] = mesh.index(t, 0);
            idx[3 * t + 1] = mesh.index(t, 2);
            idx[3 * t + 2] = mesh.index(t, 1);
        }
        return TriangleMesh.of(mesh.name(), v, idx, mesh.materials().get(0));
    }

    static Rotation randomRotation(Random random) {
        return new Rotation(random.nextGaussian(), random.nextGaussian(), random.nextGaussian(), random.nextGaussian());
    }

    static AcousticScene scene(GeometryState state) {
        AcousticScene scene = new AcousticScene();
        scene.apply(state.publish());
        return scene;
    }

    static AcousticScene sceneOf(TriangleMesh... meshes) {
        GeometryState state = new GeometryState();
        for (TriangleMesh m : meshes) {
            state.add(m);
        }
        return scene(state);
    }

    static Pose at(double x, double y, double z) {
        return Pose.at(x, y, z);
    }

    /** Occlusion along x from −5 to 5 at a height and depth off all symmetries, unless given. */
    static OcclusionResult solve(AcousticScene scene, Vector3 listener, Vector3 emitter, double radius, int samples) {
        OcclusionResult result = new OcclusionResult();
        new OcclusionSolver(samples, samples).solve(scene, listener.x(), listener.y(), listener.z(), emitter.x(), emitter.y(), emitter.z(), radius, result);
        return result;
    }
}
