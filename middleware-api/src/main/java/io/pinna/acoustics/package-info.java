/** What scenes are made of for sound: meshes, materials, distance and directivity models, and which effects are simulated. Immutable; any thread. */
package io.pinna.acoustics;
