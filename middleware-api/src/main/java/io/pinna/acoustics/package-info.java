/**
 * What surfaces and air do to sound: materials, meshes, frequency bands, air absorption, and the reader of geometry files. Immutable values and static readers; any thread.
 */
package io.pinna.acoustics;
