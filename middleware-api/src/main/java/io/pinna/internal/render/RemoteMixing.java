package io.pinna.internal.render;

/**
 * What the audio thread needs to have its blocks rendered by another thread.
 *
 * @param exchange where blocks go and their sound comes back
 * @param policy   which blocks go; audio thread only
 * @param journal  what is told of that
 */
public record RemoteMixing(MixExchange exchange, MixPolicy policy, MixJournal journal) {
    /** For a world of its own. */
    public static RemoteMixing create(RenderPlan plan) {
        return new RemoteMixing(new MixExchange(plan), new MixPolicy(plan.sampleRateHz(), plan.blockFrames()), new MixJournal());
    }
}
