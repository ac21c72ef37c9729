/**
 * Scene geometry for sound: triangles, solids, ray queries, occlusion and late reverberation.
 *
 * <p>Threads: {@link io.pinna.internal.acoustics.GeometryState} belongs to the game thread, which also builds the immutable {@link io.pinna.internal.acoustics.AcousticMesh}es;
 * {@link io.pinna.internal.acoustics.GeometrySnapshot} crosses; everything else belongs to the acoustics thread, whose queries allocate nothing after construction.
 */
package io.pinna.internal.acoustics;
