/** Immutable quantities: vectors, rotations, poses and decibels. Any thread. */
package io.pinna.unit;
