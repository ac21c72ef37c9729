package io.pinna.cli;

import io.pinna.InvalidValueException;
import io.pinna.PinnaException;
import io.pinna.ResourceException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code pinna}. Exit codes: 0 done, 1 something failed, 2 the input or the command line is at fault. */
@Command(name = "pinna", description = "Spatial audio middleware: renders scenes, looks into HRTF files, checks this machine, measures speed.",
        subcommands = {RenderCommand.class, HrtfCommand.class, DoctorCommand.class, BenchCommand.class, CommandLine.HelpCommand.class},
        mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class, synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n", exitCodeList = {"0:done", "1:something failed, on this machine or in Pinna", "2:the command line or an input file is at fault"})
public final class Pinna implements Runnable {
    /** Done. */
    public static final int OK = 0;
    /** Something failed. */
    public static final int FAILURE = 1;
    /** The input or the command line is at fault. */
    public static final int BAD_INPUT = 2;

    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

    @Spec
    private CommandSpec spec;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Log what the engine does, and show the stack trace of errors.")
    private boolean verbose;

    /** Answers {@code --version}. */
    static final class VersionProvider implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"pinna " + Version.text()};
        }
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Name a command.");
    }

    /** Runs a command line and ends the process with its exit code. */
    public static void main(String[] arguments) {
        // Before anything logs: SLF4J's simple logger reads its level once.
        boolean talkative = false;
        for (String argument : arguments) {
            talkative |= argument.equals("--verbose");
        }
        if (System.getProperty(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, talkative ? "info" : "warn");
            if (!talkative) {
                // Commands say themselves what a sound file lacks.
                System.setProperty("org.slf4j.simpleLogger.log.io.pinna.Sound", "error");
            }
        }
        int code = execute(arguments, new PrintWriter(System.out, true), new PrintWriter(System.err, true));
        System.out.flush();
        System.exit(code);
    }

    /**
     * Runs a command line in this process.
     *
     * @param out for results
     * @param err for messages
     * @return the exit code
     */
    public static int execute(String[] arguments, PrintWriter out, PrintWriter err) {
        CommandLine line = new CommandLine(new Pinna());
        line.setOut(out);
        line.setErr(err);
        line.setUsageHelpWidth(120);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((fault, given) -> {
            err.println("pinna: " + fault.getMessage() + " Try: " + fault.getCommandLine().getCommandSpec().qualifiedName() + " --help");
            return BAD_INPUT;
        });
        line.setExecutionExceptionHandler((fault, command, parsed) -> explain(fault, isVerbose(parsed), err));
        try {
            return line.execute(arguments);
        } catch (StackOverflowError | OutOfMemoryError | LinkageError e) {
            boolean verbose = java.util.Arrays.asList(arguments).contains("--verbose");
            return explain(e, verbose, err);
        }
    }

    private static boolean isVerbose(CommandLine.ParseResult parsed) {
        for (CommandLine.ParseResult p = parsed; p != null; p = p.subcommand()) {
            if (p.hasMatchedOption("--verbose")) {
                return true;
            }
        }
        return false;
    }

    private static int explain(Throwable fault, boolean verbose, PrintWriter err) {
        boolean known = fault instanceof PinnaException;
        String message = fault.getMessage() == null ? fault.getClass().getSimpleName() : fault.getMessage();
        if (fault instanceof OutOfMemoryError) {
            message = "out of memory with " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB of heap; give Java more (-Xmx), or render less at once";
        } else if (!known) {
            message = "unexpected " + fault.getClass().getSimpleName() + ": " + message;
        }
        err.println("pinna: " + message.replaceAll("\\s*\\R\\s*", " ") + (known || verbose ? "" : " (--verbose shows where)"));
        if (verbose) {
            fault.printStackTrace(err);
        }
        return fault instanceof ResourceException || fault instanceof InvalidValueException ? BAD_INPUT : FAILURE;
    }
}
