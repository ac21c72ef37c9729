/**
 * Drawing of scientific plots into images, without a display: heat maps, maps of the sphere, curves. Java2D for what XChart cannot draw (heat maps on logarithmic axes, projections), XChart for curves. Any thread.
 */
package io.pinna.internal.plot;
