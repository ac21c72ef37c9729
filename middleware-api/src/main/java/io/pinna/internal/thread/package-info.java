/** How the engine's own threads are driven; each thread's work is an {@link io.pinna.internal.thread.Agent}. */
package io.pinna.internal.thread;
