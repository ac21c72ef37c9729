/** What the engine tells a flight recording (JFR): events named {@code io.pinna.*}. Never made on the audio thread. */
package io.pinna.internal.event;
