/** The inner loops with the JDK's incubating Vector API. Compiled apart from everything else, loaded by name, and only if the virtual machine was started with that module. */
package io.pinna.internal.simd.vector;
