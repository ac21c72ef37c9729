/** Signal processing without ties to the engine: transforms and resamplers. Each class says which thread may use it. */
package io.pinna.internal.dsp;
