/** The inner loops of the CPU renderer, in plain Java and, where the virtual machine offers its incubating Vector API, with that. */
package io.pinna.internal.simd;
