/**
 * Measuring one's own HRTF at home, in a few directions: a loudspeaker plays sweeps from a handful of places, two small microphones in the ears record them, and
 * {@link io.pinna.hrtf.measurement.HrtfMeasurement} makes a sparse set of them, which completes to a profile. Stateless calls for any thread but the audio thread; values are immutable.
 *
 * <h2>What is needed</h2>
 * <ul>
 * <li>A pair of in-ear microphones (binaural microphones, or electret capsules of 6 mm on thin wires) and a recorder that writes two channels, left ear first, at 44.1 kHz or more, uncompressed. Every automatic
 * is off: gain control, noise suppression, equaliser, spatial sound.
 * <li>One loudspeaker: a phone will do, a small monitor is better. It plays over wire, not Bluetooth: wireless sound loses and inserts samples. Its volume stays as it is for the whole session.
 * <li>A quiet room with space: head and loudspeaker at least 1.2 m from walls and large furniture, nothing between them and below them but the floor. The nearest surface decides how long a response can be
 * kept: at 1.1 m distance and 1.2 m height the floor answers after 4.5 ms, which leaves everything above about 250 Hz. A carpet, a duvet on the floor between head and loudspeaker, or standing on the other side
 * of the room from the table helps.
 * </ul>
 *
 * <h2>The session</h2>
 * <ol>
 * <li>Make the sweep ({@code pinna hrtf measure sweep -o sweep.wav}) and put it on the player. Keep the file {@code sweep.json} beside it.
 * <li>Put the microphones at the entrance of the blocked ear canals: a foam plug fills the canal, the capsule sits flush with its opening and does not stick out. There the direction is fully in the sound, and
 * the canal, which adds nothing about direction, is not (H. Møller, "Fundamentals of binaural technology", Applied Acoustics 36, 1992). They must not move until the end.
 * <li>Sit upright on a low-backed chair and look at a mark straight ahead at eye height. Measure from the middle of the head (between the ears), with a tape: 1 to 1.5 m, at least 0.5 m; loudspeaker at the
 * height of the ears for elevation 0 and pointing at the head. Instead of the loudspeaker one may turn the chair: facing 90° to the right puts it at azimuth 90 (left).
 * <li>Start the recorder, start the player, keep still until the last sweep is over and a second longer, stop. One file for each place. The peak of the recording should be between −20 and −3 dB.
 * <li>Last, or first: the reference. Take the microphones out and hold them, on a thin rod, side by side where the middle of the head was, both pointing as in the ears, and record the sweep once more; or one
 * after the other, one file each. This removes loudspeaker and microphones. Without it they are estimated from the takes and the generic listener, which costs what is common to all your directions.
 * </ol>
 *
 * <p>Good places, in this order: 0° (front), 90° and 270° (sides), 180° (back), 45° and 315° (azimuth), then elevation 45° in front, at the sides 30° up and down, 135° and 225°. Azimuth counts
 * counter-clockwise, 90° is left; elevation up. Three places are the least that is accepted. Off by 5° in position is tolerable and off by 10° is not, for nothing in the recordings tells it.
 *
 * <h2>What is done</h2>
 * The recording is deconvolved by the sweep (Farina 2000; Müller and Massarani 2001), which sets the harmonics of a small loudspeaker apart; clocks of player and recorder are compared and the sweep taken as
 * the recorder heard it; repeated sweeps are averaged to a fraction of a sample. The first reflection is looked for and a window closes before it. Loudspeaker and microphones are divided out, regularised, from
 * 150 Hz to 18 kHz at most, windowed alike above and below the line. Below the reciprocal of the window's length nothing was measured: there the response goes to 0 dB at 0 Hz as that of a small head does; the
 * report says from where on each direction is measured. Levels are brought to equal distances by 1/r; delays between the ears are kept as they are, and the earlier ear's sound stands at 1.5 ms.
 *
 * <p>Every recording is judged, and what is wrong with it is named ({@link io.pinna.hrtf.measurement.Problem}): with an error the take is left out, with a warning it is used. What cannot be found: a wrong
 * elevation, front for back, positions off by a few degrees, surfaces so near that they answer within 1.3 ms (a headrest, a desk under the chin), microphones that are not at the entrance of the canal.
 *
 * <h2>Exactness</h2>
 * In simulated rooms (shoebox of 5.2 × 4.3 × 2.6 m, a phone's response with 1 % distortion, unequal microphones, 40 dB of signal to noise, clocks 80 ppm apart) with the measured ears of two people, a dummy
 * head and a spherical head, the result is within 0.35 dB (mean over directions and ears of the RMS error from 0.2 to 16 kHz; the worst ear 1.4 dB) and 2 µs of the ears that were put in; without a reference
 * recording within 3.4 to 4.6 dB, where the generic listener is 5.3 to 6.6 dB away. In a real session the position of loudspeaker and head, and the seat of the microphones, count for more than that.
 */
package io.pinna.hrtf.measurement;
