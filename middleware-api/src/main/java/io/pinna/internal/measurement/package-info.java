/** From recordings of sweeps to head-related impulse responses. Any thread but the audio thread; every call allocates. */
package io.pinna.internal.measurement;
