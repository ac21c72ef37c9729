/**
 * HRTFs, for any thread: immutable values. What a listener wears ({@link io.pinna.hrtf.HrtfProfile}, and {@link io.pinna.hrtf.BinauralModel} for models that render end to end), what is known about a measured set ({@link io.pinna.hrtf.HrtfInfo}), a person's own ears
 * ({@link io.pinna.hrtf.PersonalHrtf}, which also documents the {@code .pinna} file), one's own models ({@link io.pinna.hrtf.HrtfField}, which also documents the {@code .onnx} file), and ways to other programs ({@link io.pinna.hrtf.HrtfExport}).
 *
 * <p>A {@code .pinna} file holds a person's ears as spherical harmonics: 8 bytes that identify it, the number of its format, a JSON header (what it comes from, in words, and its orders), the
 * coefficients of levels and interaural delay as 32-bit floats, and a CRC-32. It is loaded only when all of that fits together and describes ears; else the error names the file, the part and the reason.
 */
package io.pinna.hrtf;
