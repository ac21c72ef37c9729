package io.pinna.internal.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The inference thread made itself ready to mix for a set of listeners; its duration is what that took. */
@Name("io.pinna.MixPrepared")
@Label("Mix prepared")
@Category("Pinna")
@Description("The inference thread made itself ready to mix for a set of listeners")
@StackTrace(false)
final class MixPreparedEvent extends Event {
    @Label("Listeners")
    int listeners;
    @Label("Renderer")
    String renderer;
    @Label("Fault")
    String fault;
}
