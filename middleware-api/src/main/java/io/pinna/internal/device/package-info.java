/**
 * The output devices behind {@link io.pinna.device.OutputDevices}, and the OpenAL Soft loopback renderer that benchmarks compare with. {@code open} and {@code close} run on the thread
 * that owns the world, {@code offer} on the audio thread; each device that needs I/O or waiting has a daemon thread of its own ({@code pinna-device}, {@code pinna-wav},
 * {@code pinna-memory}).
 */
package io.pinna.internal.device;
