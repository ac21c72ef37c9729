package io.pinna.internal.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A block that the inference thread did not render in time. */
@Name("io.pinna.MixMiss")
@Label("Mix miss")
@Category("Pinna")
@Description("A block that the inference thread did not render in time, so that the audio thread rendered it")
@StackTrace(false)
final class MixMissEvent extends Event {
    @Label("Block")
    long block;
    @Label("Failed")
    @Description("It threw or its sound was not finite; otherwise it was late")
    boolean failed;
}
