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
    private static final String NO_REVERB = "late reverberation is off in this scene (acoustics.lateReverb)";
    /** All ways of a pair are told at so many times at most, and of all pairs together so many. */
    private static final int MOST_TIMES = 16;
    private static final int MOST_ARRIVALS = 40_000;
    private static final int TYPICAL_ARRIVALS = 16;

    private final SceneFile scene;
    private final long intervalBlocks;
    private final ObjectNode root = JSON.objectNode();
    private final ArrayNode fallbacks = JSON.arrayNode();
    private final Set<String> notes = new LinkedHashSet<>();
    private final ArrayNode voices = JSON.arrayNode();
    private final ArrayNode renderers = JSON.arrayNode();
    /** [emitter][listener]; empty without series. */
    private final List<List<Series>> series = new ArrayList<>();
    /** By listener. */
    private final List<ArrayNode> reverbs = new ArrayList<>();
    private long samples;
    private final long samplesAnArrival;
    private boolean seriesInTree;
    private String renderer;
    private long rendererSince;
    private int mostReal;
    private int mostVirtual;

    /** How a listener heard an emitter over time, in little memory: there may be a million entries, and a tree takes ten times as much. */
    private static final class Series {
        private static final int FIRST_CAPACITY = 16;
        private static final int OF_PATH = 5 + 2 * Bands.COUNT;
        private static final int OF_REVERB = OF_PATH + 4;
        private static final int VALUES = OF_REVERB + 2 * Bands.COUNT;

        private int count;
        private double[] values = new double[FIRST_CAPACITY * VALUES];
        private EmitterState[] states = new EmitterState[FIRST_CAPACITY];
        private boolean[] resolved = new boolean[FIRST_CAPACITY];
        private String[] why = new String[FIRST_CAPACITY];
        /** What dominates, null where that is not known; and all ways at some times. */
        private WorldReport.ArrivalKind[] kinds = new WorldReport.ArrivalKind[FIRST_CAPACITY];
        private String[] what = new String[FIRST_CAPACITY];
        private final ArrayNode arrivals = JSON.arrayNode();

        void add(double tSeconds, EmitterState state, WorldReport.PathReport path, WorldReport.ReverbReport reverb, boolean withArrivals) {
            if (count == states.length) {
                values = Arrays.copyOf(values, 2 * values.length);
                states = Arrays.copyOf(states, 2 * count);
                resolved = Arrays.copyOf(resolved, 2 * count);
                why = Arrays.copyOf(why, 2 * count);
                kinds = Arrays.copyOf(kinds, 2 * count);
                what = Arrays.copyOf(what, 2 * count);
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
            for (int b = 0; b < Bands.COUNT; b++) {
                values[at + OF_REVERB + b] = path.reverbDb().get(b);
                values[at + OF_REVERB + Bands.COUNT + b] = reverb == null ? Double.NaN : reverb.rt60Seconds().get(b);
            }
            if (!path.arrivals().isEmpty()) {
                WorldReport.ArrivalReport first = path.arrivals().get(0);
                values[at + OF_PATH] = first.azimuthRadians();
                values[at + OF_PATH + 1] = first.elevationRadians();
                values[at + OF_PATH + 2] = first.lengthMeters();
                values[at + OF_PATH + 3] = first.loudestDb();
                kinds[count] = first.kind();
                what[count] = count > 0 && first.what().equals(what[count - 1]) ? what[count - 1] : first.what();
            }
            if (withArrivals) {
                ArrayNode all = arrivals.addObject().put("t", tSeconds).putArray("arrivals");
                path.arrivals().forEach(a -> all.add(arrival(a)));
            }
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
            if (kinds[i] == null) {
                entry.putNull("path");
            } else {
                entry.putObject("path").put("kind", kinds[i].name()).put("what", what[i]).put("azimuthDegrees", degrees(values[at + OF_PATH])).put("elevationDegrees", degrees(values[at + OF_PATH + 1]))
                        .put("lengthMeters", round(values[at + OF_PATH + 2], 1e4)).put("levelDb", round(values[at + OF_PATH + 3], 1e3));
            }
            entry.set("reverbDb", bands(at + OF_REVERB, 1e3));
            if (Double.isNaN(values[at + OF_REVERB + Bands.COUNT])) {
                entry.putNull("reverbTimesSeconds");
            } else {
                entry.set("reverbTimesSeconds", bands(at + OF_REVERB + Bands.COUNT, 1e4));
            }
            entry.put("why", why[i]);
            return entry;
        }

        private static ObjectNode arrival(WorldReport.ArrivalReport a) {
            ObjectNode node = JSON.objectNode();
            node.put("kind", a.kind().name()).put("what", a.what()).put("azimuthDegrees", degrees(a.azimuthRadians())).put("elevationDegrees", degrees(a.elevationRadians()))
                    .put("lengthMeters", round(a.lengthMeters(), 1e4)).put("delaySeconds", round(a.delaySeconds(), 1e7)).set("gainDb", RenderReport.bands(a.gainDb(), 1e3));
            ArrayNode place = node.putArray("place");
            place.add(round(a.place().x(), 1e4)).add(round(a.place().y(), 1e4)).add(round(a.place().z(), 1e4));
            return node;
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
        for (int l = 0; l < scene.listeners().size(); l++) {
            reverbs.add(JSON.arrayNode());
        }
        long pairs = Math.max(1, (long) scene.emitters().size() * scene.listeners().size());
        long times = Math.max(1, Math.min(MOST_TIMES, MOST_ARRIVALS / (TYPICAL_ARRIVALS * pairs)));
        long sampled = (scene.blocks() + intervalBlocks - 1) / intervalBlocks;
        samplesAnArrival = Math.max(1, (sampled + times - 1) / times);
        SceneFile.AcousticsPart a = scene.acoustics();
        if (scene.emitters().size() > scene.voices()) {
            fallback("emitters", scene.voices() + " voices", "there are " + scene.emitters().size() + " emitters and at most " + scene.voices()
                    + " voices; those of the least priority and level go on silently");
        }
        if (a.transmission() && !a.occlusion()) {
            note("acoustics.transmission: without occlusion nothing hides an emitter, so there is nothing to transmit");
        }
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
                series.get(e).get(l).add(t, emitter.state(), emitter.paths().get(l), now.listeners().get(l).reverb(), samples % samplesAnArrival == 0);
            }
        }
        for (int l = 0; l < now.listeners().size(); l++) {
            WorldReport.ReverbReport reverb = now.listeners().get(l).reverb();
            if (reverb != null) {
                reverbs.get(l).add(reverb(reverb).put("t", t));
            }
        }
        samples++;
    }

    private static ObjectNode reverb(WorldReport.ReverbReport reverb) {
        ObjectNode node = JSON.objectNode();
        node.set("timesSeconds", bands(reverb.rt60Seconds(), 1e4));
        return node.put("preDelaySeconds", round(reverb.preDelaySeconds(), 1e5)).put("meanFreePathMeters", round(reverb.meanFreePathMeters(), 1e3)).put("openness", round(reverb.openness(), 1e4));
    }

    private static ArrayNode bands(Bands values, double per) {
        ArrayNode array = JSON.arrayNode();
        for (int b = 0; b < Bands.COUNT; b++) {
            array.add(round(values.get(b), per));
        }
        return array;
    }

    private static double degrees(double radians) {
        return round(Math.toDegrees(radians), 1e3);
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
        acoustics(last.acoustics());
        root.put("intervalSeconds", round((double) intervalBlocks * scene.blockFrames() / scene.sampleRateHz(), 1e6));
        listeners(last, outputs);
        emitters(last);
        reverbTimes(last);
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

    /** At the end, by the name of the listener; over time they are told with the listeners. */
    private void reverbTimes(WorldReport last) {
        if (!scene.acoustics().lateReverb()) {
            root.putNull("reverbTimesSeconds");
            root.put("reverbTimesReason", NO_REVERB);
            return;
        }
        ObjectNode times = root.putObject("reverbTimesSeconds");
        for (WorldReport.ListenerReport listener : last.listeners()) {
            times.set(listener.name(), listener.reverb() == null ? null : bands(listener.reverb().rt60Seconds(), 1e4));
        }
    }

    private void acoustics(WorldReport.AcousticsReport work) {
        SceneFile.AcousticsPart a = scene.acoustics();
        ObjectNode node = root.putObject("acoustics").put("occlusion", a.occlusion()).put("transmission", a.occlusion() && a.transmission()).put("airAbsorption", a.airAbsorption())
                .put("doppler", a.doppler()).put("propagationDelay", a.propagationDelay()).put("diffraction", a.occlusion() && a.diffraction()).put("earlyReflections", a.earlyReflections())
                .put("lateReverb", a.lateReverb());
        node.put("updates", work.updates()).put("cutSearches", work.cutSearches()).put("geometries", work.geometries()).put("triangles", work.triangles()).put("skippedTriangles", work.skippedTriangles());
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
            if (scene.acoustics().lateReverb()) {
                node.set("reverb", reverbs.get(l));
            }
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
                    ObjectNode heard = (ObjectNode) root.get("emitters").get(e).get("listeners").get(l);
                    heard.set("arrivals", series.get(e).get(l).arrivals);
                    ArrayNode entries = heard.putArray("series");
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
                        Series heard = series.get(e).get(l);
                        to.writeFieldName("arrivals");
                        mapper.writeTree(to, heard.arrivals);
                        to.writeArrayFieldStart("series");
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
