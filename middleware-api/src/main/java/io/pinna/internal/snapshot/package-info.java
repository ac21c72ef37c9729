/** State between threads: frames in newest-wins triple buffers. Each frame class says which thread fills and which reads it. */
package io.pinna.internal.snapshot;
