package io.pinna.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinna.EmitterState;
import io.pinna.ResourceException;
import io.pinna.WorldReport;
import io.pinna.acoustics.Bands;
import io.pinna.internal.inference.HrtfFieldModel;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects what a rendering did, and tells it as JSON. Levels that are −∞ dB stand as −200. */
public final class RenderReport {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final long MOST_ENTRIES = 1_000_000;
    private static final String NO_REVERB = "late reverberation is not available in this version";

    private final SceneFile scene;
    private final long intervalBlocks;
    private final ObjectNode root = JSON.objectNode();
    private final ArrayNode fallbacks = JSON.arrayNode();
    private final Set<String> notes = new LinkedHashSet<>();
    private final ArrayNode voices = JSON.arrayNode();
    private final ArrayNode renderers = JSON.arrayNode();
    /** [emitter][listener]; empty without series. */
    private final List<List<Series>> series = new ArrayList<>();
    private boolean seriesInTree;
    private String renderer;
    private long rendererSince;
    private int mostReal;
    private int mostVirtual;

    /** How a listener heard an emitter over time, in little memory: there may be a million entries, and a tree takes ten times as much. */
    private static final class Series {
        private static final int FIRST_CAPACITY = 16;
        private static final int VALUES = 5 + 2 * Bands.COUNT;

        private int count;
        private double[] values = new double[FIRST_CAPACITY * VALUES];
        private EmitterState[] states = new EmitterState[FIRST_CAPACITY];
        private boolean[] resolved = new boolean[FIRST_CAPACITY];
        private String[] why = new String[FIRST_CAPACITY];

        void add(double tSeconds, EmitterState state, WorldReport.PathReport path) {
            if (count == states.length) {
                values = Arrays.copyOf(values, 2 * values.length);
                states = Arrays.copyOf(states, 2 * count);
                resolved = Arrays.copyOf(resolved, 2 * count);
                why = Arrays.copyOf(why, 2 * count);
            }
            int at = count * VALUES;
            values[at] = tSeconds;
            values[at + 1] = path.distanceMeters();
            values[at + 2] = path.azimuthRadians();
            values[at + 3] = path.elevationRadians();
            values[at + 4] = path.occlusion();
            for (int b = 0; b < Bands.COUNT; b++) {
                values[at + 5 + b] = path.transmission().get(b);
                values[at + 5 + Bands.COUNT + b] = path.gainDb().get(b);
            }
            states[count] = state;
            resolved[count] = path.resolved();
            why[count] = count > 0 && path.why().equals(why[count - 1]) ? why[count - 1] : path.why();
            count++;
        }

        ObjectNode entry(int i) {
            int at = i * VALUES;
            ObjectNode entry = JSON.objectNode();
            entry.put("t", values[at]);
            entry.put("state", states[i].name());
            entry.put("distanceMeters", round(values[at + 1], 1e4));
            entry.put("azimuthDegrees", round(Math.toDegrees(values[at + 2]), 1e3));
            entry.put("elevationDegrees", round(Math.toDegrees(values[at + 3]), 1e3));
            entry.put("resolved", resolved[i]);
            entry.put("occlusion", round(values[at + 4], 1e5));
            entry.set("transmission", bands(at + 5, 1e6));
            entry.set("gainDb", bands(at + 5 + Bands.COUNT, 1e3));
            entry.putNull("reverbTimesSeconds");
            entry.put("why", why[i]);
            return entry;
        }

        private ArrayNode bands(int at, double per) {
            ArrayNode array = JSON.arrayNode();
            for (int b = 0; b < Bands.COUNT; b++) {
                array.add(round(values[at + b], per));
            }
            return array;
        }
    }

    /** @param withSeries whether to keep what each listener heard of each emitter over time */
    RenderReport(SceneFile scene, long intervalBlocks, boolean withSeries) {
        this.scene = scene;
        this.intervalBlocks = intervalBlocks;
        for (int e = 0; withSeries && e < scene.emitters().size(); e++) {
            List<Series> row = new ArrayList<>();
            for (int l = 0; l < scene.listeners().size(); l++) {
                row.add(new Series());
            }
            series.add(row);
        }
        SceneFile.AcousticsPart a = scene.acoustics();
        if (a.diffraction()) {
            unavailable("diffraction", "diffraction around edges is not available in this version; what is hidden is heard through the walls only");
        }
        if (a.earlyReflections()) {
            unavailable("earlyReflections", "early reflections are not available in this version; only the direct path is rendered");
        }
        if (a.lateReverb()) {
            unavailable("lateReverb", NO_REVERB + "; the scene is rendered dry");
        }
        if (scene.emitters().size() > scene.voices()) {
            fallback("emitters", scene.voices() + " voices", "there are " + scene.emitters().size() + " emitters and at most " + scene.voices()
                    + " voices; those of the least priority and level go on silently");
        }
        if (a.transmission() && !a.occlusion()) {
            note("acoustics.transmission: without occlusion nothing hides an emitter, so there is nothing to transmit");
        }
    }

    private void unavailable(String feature, String reason) {
        fallback("acoustics." + feature, "off", reason);
    }

    /** How many blocks apart two entries are. */
    static long intervalBlocks(SceneFile scene, double intervalSeconds) {
        double blockSeconds = (double) scene.blockFrames() / scene.sampleRateHz();
        long wanted = Math.max(1, Math.round(intervalSeconds / blockSeconds));
        long pairs = Math.max(1, (long) scene.emitters().size() * scene.listeners().size());
        long entries = Math.max(1, MOST_ENTRIES / pairs);
        return Math.max(wanted, (scene.blocks() + entries - 1) / entries);
    }

    /** The time between two entries. */
    static double intervalSeconds(SceneFile scene, double wantedSeconds) {
        return (double) intervalBlocks(scene, wantedSeconds) * scene.blockFrames() / scene.sampleRateHz();
    }

    void fallback(String path, String used, String reason) {
        fallbacks.addObject().put("path", path).put("used", used).put("reason", reason);
    }

    void note(String note) {
        notes.add(note);
    }

    /** What fell back, each a sentence. */
    public List<String> warnings() {
        List<String> all = new ArrayList<>();
        fallbacks.forEach(f -> all.add(f.get("path").asText() + ": " + f.get("reason").asText()));
        all.addAll(notes);
        return all;
    }

    /** Whether the state after this block is to be recorded: at each interval, and at the end. */
    boolean wants(long block) {
        return block % intervalBlocks == 0 || block == scene.blocks() - 1;
    }

    /** For each block: what rendered it. */
    void renderedBy(long block, String by) {
        if (!by.equals(renderer)) {
            endRenderer(block);
            renderer = by;
            rendererSince = block;
        }
    }

    void sample(long block, double tSeconds, WorldReport now) {
        double t = round(tSeconds, 1e6);
        voices.addObject().put("t", t).put("real", now.realVoices()).put("virtual", now.virtualVoices()).put("waiting", now.waitingVoices());
        mostReal = Math.max(mostReal, now.realVoices());
        mostVirtual = Math.max(mostVirtual, now.virtualVoices());
        for (int e = 0; e < series.size(); e++) {
            WorldReport.EmitterReport emitter = now.emitters().get(e);
            for (int l = 0; l < emitter.paths().size(); l++) {
                series.get(e).get(l).add(t, emitter.state(), emitter.paths().get(l));
            }
        }
    }

    private void endRenderer(long block) {
        if (renderer != null && block > rendererSince) {
            renderers.addObject().put("firstBlock", rendererSince).put("blocks", block - rendererSince).put("renderer", renderer);
        }
    }

    void finish(WorldReport last, List<SceneOutput> outputs, double setupSeconds, double renderSeconds) {
        endRenderer(scene.blocks());
        double seconds = (double) scene.frames() / scene.sampleRateHz();
        root.putObject("engine").put("name", "Pinna").put("version", Version.text());
        root.put("scene", scene.file().getFileName().toString());
        root.put("sampleRateHz", scene.sampleRateHz());
        root.put("blockFrames", scene.blockFrames());
        root.put("durationSeconds", seconds);
        root.put("frames", scene.frames());
        root.put("blocks", scene.blocks());
        root.put("latencyFrames", last.latencyFrames());
        root.put("latencySeconds", (double) last.latencyFrames() / scene.sampleRateHz());
        WorldReport.BlockTimes times = last.blockTimes();
        root.putObject("blockTimesMicros").put("p50", round(times.p50Micros(), 10)).put("p99", round(times.p99Micros(), 10)).put("max", round(times.maxMicros(), 10));
        root.put("setupSeconds", round(setupSeconds, 1e3));
        // Placing, acoustics, filters and mixing of all blocks on one thread; without loading before and writing reports after.
        root.put("renderSeconds", round(renderSeconds, 1e3));
        root.put("realTimeFactor", round(seconds / Math.max(1e-9, renderSeconds), 1e2));
        root.put("renderer", last.renderer());
        root.set("renderers", renderers);
        WorldReport.MixReport mix = last.mix();
        root.putObject("mix").put("onInferenceThread", mix.onInferenceThread()).put("description", mix.description()).put("blocks", mix.blocks()).put("lateBlocks", mix.lateBlocks())
                .put("failedBlocks", mix.failedBlocks()).put("unpreparedBlocks", mix.unpreparedBlocks()).put("moves", mix.moves());
        root.put("deadlineMisses", last.deadlineMisses());
        root.put("staleFilters", last.staleFilters());
        root.put("deferredEvents", last.droppedEvents());
        root.put("nonFiniteBlocks", last.nonFiniteBlocks());
        ObjectNode voiceNode = root.putObject("voices");
        voiceNode.put("capacity", scene.voices()).put("mostReal", mostReal).put("mostVirtual", mostVirtual).set("series", voices);
        model();
        acoustics();
        root.put("intervalSeconds", round((double) intervalBlocks * scene.blockFrames() / scene.sampleRateHz(), 1e6));
        listeners(last, outputs);
        emitters(last);
        root.putNull("reverbTimesSeconds");
        root.put("reverbTimesReason", NO_REVERB);
        soundWarnings(last);
        notes.addAll(last.notes());
        root.set("fallbacks", fallbacks);
        ArrayNode said = root.putArray("notes");
        notes.forEach(said::add);
    }

    private void model() {
        if (scene.listeners().stream().noneMatch(l -> l.hrtf().isField())) {
            root.putNull("model");
            return;
        }
        HrtfFieldModel field = HrtfFieldModel.builtIn();
        root.putObject("model").put("name", field.name()).put("provider", field.provider()).put("sha256", field.sha256());
    }

    private void acoustics() {
        SceneFile.AcousticsPart a = scene.acoustics();
        root.putObject("acoustics").put("occlusion", a.occlusion()).put("transmission", a.occlusion() && a.transmission()).put("airAbsorption", a.airAbsorption())
                .put("doppler", a.doppler()).put("propagationDelay", a.propagationDelay()).put("diffraction", false).put("earlyReflections", false).put("lateReverb", false);
    }

    private void listeners(WorldReport last, List<SceneOutput> outputs) {
        ArrayNode listeners = root.putArray("listeners");
        for (int l = 0; l < last.listeners().size(); l++) {
            WorldReport.ListenerReport heard = last.listeners().get(l);
            ObjectNode node = listeners.addObject();
            node.put("name", heard.name()).put("profile", heard.profile()).put("model", heard.model()).put("latencyFrames", heard.latencyFrames()).put("filterTaps", heard.filterTaps());
            node.put("filtersReady", heard.readyDirections()).put("filtersTotal", heard.totalDirections()).put("filtersBaked", heard.isBaked()).put("droppedBlocks", heard.droppedBlocks());
            node.put("device", heard.device().name()).put("deviceDescription", heard.device().description());
            node.putObject("limiter").put("enabled", scene.limiter()).put("limitedBlocks", heard.limitedBlocks()).put("gainDbAtEnd", round(heard.limiterGainDb(), 1e3));
            node.set("level", level(outputs.get(l).meter()));
        }
    }

    private ObjectNode level(LevelMeter meter) {
        ObjectNode level = JSON.objectNode();
        level.put("peakDbfs", round(Math.max(meter.peakDb(0), meter.peakDb(1)), 1e3));
        level.putArray("peakDbfsPerEar").add(round(meter.peakDb(0), 1e3)).add(round(meter.peakDb(1), 1e3));
        level.putArray("rmsDbfsPerEar").add(round(meter.rmsDb(0), 1e3)).add(round(meter.rmsDb(1), 1e3));
        double loudness = meter.loudnessLufs();
        if (Double.isNaN(loudness)) {
            level.putNull("loudnessLufs");
        } else {
            level.put("loudnessLufs", round(loudness, 1e2));
        }
        level.put("clippedSamples", meter.clippedSamples()).put("nonFiniteSamples", meter.nonFiniteSamples()).put("silenceFraction", round(meter.silenceFraction(), 1e6));
        level.put("largestStep", round(meter.largestStep(), 1e6));
        ArrayNode levels = level.putArray("series");
        double intervalSeconds = (double) intervalBlocks * scene.blockFrames() / scene.sampleRateHz();
        List<double[]> intervals = meter.intervals();
        for (int i = 0; i < intervals.size(); i++) {
            levels.addObject().put("t", round(i * intervalSeconds, 1e6)).put("leftDbfs", round(intervals.get(i)[0], 1e2)).put("rightDbfs", round(intervals.get(i)[1], 1e2));
        }
        return level;
    }

    private void emitters(WorldReport last) {
        ArrayNode emitters = root.putArray("emitters");
        for (int e = 0; e < last.emitters().size(); e++) {
            WorldReport.EmitterReport sounding = last.emitters().get(e);
            ObjectNode node = emitters.addObject();
            node.put("name", sounding.name()).put("sound", sounding.sound()).put("state", sounding.state().name()).put("missedFrames", sounding.missedFrames());
            ArrayNode warned = node.putArray("soundWarnings");
            sounding.soundWarnings().forEach(warned::add);
            ArrayNode heard = node.putArray("listeners");
            for (int l = 0; l < scene.listeners().size(); l++) {
                heard.addObject().put("listener", scene.listeners().get(l).name());
            }
        }
    }

    /** What sound files lack is told once a file, whatever the number of emitters that play it. */
    private void soundWarnings(WorldReport last) {
        Set<Path> told = new HashSet<>();
        for (int e = 0; e < last.emitters().size(); e++) {
            SceneFile.EmitterPart part = scene.emitters().get(e);
            if (part.sound() != null && told.add(part.sound())) {
                for (String warning : last.emitters().get(e).soundWarnings()) {
                    note(part.jsonPath() + ".sound: " + part.sound() + ": " + warning);
                }
            }
        }
    }

    private static double round(double value, double per) {
        double rounded = Math.rint(value * per) / per;
        return rounded == 0 ? 0 : rounded;
    }

    /** The report as a tree, complete after the rendering, but for the series of emitters: of any size. */
    ObjectNode summary() {
        return root;
    }

    /** The report as a tree, complete after the rendering. */
    public ObjectNode json() {
        if (!seriesInTree) {
            seriesInTree = true;
            for (int e = 0; e < series.size(); e++) {
                for (int l = 0; l < series.get(e).size(); l++) {
                    ArrayNode entries = ((ObjectNode) root.get("emitters").get(e).get("listeners").get(l)).putArray("series");
                    for (int i = 0; i < series.get(e).get(l).count; i++) {
                        entries.add(series.get(e).get(l).entry(i));
                    }
                }
            }
        }
        return root;
    }

    /** The report as text. */
    public String text() {
        StringWriter text = new StringWriter();
        try {
            write(text);
        } catch (IOException e) {
            throw new IllegalStateException("a tree of numbers and texts can be written", e);
        }
        return text.toString();
    }

    /** Entry by entry, so that a large report is never a tree in memory. */
    private void write(Writer out) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        try (JsonGenerator to = mapper.writerWithDefaultPrettyPrinter().createGenerator(out)) {
            to.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            to.writeStartObject();
            for (Map.Entry<String, JsonNode> field : root.properties()) {
                to.writeFieldName(field.getKey());
                if (field.getKey().equals("emitters") && !seriesInTree) {
                    writeEmitters(to, mapper);
                } else {
                    mapper.writeTree(to, field.getValue());
                }
            }
            to.writeEndObject();
        }
        out.write("\n");
    }

    private void writeEmitters(JsonGenerator to, ObjectMapper mapper) throws IOException {
        to.writeStartArray();
        for (int e = 0; e < root.get("emitters").size(); e++) {
            to.writeStartObject();
            for (Map.Entry<String, JsonNode> field : root.get("emitters").get(e).properties()) {
                to.writeFieldName(field.getKey());
                if (!field.getKey().equals("listeners")) {
                    mapper.writeTree(to, field.getValue());
                    continue;
                }
                to.writeStartArray();
                for (int l = 0; l < field.getValue().size(); l++) {
                    to.writeStartObject();
                    to.writeStringField("listener", field.getValue().get(l).get("listener").asText());
                    if (!series.isEmpty()) {
                        to.writeArrayFieldStart("series");
                        Series heard = series.get(e).get(l);
                        for (int i = 0; i < heard.count; i++) {
                            mapper.writeTree(to, heard.entry(i));
                        }
                        to.writeEndArray();
                    }
                    to.writeEndObject();
                }
                to.writeEndArray();
            }
            to.writeEndObject();
        }
        to.writeEndArray();
    }

    /** @throws ResourceException if the file cannot be written */
    void write(Path file) {
        try (Writer out = Files.newBufferedWriter(file)) {
            write(out);
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "file", "the report cannot be written: " + (e instanceof java.nio.file.NoSuchFileException ? "its folder does not exist" : e.getMessage()), e);
        }
    }
}
