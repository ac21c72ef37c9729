package io.pinna.cli;

import java.io.Console;

/** Whether a person looks on. */
final class Terminal {
    private Terminal() {
    }

    /** From JDK 22 on there is a console even where there is no terminal, and {@code isTerminal} tells; before, the console itself does. */
    static boolean isInteractive() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
