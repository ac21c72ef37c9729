package io.pinna.jme.example;

import com.jme3.app.SimpleApplication;
import com.jme3.material.Material;
import com.jme3.math.ColorRGBA;
import com.jme3.scene.Geometry;
import com.jme3.scene.shape.Box;
import io.pinna.EmitterSettings;
import io.pinna.SignalGenerator;
import io.pinna.Sound;
import io.pinna.jme.SoundEmitterControl;
import io.pinna.jme.SpatialAudioState;

/** A box that hisses, heard from the camera. */
public final class SoundingBox extends SimpleApplication {
    @Override
    public void simpleInitApp() {
        stateManager.attach(new SpatialAudioState());
        Geometry box = new Geometry("box", new Box(1, 1, 1));
        Material material = new Material(assetManager, "Common/MatDefs/Misc/Unshaded.j3md");
        material.setColor("Color", ColorRGBA.Orange);
        box.setMaterial(material);
        SoundEmitterControl hiss = new SoundEmitterControl(Sound.generator(SignalGenerator.pink(1)), EmitterSettings.named("hiss").withLooping(true));
        hiss.setAutoPlay(true);
        box.addControl(hiss);
        rootNode.attachChild(box);
    }

    public static void main(String[] arguments) {
        new SoundingBox().start();
    }
}
