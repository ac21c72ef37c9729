/** Late reverberation: a feedback delay network, and convolution with measured responses. What processes blocks runs on the audio thread; responses are prepared at setup. */
package io.pinna.internal.reverb;
