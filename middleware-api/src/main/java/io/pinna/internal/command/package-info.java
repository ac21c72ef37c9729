/** Events between threads: bounded rings of one producer and one consumer. */
package io.pinna.internal.command;
