/**
 * HRTF sets: reading them, the triangulated spheres of their directions, and their filters between measured directions. Sets are read and built on the thread that asks for them, their filters are
 * computed on the inference thread, and {@link io.pinna.internal.hrtf.SphereTriangulation#locate} runs on the audio thread.
 */
package io.pinna.internal.hrtf;
