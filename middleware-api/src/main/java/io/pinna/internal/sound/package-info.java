/**
 * Where samples come from: file formats, conversion to the engine's rate, streams, test signals. Everything runs on the thread that loads a sound or on {@code pinna-stream}; only
 * {@link io.pinna.internal.sound.SampleSource#read} and its companions marked {@code @RealTime} run on the audio thread.
 */
package io.pinna.internal.sound;
