/** The audio thread: voices, filters, the binaural mix, the limiter, and the driver that delivers blocks to devices. */
package io.pinna.internal.render;
