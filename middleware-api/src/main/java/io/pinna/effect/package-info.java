/** Settings of the effects at the end of a mix. Immutable; any thread. */
package io.pinna.effect;
