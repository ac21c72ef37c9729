"""One function a sound: each takes a random generator and returns samples, before level and encoding."""
