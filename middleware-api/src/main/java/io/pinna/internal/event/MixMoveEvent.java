package io.pinna.internal.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The mix moves between the inference thread and the audio thread. */
@Name("io.pinna.MixMove")
@Label("Mix moved")
@Category("Pinna")
@Description("The mix moves to the audio thread because of misses, or is tried on the inference thread again")
@StackTrace(false)
final class MixMoveEvent extends Event {
    @Label("Block")
    long block;
    @Label("To audio thread")
    boolean toAudioThread;
    @Label("Pause in blocks")
    long pauseBlocks;
}
