/**
 * Pinna in a jMonkeyEngine application: {@link io.pinna.jme.SpatialAudioState} owns the engine and follows the scene, {@link io.pinna.jme.SoundEmitterControl} makes a Spatial sound,
 * {@link io.pinna.jme.AcousticTag} says what things are made of, {@link io.pinna.jme.PinnaSoundKey} loads sounds as assets. Everything here lives on the application's update thread.
 */
package io.pinna.jme;
