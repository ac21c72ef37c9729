/**
 * Where the sound of a listener goes: the sound card, a WAV file, memory, or nowhere at the pace of real time. Devices are created, opened and closed on the thread that owns the world,
 * and are offered blocks on the audio thread.
 */
package io.pinna.device;
