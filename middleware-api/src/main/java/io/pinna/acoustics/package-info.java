/**
 * What surfaces, air, distance and direction do to sound: materials, meshes, frequency bands, air absorption, distance models, directivities, and the reader of geometry files. Immutable values and static readers; any thread.
 */
package io.pinna.acoustics;
