/**
 * How far one HRTF set is from another, in the measures of the literature. Stateless calls for any thread but the audio thread; results are immutable.
 */
package io.pinna.hrtf.evaluation;
