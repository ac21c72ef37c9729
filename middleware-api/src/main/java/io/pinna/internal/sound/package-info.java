/** Decoding, resampling and streaming of sounds: on the calling thread or the thread "pinna-stream"; {@link io.pinna.internal.sound.SampleSource#read} is the audio thread's end. */
package io.pinna.internal.sound;
