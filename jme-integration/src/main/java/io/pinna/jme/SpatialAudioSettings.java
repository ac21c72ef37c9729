package io.pinna.jme;

import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticMaterials;
import io.pinna.device.OutputDevice;
import io.pinna.device.OutputDevices;
import io.pinna.effect.ReverbSettings;
import io.pinna.hrtf.HrtfProfile;
import java.util.function.Supplier;

/**
 * How a {@link SpatialAudioState} starts. Immutable. Start from {@link #realTime} or {@link #offline} and change what differs.
 *
 * @param world                        of the engine
 * @param profile                      what the main listener wears
 * @param output                       makes the main listener's output, once each time that the state is initialized
 * @param defaultMaterial              of geometry without an {@link AcousticTag}
 * @param teleportMetersPerSecond      what moves faster was put elsewhere, and gets no Doppler shift (1 to 10⁶)
 * @param phase                        when in a frame the scene is read
 * @param reverb                       late reverberation of every listener: from the scene's geometry, from a measured response, or none
 */
public record SpatialAudioSettings(SoundWorldSettings world, HrtfProfile profile, Supplier<OutputDevice> output, AcousticMaterial defaultMaterial,
                                   double teleportMetersPerSecond, Phase phase, ReverbSettings reverb) {
    /** When in a frame the scene is read. */
    public enum Phase {
        /** In {@link SpatialAudioState#update}: what Controls and {@code simpleUpdate} move later in this frame is heard with the next. Also works where nobody calls render. */
        UPDATE,
        /** In {@link SpatialAudioState#render}, when everything has moved: heard one frame sooner. */
        RENDER
    }

    public SpatialAudioSettings {
        Require.notNull(world, "world");
        Require.notNull(profile, "profile");
        Require.notNull(output, "output");
        Require.notNull(defaultMaterial, "defaultMaterial");
        Require.inRange(teleportMetersPerSecond, 1, 1e6, "teleportMetersPerSecond");
        Require.notNull(phase, "phase");
        Require.notNull(reverb, "reverb");
    }

    /** {@link SoundWorldSettings#REAL_TIME}, the generic HRTF profile, the sound card or, where there is none, silence that is reported; material "generic"; 200 m/s; update phase; reverberation from the geometry at its own level. */
    public static SpatialAudioSettings realTime() {
        return new SpatialAudioSettings(SoundWorldSettings.REAL_TIME, HrtfProfile.generic(), OutputDevices::automatic, AcousticMaterials.named("generic"), 200, Phase.UPDATE, ReverbSettings.DEFAULT);
    }

    /** The same, {@linkplain SoundWorldSettings#OFFLINE offline}, into an output of its own: a WAV file or memory. */
    public static SpatialAudioSettings offline(OutputDevice output) {
        return realTime().withWorld(SoundWorldSettings.OFFLINE).withOutput(output);
    }

    public SpatialAudioSettings withWorld(SoundWorldSettings value) {
        return new SpatialAudioSettings(value, profile, output, defaultMaterial, teleportMetersPerSecond, phase, reverb);
    }

    public SpatialAudioSettings withProfile(HrtfProfile value) {
        return new SpatialAudioSettings(world, value, output, defaultMaterial, teleportMetersPerSecond, phase, reverb);
    }

    /** One output object; it can be opened once, so the state can be initialized once. */
    public SpatialAudioSettings withOutput(OutputDevice value) {
        Require.notNull(value, "output");
        return withOutput(() -> value);
    }

    public SpatialAudioSettings withOutput(Supplier<OutputDevice> value) {
        return new SpatialAudioSettings(world, profile, value, defaultMaterial, teleportMetersPerSecond, phase, reverb);
    }

    public SpatialAudioSettings withDefaultMaterial(AcousticMaterial value) {
        return new SpatialAudioSettings(world, profile, output, value, teleportMetersPerSecond, phase, reverb);
    }

    public SpatialAudioSettings withTeleportMetersPerSecond(double value) {
        return new SpatialAudioSettings(world, profile, output, defaultMaterial, value, phase, reverb);
    }

    public SpatialAudioSettings withPhase(Phase value) {
        return new SpatialAudioSettings(world, profile, output, defaultMaterial, teleportMetersPerSecond, value, reverb);
    }

    /** @param value such as {@code ReverbSettings.DEFAULT.withWetGainDb(-6)}: drier than the rooms are */
    public SpatialAudioSettings withReverb(ReverbSettings value) {
        return new SpatialAudioSettings(world, profile, output, defaultMaterial, teleportMetersPerSecond, phase, value);
    }
}
