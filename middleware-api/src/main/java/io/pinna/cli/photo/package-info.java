/** The window of {@code pinna hrtf measure-photo}: everything in it lives on Swing's event thread, except for reading and writing files of landmarks, which any thread may do. */
package io.pinna.cli.photo;
