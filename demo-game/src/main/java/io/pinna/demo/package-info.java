/**
 * The demo game: a derelict clinic, heard on a headless tour or walked through in a window. Everything here runs on the game's update thread, which owns the sound world; only textures are
 * painted by helpers before the first frame. It uses Pinna's public packages alone, as any game would.
 */
package io.pinna.demo;
