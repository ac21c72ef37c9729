/** The inference thread: the HRTF field and the filling of filter tables. */
package io.pinna.internal.inference;
