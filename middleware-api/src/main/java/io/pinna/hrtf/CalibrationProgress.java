package io.pinna.hrtf;

/**
 * How far a listening test is. Errors are what the model of hearing expects, averaged over the listeners that are still possible and over directions; it knows only the differences between people that the test looks for. Immutable;
 * any thread.
 *
 * @param answers              so far
 * @param mostProbes           as in the settings
 * @param startErrorDegrees    great-circle error expected with the starting profile before any answer
 * @param expectedErrorDegrees ... with the present estimate
 * @param consistency          whether the answers fit to any listener
 * @param done                 no more answers are needed: as many as the settings allow are there, or, from 32 on, the last ten brought nothing more
 */
public record CalibrationProgress(int answers, int mostProbes, double startErrorDegrees, double expectedErrorDegrees, Consistency consistency, boolean done) {
    /** Whether answers have to do with the sounds. */
    public enum Consistency {
        /** Fewer than eight answers. */
        UNKNOWN,
        /** As expected of a listener. */
        CONSISTENT,
        /** Hardly better than pointing anywhere: channels swapped, no headphones, or somebody who does not try. The result stays close to the starting profile. */
        INCONSISTENT
    }
}
