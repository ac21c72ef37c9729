/**
 * The facade: {@link io.pinna.SoundWorld} with its listeners, emitters and geometry, all called on the thread that opened the world, and the errors that every part of Pinna throws.
 */
package io.pinna;
