/**
 * One person's HRTF from little: the personal model (what people's ears have in common, and how they differ) and its completion of the sphere from a few measured directions. Any thread but the audio
 * thread; nothing here is known to rendering.
 */
package io.pinna.internal.personal;
