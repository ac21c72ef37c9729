/** The inference thread: the neural HRTF field and the filling of filter tables. */
package io.pinna.internal.inference;
