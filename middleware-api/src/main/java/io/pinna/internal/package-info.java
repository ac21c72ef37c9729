/** What all parts of the engine share: argument checks and the marker of real-time code. Not for use outside the middleware. */
package io.pinna.internal;
