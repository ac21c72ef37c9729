/** What is known about HRTF sets, for any thread: immutable values. */
package io.pinna.hrtf;
