/**
 * Drawing of scientific plots into images, without a display: heat maps, maps of the sphere, curves. Plain Java2D: heat maps with logarithmic
 * axes, projections and ticks at chosen angles are what chart libraries lack. Any thread.
 */
package io.pinna.internal.plot;
