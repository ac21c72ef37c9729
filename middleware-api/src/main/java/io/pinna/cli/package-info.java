/**
 * The command line {@code pinna}: rendering scene files, looking into HRTF files, checking the installation, and comparing speed. Everything runs on the main thread, which owns the offline world that a
 * scene is rendered with.
 */
package io.pinna.cli;
