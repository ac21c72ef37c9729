package io.pinna.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinna.WorldReport;
import io.pinna.acoustics.Bands;
import java.util.Locale;

/** Writes what a headless tour found out, for people and for programs. Stateless; any thread. */
final class TourReport {
    private TourReport() {
    }

    static String text(HeadlessTour.Result result, String output) {
        StringBuilder s = new StringBuilder();
        WorldReport last = result.last();
        LevelMeter.Levels levels = result.levels();
        int rate = result.world().sampleRateHz();
        line(s, "Tour of the derelict clinic: %.1f s into %s, rendered in %.1f s (%.1f × real time), started in %.2f s", levels.seconds(), output, result.renderSeconds(),
                levels.seconds() / Math.max(1e-9, result.renderSeconds()), result.startUpSeconds());
        line(s, "renderer   %s", last.renderer());
        for (WorldReport.ListenerReport listener : last.listeners()) {
            line(s, "listener   %s wears %s: filters of %d samples from %s; %d of %d directions computed", listener.name(), listener.profile(), listener.filterTaps(), listener.model(),
                    listener.readyDirections(), listener.totalDirections());
            line(s, "limiter    acted in %d blocks; now at %.1f dB", listener.limitedBlocks(), listener.limiterGainDb());
            line(s, "device     %s: %s; %d blocks", listener.device().name(), listener.device().description(), listener.device().deliveredBlocks());
        }
        line(s, "latency    %d frames (%.2f ms at %d Hz, blocks of %d)", last.latencyFrames(), 1000.0 * last.latencyFrames() / rate, rate, result.world().blockFrames());
        line(s, "blocks     p50 %.0f µs, p99 %.0f µs, max %.0f µs; a block lasts %.0f µs", last.blockTimes().p50Micros(), last.blockTimes().p99Micros(), last.blockTimes().maxMicros(),
                1e6 * result.world().blockFrames() / rate);
        line(s, "left ear   %.1f dBFS RMS, %.1f dBFS peak", levels.leftRmsDb(), levels.leftPeakDb());
        line(s, "right ear  %.1f dBFS RMS, %.1f dBFS peak", levels.rightRmsDb(), levels.rightPeakDb());
        line(s, "samples    %d clipped, %d not finite; longest silence %.3f s", levels.clippedSamples(), levels.nonFiniteSamples(), levels.longestSilenceSeconds());
        line(s, "faults     %d stale filters, %d deadline misses, %d dropped events, %d blocks not finite", last.staleFilters(), last.deadlineMisses(), last.droppedEvents(),
                last.nonFiniteBlocks());
        line(s, "acoustics  %d updates, %d searches cut; %d meshes of %d triangles, %d left out", last.acoustics().updates(), last.acoustics().cutSearches(), last.acoustics().geometries(), last.acoustics().triangles(),
                last.acoustics().skippedTriangles());
        for (HeadlessTour.Snapshot snapshot : result.snapshots()) {
            WorldReport report = snapshot.report();
            line(s, "");
            line(s, "At %.1f s: listener at (%.2f, %.2f, %.2f), door %s; %d emitters: %d heard, %d silent, %d waiting", snapshot.timeSeconds(), snapshot.x(), snapshot.y(), snapshot.z(),
                    snapshot.doorOpening() == 0 ? "shut" : snapshot.doorOpening() == 1 ? "open" : String.format(Locale.ROOT, "%.0f %% open", 100 * snapshot.doorOpening()),
                    report.emitters().size(), report.realVoices(), report.virtualVoices(), report.waitingVoices());
            for (WorldReport.ListenerReport listener : report.listeners()) {
                WorldReport.ReverbReport reverb = listener.reverb();
                if (reverb != null) {
                    Bands t = reverb.rt60Seconds();
                    line(s, "  around %s: RT60 %.2f, %.2f, %.2f s (low, middle, high), reverberation after %.0f ms, %.1f m between surfaces, %.0f %% open", listener.name(), t.get(0), t.get(1), t.get(2),
                            1000 * reverb.preDelaySeconds(), reverb.meanFreePathMeters(), 100 * reverb.openness());
                }
            }
            for (WorldReport.EmitterReport emitter : report.emitters()) {
                for (WorldReport.PathReport path : emitter.paths()) {
                    line(s, "  %-19s %-9s %6.0f° %5.0f°  %s", emitter.name(), emitter.state(), Math.toDegrees(path.azimuthRadians()), Math.toDegrees(path.elevationRadians()), path.why());
                }
            }
        }
        if (!last.notes().isEmpty()) {
            line(s, "");
            last.notes().forEach(note -> line(s, "note: %s", note));
        }
        return s.toString();
    }

    private static void line(StringBuilder s, String format, Object... values) {
        s.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    static String json(HeadlessTour.Result result, String output) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        WorldReport last = result.last();
        LevelMeter.Levels levels = result.levels();
        int rate = result.world().sampleRateHz();
        root.put("output", output);
        root.put("sampleRateHz", rate);
        root.put("blockFrames", result.world().blockFrames());
        root.put("startUpSeconds", result.startUpSeconds());
        root.put("renderSeconds", result.renderSeconds());
        root.put("renderer", last.renderer());
        root.put("latencyFrames", last.latencyFrames());
        root.put("latencySeconds", (double) last.latencyFrames() / rate);
        root.put("renderedFrames", last.renderedFrames());
        ObjectNode blocks = root.putObject("blockTimesMicros");
        blocks.put("p50", last.blockTimes().p50Micros());
        blocks.put("p99", last.blockTimes().p99Micros());
        blocks.put("max", last.blockTimes().maxMicros());
        root.put("staleFilters", last.staleFilters());
        root.put("deadlineMisses", last.deadlineMisses());
        root.put("droppedEvents", last.droppedEvents());
        root.put("nonFiniteBlocks", last.nonFiniteBlocks());
        ObjectNode level = root.putObject("levels");
        level.put("seconds", levels.seconds());
        level.put("leftRmsDb", levels.leftRmsDb());
        level.put("rightRmsDb", levels.rightRmsDb());
        level.put("leftPeakDb", levels.leftPeakDb());
        level.put("rightPeakDb", levels.rightPeakDb());
        level.put("clippedSamples", levels.clippedSamples());
        level.put("nonFiniteSamples", levels.nonFiniteSamples());
        level.put("longestSilenceSeconds", levels.longestSilenceSeconds());
        ArrayNode listeners = root.putArray("listeners");
        for (WorldReport.ListenerReport listener : last.listeners()) {
            ObjectNode node = listeners.addObject();
            node.put("name", listener.name());
            node.put("profile", listener.profile());
            node.put("model", listener.model());
            node.put("latencyFrames", listener.latencyFrames());
            node.put("filterTaps", listener.filterTaps());
            node.put("readyDirections", listener.readyDirections());
            node.put("totalDirections", listener.totalDirections());
            node.put("limitedBlocks", listener.limitedBlocks());
            node.put("droppedBlocks", listener.droppedBlocks());
            node.put("device", listener.device().name());
            node.put("deviceDescription", listener.device().description());
        }
        ArrayNode moments = root.putArray("moments");
        for (HeadlessTour.Snapshot snapshot : result.snapshots()) {
            moment(moments.addObject(), snapshot);
        }
        ArrayNode notes = root.putArray("notes");
        last.notes().forEach(notes::add);
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of numbers and strings is always JSON", e);
        }
    }

    private static void moment(ObjectNode node, HeadlessTour.Snapshot snapshot) {
        node.put("timeSeconds", snapshot.timeSeconds());
        node.putArray("listener").add(snapshot.x()).add(snapshot.y()).add(snapshot.z());
        node.put("doorOpening", snapshot.doorOpening());
        WorldReport report = snapshot.report();
        ArrayNode around = node.putArray("reverb");
        for (WorldReport.ListenerReport listener : report.listeners()) {
            WorldReport.ReverbReport reverb = listener.reverb();
            if (reverb != null) {
                ObjectNode r = around.addObject().put("listener", listener.name());
                bands(r.putArray("timesSeconds"), reverb.rt60Seconds());
                r.put("preDelaySeconds", reverb.preDelaySeconds()).put("meanFreePathMeters", reverb.meanFreePathMeters()).put("openness", reverb.openness());
            }
        }
        node.put("realVoices", report.realVoices());
        node.put("virtualVoices", report.virtualVoices());
        node.put("waitingVoices", report.waitingVoices());
        ArrayNode emitters = node.putArray("emitters");
        for (WorldReport.EmitterReport emitter : report.emitters()) {
            for (WorldReport.PathReport path : emitter.paths()) {
                ObjectNode e = emitters.addObject();
                e.put("name", emitter.name());
                e.put("sound", emitter.sound());
                e.put("state", emitter.state().name());
                e.put("distanceMeters", path.distanceMeters());
                e.put("azimuthDegrees", Math.toDegrees(path.azimuthRadians()));
                e.put("elevationDegrees", Math.toDegrees(path.elevationRadians()));
                e.put("occlusion", path.occlusion());
                bands(e.putArray("transmission"), path.transmission());
                bands(e.putArray("gainDb"), path.gainDb());
                bands(e.putArray("reverbDb"), path.reverbDb());
                ArrayNode ways = e.putArray("arrivals");
                for (WorldReport.ArrivalReport way : path.arrivals()) {
                    ObjectNode w = ways.addObject().put("kind", way.kind().name()).put("what", way.what()).put("azimuthDegrees", Math.toDegrees(way.azimuthRadians()))
                            .put("elevationDegrees", Math.toDegrees(way.elevationRadians())).put("delaySeconds", way.delaySeconds());
                    bands(w.putArray("gainDb"), way.gainDb());
                }
                e.put("resolved", path.resolved());
                e.put("why", path.why());
            }
        }
    }

    private static void bands(ArrayNode to, Bands bands) {
        for (int b = 0; b < Bands.COUNT; b++) {
            to.add(bands.get(b));
        }
    }
}
