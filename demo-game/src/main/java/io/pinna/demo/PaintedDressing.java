package io.pinna.demo;

import com.jme3.asset.AssetManager;
import com.jme3.material.Material;
import com.jme3.material.RenderState;
import com.jme3.math.ColorRGBA;
import com.jme3.renderer.queue.RenderQueue;
import com.jme3.scene.Geometry;
import com.jme3.texture.Texture2D;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Materials for the window, from textures that {@link Painter} paints on all cores while the object is made. Update thread. */
final class PaintedDressing implements Dressing {
    private final AssetManager assets;
    private final Map<Surface, Material> materials = new EnumMap<>(Surface.class);

    PaintedDressing(AssetManager assets) {
        this.assets = assets;
        Map<Surface, Painter.Maps> painted = new ConcurrentHashMap<>();
        Stream.of(Surface.values()).parallel().forEach(surface -> painted.put(surface, Painter.paint(surface)));
        painted.forEach((surface, maps) -> materials.put(surface, lit(surface, maps)));
    }

    private Material lit(Surface surface, Painter.Maps maps) {
        Material material = new Material(assets, "Common/MatDefs/Light/Lighting.j3md");
        material.setTexture("DiffuseMap", maps.diffuse());
        material.setTexture("NormalMap", maps.normal());
        material.setTexture("SpecularMap", maps.gloss());
        // The painter's normals have OpenGL's sign of y.
        material.setFloat("NormalType", 1);
        material.setBoolean("UseMaterialColors", true);
        material.setColor("Diffuse", ColorRGBA.White);
        material.setColor("Ambient", ColorRGBA.White);
        material.setColor("Specular", new ColorRGBA(0.8f, 0.85f, 0.9f, 1));
        material.setFloat("Shininess", surface.shininess);
        return material;
    }

    @Override
    public void surface(Geometry geometry, Surface surface) {
        geometry.setMaterial(materials.get(surface));
        geometry.setShadowMode(RenderQueue.ShadowMode.CastAndReceive);
    }

    @Override
    public void picture(Geometry geometry, Picture picture) {
        switch (picture) {
            case MONITOR_SCREEN -> unshaded(geometry, Painter.monitorScreen(), new ColorRGBA(0.25f, 0.6f, 0.35f, 1));
            case EXIT_SIGN -> unshaded(geometry, Painter.exitSign(), new ColorRGBA(0.9f, 0.12f, 0.06f, 1));
            case NIGHT -> unshaded(geometry, Painter.night(), null);
            case CLOCK_FACE -> {
                Material material = new Material(assets, "Common/MatDefs/Light/Lighting.j3md");
                material.setTexture("DiffuseMap", Painter.clockFace());
                geometry.setMaterial(material);
                geometry.setShadowMode(RenderQueue.ShadowMode.Receive);
            }
            case DRAG_MARKS -> {
                Material material = new Material(assets, "Common/MatDefs/Light/Lighting.j3md");
                material.setTexture("DiffuseMap", Painter.dragMarks());
                material.setBoolean("UseMaterialColors", true);
                material.setColor("Diffuse", ColorRGBA.White);
                material.setColor("Ambient", ColorRGBA.White);
                material.setColor("Specular", new ColorRGBA(0.9f, 0.7f, 0.7f, 1));
                material.setFloat("Shininess", 60);
                blend(geometry, material);
                material.getAdditionalRenderState().setPolyOffset(-1, -1);
            }
            case GLASS -> {
                Material material = new Material(assets, "Common/MatDefs/Light/Lighting.j3md");
                material.setBoolean("UseMaterialColors", true);
                material.setColor("Diffuse", new ColorRGBA(0.35f, 0.45f, 0.5f, 0.16f));
                material.setColor("Ambient", new ColorRGBA(0.35f, 0.45f, 0.5f, 0.16f));
                material.setColor("Specular", ColorRGBA.White);
                material.setFloat("Shininess", 110);
                blend(geometry, material);
            }
        }
    }

    private static void blend(Geometry geometry, Material material) {
        material.getAdditionalRenderState().setBlendMode(RenderState.BlendMode.Alpha);
        material.getAdditionalRenderState().setDepthWrite(false);
        geometry.setMaterial(material);
        geometry.setQueueBucket(RenderQueue.Bucket.Transparent);
        geometry.setShadowMode(RenderQueue.ShadowMode.Off);
    }

    private void unshaded(Geometry geometry, Texture2D texture, ColorRGBA glow) {
        Material material = new Material(assets, "Common/MatDefs/Misc/Unshaded.j3md");
        material.setTexture("ColorMap", texture);
        if (glow != null) {
            material.setColor("GlowColor", glow);
        }
        geometry.setMaterial(material);
        geometry.setShadowMode(RenderQueue.ShadowMode.Off);
    }

    @Override
    public void glowing(Geometry geometry, ColorRGBA color) {
        Material material = new Material(assets, "Common/MatDefs/Misc/Unshaded.j3md");
        material.setColor("Color", color);
        material.setColor("GlowColor", color);
        geometry.setMaterial(material);
        geometry.setShadowMode(RenderQueue.ShadowMode.Off);
    }
}
