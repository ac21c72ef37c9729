package io.pinna.internal.measurement;

import io.pinna.hrtf.measurement.Finding;
import io.pinna.hrtf.measurement.MeasurementSettings;
import io.pinna.hrtf.measurement.Problem;
import io.pinna.hrtf.measurement.RecordingReport;
import io.pinna.hrtf.measurement.ReferenceRecording;
import io.pinna.hrtf.measurement.SweepSettings;
import io.pinna.hrtf.measurement.Take;
import io.pinna.internal.hrtf.EarAnalysis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/** A whole session: reads the recordings, equalises, windows and judges the takes, and finishes those that are used. One use; one thread. */
public final class SessionAnalysis {
    /** Fewer directions do not surround a head. */
    public static final int FEWEST_TAKES = 3;

    private static final String NO_EQUALIZATION = "no set, and so nothing is equalised";
    /** In the message on a whole session. */
    private static final int MOST_REASONS = 12;
    private static final double LONGEST_WINDOW_SECONDS = 8e-3;
    /** For equalisers that only serve to find things. */
    private static final double SHORT_WINDOW_SECONDS = 2.5e-3;
    /** Between a reflection's begin, as detected, and the end of the window. */
    private static final double MARGIN_SECONDS = 0.1e-3;
    private static final double SHORTEST_ERROR_SECONDS = 1.2e-3;
    private static final double SHORTEST_WARNING_SECONDS = 2e-3;
    private static final double[] OCTAVES_HZ = {250, 500, 1000, 2000, 4000, 8000, 16000};
    private static final double SNR_ERROR_DB = 10;
    private static final double SNR_WARNING_DB = 20;
    private static final double SNR_MEASURED_DB = 10;
    /** Heads differ from the generic one by some 60 µs at the side; ten degrees of azimuth in front are 90 µs. */
    private static final double ITD_WARNING_SECONDS = 130e-6;
    private static final double ITD_ERROR_SECONDS = 220e-6;
    /** Positions nearer to the median plane have cues too small to tell sides by. */
    private static final double LATERAL_SECONDS = 150e-6;
    private static final double ITD_WINDOW_SECONDS = 200e-6;
    /** What heads and loudspeakers add to the phase of a single sweep looks like a hundred ppm or two. */
    private static final double DRIFT_DIFFERENCE_ERROR_PPM = 600;
    private static final double GAINS_WARNING_DB = 3;
    private static final double LEVEL_WARNING_DB = 6;
    private static final double LEVEL_ERROR_DB = 10;
    private static final double SAME_DIRECTION_DEGREES = 2;
    /** 3.4 cm between two microphones. */
    private static final double REFERENCE_DELAY_SECONDS = 100e-6;
    private static final double REFERENCE_LEVELS_DB = 10;
    /** Of the median deviation from the generic listener's interaural level, which single directions of people leave by some 4 dB. */
    private static final double ILD_WARNING_DB = 6;
    private static final double ILD_ERROR_DB = 10;
    /** A take whose delay is this far off says no more about the polarity than one that is further off. */
    private static final double POLARITY_CAP_SECONDS = 300e-6;
    /** By how much the delays must agree better, on the mean over the takes, for a channel to count as turned over; and at least as this part of the other sign's. */
    private static final double POLARITY_CLEAR_SECONDS = 60e-6;
    private static final double POLARITY_CLEAR_PART = 0.6;
    /** Mean logarithm of how much greater the greatest value of a response is than the greatest one of the other sign. */
    private static final double POLARITY_CLEAR_LOG = Math.log(1.2);
    /** The same for a single ear of a single take. */
    private static final double POLARITY_SURE_LOG = Math.log(1.4);

    private final SweepSettings sweep;
    private final MeasurementSettings settings;
    private final Findings session = new Findings();
    private final List<Candidate> takes = new ArrayList<>();
    private final List<Candidate> references = new ArrayList<>();
    private final ReferenceRecording reference;
    private final List<Response> responses = new ArrayList<>();
    private String equalization = NO_EQUALIZATION;
    private int rateHz;
    private int size;
    private EarAnalysis analysis;
    private Equalizer equalizer;

    /** A pair of finished responses. */
    public record Response(double azimuthDegrees, double elevationDegrees, float[] left, float[] right) {
    }

    /** A recording and what becomes of it. */
    private static final class Candidate {
        final Findings findings = new Findings();
        final Take take;
        SweepRecording recording;
        GenericListener.Cues generic;
        List<RecordingReport.BandSnr> snr;
        /** [ear], packed: equalised through the final window. */
        double[][] spectra;
        final double[] arrival = new double[2];
        final int[] sign = {1, 1};
        /** Deviation of the interaural delay from the generic listener's, whichever side it is on: as wired, and with one channel turned over (seconds). */
        final double[] polarityError = new double[2];
        /** [ear], see {@link Polarity#certainty}. */
        final double[] certainty = new double[2];
        double itdSeconds = Double.NaN;
        /** The same by cross-correlation below 3 kHz. */
        double crossDelaySeconds;
        double reflectionSeconds = Double.NaN;
        /** After the earlier ear's arrival. */
        double windowEnd;
        double fromHz = Double.NaN;
        double toHz;
        double levelDb;
        double ildDb;
        /** The louder ear above 2 kHz is the other one than the generic listener's. */
        boolean mirroredLevel;
        boolean used;

        Candidate(Take take) {
            this.take = take;
        }

        boolean alive() {
            return !findings.failed() && recording != null && recording.response != null;
        }

        double earlier() {
            return Math.min(arrival[0], arrival[1]);
        }

        RecordingReport report(double distanceMeters, boolean reference) {
            SweepRecording r = recording;
            boolean through = !Double.isNaN(fromHz);
            boolean read = r.unreadable == null;
            return new RecordingReport(r.file, take == null ? null : take.azimuthDegrees(), take == null ? null : take.elevationDegrees(), distanceMeters, reference ? !findings.failed() : used, read ? r.rateHz : null,
                    read ? List.of(r.peakDb[0], r.peakDb[1]) : null, read ? r.clippedSamples : null, r.arrivalSeconds, r.driftPpm, r.driftFromRepeats, r.repeatDifferenceDb, r.distortionDb, snr, microseconds(itdSeconds),
                    generic == null ? null : microseconds(generic.delaySeconds()), Double.isNaN(reflectionSeconds) ? null : reflectionSeconds, through ? Equalizer.length(windowEnd) : null,
                    through ? fromHz : null, through ? toHz : null, findings.list());
        }

        private static Double microseconds(double seconds) {
            return Double.isNaN(seconds) ? null : 1e6 * seconds;
        }
    }

    /**
     * @param reference or null
     * @param done      is told how many recordings have been read
     * @throws io.pinna.ResourceException if a reference recording, or no take at all, can be read
     */
    public SessionAnalysis(SweepSettings sweep, List<Take> given, ReferenceRecording reference, MeasurementSettings settings, IntConsumer done) {
        this.sweep = sweep;
        this.settings = settings;
        this.reference = reference;
        int read = 0;
        if (reference != null) {
            boolean one = reference.left().equals(reference.right());
            for (int i = 0; i < (one ? 1 : 2); i++) {
                Candidate c = new Candidate(null);
                c.recording = new SweepRecording(i == 0 ? reference.left() : reference.right(), sweep, c.findings, one ? -1 : i, null);
                if (c.recording.unreadable != null) {
                    throw c.recording.unreadable;
                }
                references.add(c);
                done.accept(++read);
            }
        }
        // Single sweeps tell the drift by their phase, to which a head adds; the reference's is the simplest.
        double[] known = references.stream().filter(Candidate::alive).mapToDouble(c -> c.recording.driftPpm).toArray();
        Double knownPpm = sweep.repeats() > 1 || known.length == 0 ? null : (Double) median(known);
        for (Take take : given) {
            Candidate c = new Candidate(take);
            c.recording = new SweepRecording(take.recording(), sweep, c.findings, -1, knownPpm);
            takes.add(c);
            done.accept(++read);
        }
        if (takes.stream().allMatch(c -> c.recording.unreadable != null)) {
            throw takes.get(0).recording.unreadable;
        }
        boolean usable = true;
        for (Candidate c : references) {
            for (Take take : given) {
                if (usable && sameFile(take.recording(), Path.of(c.recording.file))) {
                    usable = false;
                    session.error(Problem.WRONG_REFERENCE, "the reference recording %s cannot be used: it is the take at azimuth %.0f°, elevation %.0f° as well. The reference is recorded without the head",
                            c.recording.file, take.azimuthDegrees(), take.elevationDegrees());
                }
            }
            if (c.findings.failed()) {
                usable = false;
                Finding first = c.findings.list().stream().filter(f -> f.severity() == Finding.Severity.ERROR).findFirst().orElseThrow();
                session.error(first.problem(), "the reference recording %s cannot be used: %s", c.recording.file, first.message());
            }
        }
        if (usable) {
            commonRate();
            commonDrift();
            if (enough()) {
                prepare();
                analyse();
            }
        }
    }

    public List<Finding> findings() {
        return session.list();
    }

    public List<RecordingReport> takeReports() {
        return takes.stream().map(c -> c.report(c.take.distanceMeters(), false)).toList();
    }

    public List<RecordingReport> referenceReports() {
        return references.stream().map(c -> c.report(reference.distanceMeters(), true)).toList();
    }

    /** Empty if the session failed. */
    public List<Response> responses() {
        return List.copyOf(responses);
    }

    public String equalization() {
        return session.failed() ? NO_EQUALIZATION : equalization;
    }

    private List<Candidate> alive() {
        return takes.stream().filter(Candidate::alive).toList();
    }

    private boolean enough() {
        int left = alive().size();
        if (left < FEWEST_TAKES) {
            String reasons = takes.stream().filter(c -> c.findings.failed())
                    .map(c -> ", " + c.take.recording().getFileName() + " " + c.findings.list().stream().filter(f -> f.severity() == Finding.Severity.ERROR).findFirst().orElseThrow().problem())
                    .limit(MOST_REASONS).collect(Collectors.joining());
            session.error(Problem.TOO_FEW_TAKES, "%d of %d takes can be used%s; needed are %d directions at least, and five or more are better", left, takes.size(),
                    reasons.isEmpty() ? "" : " (left out: " + reasons.substring(2) + (takes.size() - left > MOST_REASONS ? ", ..." : "") + ")", FEWEST_TAKES);
        }
        return left >= FEWEST_TAKES;
    }

    private void commonRate() {
        Map<Integer, Integer> count = new LinkedHashMap<>();
        for (Candidate c : references.isEmpty() ? alive() : references) {
            count.merge(c.recording.rateHz, 1, Integer::sum);
        }
        rateHz = count.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(48000);
        if (!references.isEmpty() && count.size() > 1) {
            session.error(Problem.WRONG_RATE, "the two reference recordings have different sample rates: %s Hz", count.keySet());
        }
        for (Candidate c : alive()) {
            if (c.recording.rateHz != rateHz) {
                c.findings.error(Problem.WRONG_RATE, "its sample rate is %d Hz, that of the %s %d: record the whole session at one rate", c.recording.rateHz, references.isEmpty() ? "other takes" : "reference", rateHz);
            }
        }
    }

    /** With single sweeps all recordings get the same drift, the reference's or the median. */
    private void commonDrift() {
        if (sweep.repeats() > 1 || alive().isEmpty()) {
            return;
        }
        double common = median((references.isEmpty() ? alive() : references).stream().mapToDouble(c -> c.recording.driftPpm).toArray());
        for (Candidate c : alive()) {
            double own = c.recording.phaseDriftPpm;
            if (Math.abs(own - common) > DRIFT_DIFFERENCE_ERROR_PPM) {
                c.findings.error(Problem.CLOCK_DRIFT, "by its phase the recorder counts %.0f ppm more samples than the player, in the %s %.0f: samples were lost or inserted, or a device was changed", own,
                        references.isEmpty() ? "session's median" : "reference", common);
            }
        }
        for (List<Candidate> list : List.of(references, alive())) {
            for (Candidate c : list) {
                c.recording.assumeDrift(common);
            }
        }
    }

    /** Of good takes of one direction the one with the fewest warnings stays, and of these the one with the least noise. */
    private void duplicates() {
        List<Candidate> alive = new ArrayList<>(alive());
        alive.sort(Comparator.<Candidate>comparingInt(c -> c.findings.list().size()).thenComparingDouble(SessionAnalysis::noisiness));
        for (int i = 0; i < alive.size(); i++) {
            for (int j = 0; j < i; j++) {
                Candidate worse = alive.get(i);
                Candidate better = alive.get(j);
                double[] u = GenericListener.vector(worse.take.azimuthDegrees(), worse.take.elevationDegrees());
                double[] v = GenericListener.vector(better.take.azimuthDegrees(), better.take.elevationDegrees());
                double degrees = Math.toDegrees(2 * Math.asin(Math.min(1, 0.5 * Math.hypot(Math.hypot(u[0] - v[0], u[1] - v[1]), u[2] - v[2]))));
                if (!worse.findings.failed() && !better.findings.failed() && degrees < SAME_DIRECTION_DEGREES) {
                    worse.findings.error(Problem.DUPLICATE_DIRECTION, "it is %.1f° from %s, which has %s and is used", degrees, better.recording.file,
                            better.findings.list().size() < worse.findings.list().size() ? "fewer faults" : "less noise");
                }
            }
        }
    }

    private static double noisiness(Candidate c) {
        double sum = 0;
        double signal = 0;
        for (int ear = 0; ear < 2; ear++) {
            for (double x : c.recording.noise[ear]) {
                sum += x * x;
            }
            for (double x : c.recording.response[ear]) {
                signal += x * x;
            }
        }
        return sum / signal;
    }

    private void prepare() {
        List<Candidate> alive = alive();
        size = alive.get(0).recording.segmentSize();
        analysis = new EarAnalysis(rateHz, size, topHz());
        equalizer = new Equalizer(rateHz, size, settings.equalizationGainDb());
        double[][] directions = new double[alive.size()][];
        for (int i = 0; i < directions.length; i++) {
            directions[i] = new double[] {alive.get(i).take.azimuthDegrees(), alive.get(i).take.elevationDegrees()};
        }
        List<GenericListener.Cues> cues = GenericListener.in(directions, rateHz, size);
        for (int i = 0; i < directions.length; i++) {
            alive.get(i).generic = cues.get(i);
        }
        if (reference != null) {
            reference();
        } else {
            equalization = "Loudspeaker and microphones estimated, without a reference recording: the mean difference of all takes from the built-in generic listener in the same directions, smoothed over a third of "
                    + "an octave, of minimum phase; level and broad spectrum are therefore the generic listener's on the mean";
            session.warn(Problem.NO_REFERENCE, "without a reference recording loudspeaker and microphones are estimated from the takes and the generic listener; broad features of your ears that all directions share "
                    + "are lost, and so is the level. Record the sweep once with both microphones at the place of your head's centre, and pass it as the reference");
            for (Candidate c : alive) {
                Arrays.fill(c.arrival, c.recording.anchor);
            }
            double[] ends = new double[alive.size()];
            Arrays.fill(ends, SHORT_WINDOW_SECONDS + 0.8e-3);
            estimate(alive, ends);
        }
    }

    private double topHz() {
        return Math.min(Equalizer.HIGHEST_HZ, 0.93 * sweep.highestHz());
    }

    private void reference() {
        for (int ear = 0; ear < 2; ear++) {
            SweepRecording r = references.get(Math.min(ear, references.size() - 1)).recording;
            equalizer.reference(ear, r.response[ear], r.anchor, analysis);
        }
        // With a window of a few milliseconds as the reference of the whole: an impulse, and the reflections after it.
        for (int i = 0; i < references.size(); i++) {
            Candidate c = references.get(i);
            double[][] spectra = new double[2][];
            for (int ear = 0; ear < 2; ear++) {
                // Of two references each counts with its own microphone only.
                int own = references.size() == 1 ? ear : i;
                c.arrival[ear] = equalizer.referenceArrival(own);
                spectra[ear] = equalizer.equalize(equalizer.windowed(c.recording.response[own], c.arrival[ear], 20e-3), own, SHORT_WINDOW_SECONDS);
            }
            c.reflectionSeconds = Reflections.first(spectra, c.earlier(), rateHz);
            c.windowEnd = windowEnd(c.reflectionSeconds);
            c.fromHz = 1 / Equalizer.length(c.windowEnd);
            c.toHz = topHz();
            equalizer.limitReferenceWindow(c.windowEnd);
            judgeWindow(c, Equalizer.length(c.windowEnd));
            snr(c, new double[] {c.windowEnd, c.windowEnd});
            judgeNoise(c);
            if (c.findings.failed()) {
                Finding first = c.findings.list().stream().filter(f -> f.severity() == Finding.Severity.ERROR).findFirst().orElseThrow();
                session.error(first.problem(), "the reference recording %s cannot be used: %s", c.recording.file, first.message());
            }
        }
        judgeReferenceHead();
        double[] power = new double[2];
        for (int ear = 0; ear < 2; ear++) {
            power[ear] = equalizer.medianPower(equalizer.spectrum(ear, SHORT_WINDOW_SECONDS));
        }
        double difference = Spectra.decibels(power[0] / power[1]);
        if (Math.abs(difference) > GAINS_WARNING_DB) {
            session.warn(Problem.UNEQUAL_GAINS, "the left microphone is %.1f dB %s than the right one in the reference; it is corrected", Math.abs(difference), difference > 0 ? "louder" : "softer");
        }
        equalization = "Loudspeaker and microphones undone by a reference recording for each microphone, regularised";
    }

    /** A head between the microphones would be taken out of all takes. */
    private void judgeReferenceHead() {
        if (references.size() == 1) {
            double[][] direct = new double[2][];
            for (int ear = 0; ear < 2; ear++) {
                direct[ear] = equalizer.windowed(references.get(0).recording.response[ear], references.get(0).recording.anchor, SHORT_WINDOW_SECONDS);
                Spectra.forward(direct[ear]);
            }
            // Microphones side by side hear the same, be it turned over.
            double delay = Math.min(Math.abs(crossCorrelationDelay(direct, 1)), Math.abs(crossCorrelationDelay(direct, -1)));
            if (delay > REFERENCE_DELAY_SECONDS) {
                session.error(Problem.WRONG_REFERENCE, "the reference recording %s cannot be used: the sound reaches one microphone %.0f µs before the other, as with a head between them; side by side it is %.0f at most. "
                        + "Record it without the head, both microphones where its middle was", references.get(0).recording.file, 1e6 * delay, 1e6 * REFERENCE_DELAY_SECONDS);
                return;
            }
        }
        double[][] r = {equalizer.spectrum(0, SHORT_WINDOW_SECONDS), equalizer.spectrum(1, SHORT_WINDOW_SECONDS)};
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (double centre : OCTAVES_HZ) {
            if (centre >= 500 && centre <= 8000) {
                double low = centre / Math.sqrt(2);
                double difference = Spectra.decibels(Spectra.bandPower(r[0], rateHz, low, 2 * low) / Spectra.bandPower(r[1], rateHz, low, 2 * low));
                least = Math.min(least, difference);
                most = Math.max(most, difference);
            }
        }
        if (most - least > REFERENCE_LEVELS_DB) {
            session.error(Problem.WRONG_REFERENCE, "the reference recording %s cannot be used: between 500 Hz and 8 kHz the level of the left microphone against the right one changes by %.1f dB, as with a head between "
                    + "them; two microphones of one kind differ by less than %.0f. Record it without the head, both microphones where its middle was, nothing near them", references.get(0).recording.file, most - least,
                    REFERENCE_LEVELS_DB);
        }
    }

    private static boolean sameFile(Path a, Path b) {
        try {
            return a.equals(b) || Files.isSameFile(a, b) || Files.size(a) == Files.size(b) && Files.mismatch(a, b) < 0;
        } catch (IOException e) {
            // What cannot be read is judged where it is read.
            return false;
        }
    }

    private void estimate(List<Candidate> alive, double[] ends) {
        equalizer.estimate(alive.stream().map(c -> c.recording.response).toList(), alive.stream().map(c -> new double[] {c.earlier(), c.earlier()}).toList(), ends,
                alive.stream().mapToDouble(c -> c.take.distanceMeters()).toArray(), alive.stream().map(c -> c.generic).toList());
    }

    private double windowEnd(double reflectionSeconds) {
        if (settings.windowSeconds() != null) {
            return settings.windowSeconds();
        }
        return Double.isNaN(reflectionSeconds) ? LONGEST_WINDOW_SECONDS : Math.min(LONGEST_WINDOW_SECONDS, reflectionSeconds - MARGIN_SECONDS);
    }

    private void analyse() {
        if (session.failed()) {
            return;
        }
        int estimatedFrom = 0;
        polarity();
        for (Candidate c : alive()) {
            arrivals(c);
        }
        if (reference == null) {
            // Again, through the windows that are now known.
            List<Candidate> alive = alive();
            if (!enough()) {
                return;
            }
            estimate(alive, alive.stream().mapToDouble(c -> c.windowEnd).toArray());
            estimatedFrom = alive.size();
        }
        for (Candidate c : alive()) {
            measure(c);
            judgeNoise(c);
            judgePosition(c);
        }
        judgeLevels();
        judgeInterauralLevels();
        // Last, so that a bad take is named for what is wrong with it, and never stands for a good one.
        duplicates();
        if (!enough()) {
            return;
        }
        if (reference == null && alive().size() < estimatedFrom) {
            // Once more, without those that turned out to be bad.
            estimate(alive(), alive().stream().mapToDouble(c -> c.windowEnd).toArray());
            alive().forEach(this::measure);
        }
        ResponseFinisher finisher = new ResponseFinisher(rateHz, size, settings.sampleRateHz());
        for (Candidate c : alive()) {
            // 1/r: the level that the loudspeaker would have at the place of the reference, or at 1 m.
            double gain = c.take.distanceMeters() / (reference == null ? 1 : reference.distanceMeters());
            float[][] h = new float[2][];
            for (int ear = 0; ear < 2; ear++) {
                h[ear] = finisher.finish(c.spectra[ear], c.arrival[ear], c.earlier(), gain * c.sign[ear], c.fromHz, c.toHz);
            }
            double azimuth = c.take.azimuthDegrees() % 360;
            azimuth = azimuth < 0 ? azimuth + 360 : azimuth;
            c.used = true;
            responses.add(new Response(azimuth, c.take.elevationDegrees(), h[0], h[1]));
        }
    }

    /** The equalised responses through the windows that are known, and the figures on them. */
    private void measure(Candidate c) {
        double[] ends = new double[2];
        c.spectra = new double[2][];
        for (int ear = 0; ear < 2; ear++) {
            ends[ear] = c.windowEnd - (c.arrival[ear] - c.earlier()) / rateHz;
            c.spectra[ear] = equalizer.equalize(equalizer.windowed(c.recording.response[ear], c.arrival[ear], ends[ear]), ear, ends[ear]);
        }
        snr(c, ends);
        c.fromHz = Math.max(1 / Equalizer.length(Math.min(ends[0], ends[1])), equalizer.trustedFromHz(Math.min(ends[0], ends[1])));
        c.toHz = topHz();
        limitByNoise(c);
        levels(c);
    }

    /** [ear] equalised with a short reference, the whole response. */
    private double[][] whole(Candidate c) {
        double[][] whole = new double[2][];
        for (int ear = 0; ear < 2; ear++) {
            whole[ear] = equalizer.equalize(equalizer.windowed(c.recording.response[ear], c.recording.anchor, 20e-3), ear, SHORT_WINDOW_SECONDS);
        }
        return whole;
    }

    /** [ear] spectra of what is about the direct sound, as wired. */
    private double[][] direct(Candidate c, double[][] whole) {
        double[][] direct = new double[2][];
        for (int ear = 0; ear < 2; ear++) {
            double[] x = whole[ear].clone();
            Spectra.inverse(x);
            for (int n = 0; n < size; n++) {
                double t = (double) (n - c.recording.anchor) / rateHz;
                x[n] *= Spectra.ramp(t, -2e-3, -1.5e-3) * Spectra.ramp(t, 3.2e-3, 2.2e-3);
            }
            Spectra.forward(x);
            direct[ear] = x;
        }
        return direct;
    }

    /**
     * Which way up the channels are. Nobody solders within a session, while a single response, of one direction and perhaps through an estimated equaliser, says little; so all takes are asked together. One
     * channel against the other: the sign with which the interaural delays agree better with the generic listener's; the wrong one is half a period off. Where that is not clear, the greatest values of the responses must be. Both: by the greatest values of the responses. A take
     * stands against the session only if delay and responses both say so.
     */
    private void polarity() {
        List<Candidate> alive = alive();
        double[] mean = new double[2];
        for (Candidate c : alive) {
            double[][] direct = direct(c, whole(c));
            for (int other = 0; other < 2; other++) {
                double delay = crossCorrelationDelay(direct, other == 0 ? 1 : -1);
                // Sides may be swapped, which is judged later.
                c.polarityError[other] = Math.abs(Math.abs(delay) - Math.abs(c.generic.delaySeconds()));
                mean[other] += Math.min(POLARITY_CAP_SECONDS, c.polarityError[other]) / alive.size();
            }
            for (int ear = 0; ear < 2; ear++) {
                c.certainty[ear] = Polarity.certainty(direct[ear], rateHz);
            }
        }
        boolean same = mean[1] - mean[0] > POLARITY_CLEAR_SECONDS && mean[0] < POLARITY_CLEAR_PART * mean[1];
        boolean turned = mean[0] - mean[1] > POLARITY_CLEAR_SECONDS && mean[1] < POLARITY_CLEAR_PART * mean[0];
        if (!same && !turned) {
            double alike = 0;
            for (Candidate c : alive) {
                alike += Math.signum(c.certainty[0] * c.certainty[1]) * Math.min(Math.abs(c.certainty[0]), Math.abs(c.certainty[1])) / alive.size();
            }
            same = alike > POLARITY_CLEAR_LOG;
            turned = alike < -POLARITY_CLEAR_LOG && mean[1] < mean[0];
        }
        int relative = turned ? -1 : 1;
        double sum = 0;
        for (Candidate c : alive) {
            sum += 0.5 * (c.certainty[0] + relative * c.certainty[1]) / alive.size();
        }
        // Turned over against each other, one of the two signs must be chosen anyway.
        int left = sum < (relative < 0 ? 0 : -POLARITY_CLEAR_LOG) ? -1 : 1;
        for (Candidate c : alive) {
            c.sign[0] = left;
            c.sign[1] = left * relative;
            int own = relative > 0 ? 0 : 1;
            double[] upright = {c.certainty[0] * left, c.certainty[1] * left * relative};
            int ear = upright[0] < upright[1] ? 0 : 1;
            boolean contrary = upright[ear] < -POLARITY_SURE_LOG && upright[1 - ear] > 0;
            if (contrary && c.polarityError[own] > ITD_WARNING_SECONDS && c.polarityError[1 - own] < POLARITY_CLEAR_PART * c.polarityError[own]) {
                c.sign[ear] = -c.sign[ear];
                c.findings.warn(Problem.INVERTED_POLARITY, "the %s channel is turned over in this take and not in the others; it is corrected", SweepRecording.side(ear));
            }
        }
        if (relative < 0) {
            session.warn(Problem.INVERTED_POLARITY, "the %s channel is turned over against %s in all takes (the interaural delays are then %.0f µs off the generic listener's on the mean, instead of %.0f); it is corrected",
                    SweepRecording.side(left < 0 ? 0 : 1), reference == null ? "the other one" : "the reference", 1e6 * mean[1], 1e6 * mean[0]);
        } else if (left < 0 && reference != null) {
            session.warn(Problem.INVERTED_POLARITY, "both channels are turned over against the reference in all takes; it is corrected");
        }
        if (!same && !turned) {
            session.warn(Problem.INVERTED_POLARITY, "the takes do not tell whether a channel is turned over (the interaural delays are %.0f µs off the generic listener's on the mean, and %.0f with one turned over); "
                    + "they are left as they are", 1e6 * mean[0], 1e6 * mean[1]);
        }
    }

    /** Where the sound arrives at each ear, and when the room answers; all on the response equalised with a short reference. */
    private void arrivals(Candidate c) {
        double[][] whole = whole(c);
        double[][] direct = direct(c, whole);
        for (int ear = 0; ear < 2; ear++) {
            if (c.sign[ear] < 0) {
                for (int i = 0; i < size; i++) {
                    direct[ear][i] = -direct[ear][i];
                }
            }
            c.arrival[ear] = analysis.arrivalSamples(direct[ear]);
        }
        c.crossDelaySeconds = crossCorrelationDelay(direct, 1);
        c.itdSeconds = analysis.interauralDelaySeconds(direct[0], direct[1], 1, c.crossDelaySeconds, ITD_WINDOW_SECONDS);
        int louder = Spectra.bandPower(direct[0], rateHz, 200, 18000) >= Spectra.bandPower(direct[1], rateHz, 200, 18000) ? 0 : 1;
        c.arrival[1 - louder] = c.arrival[louder] + (louder == 0 ? 1 : -1) * c.itdSeconds * rateHz;
        c.reflectionSeconds = Reflections.first(whole, c.earlier(), rateHz);
        c.windowEnd = windowEnd(c.reflectionSeconds);
        judgeWindow(c, Equalizer.length(c.windowEnd) - Math.abs(c.itdSeconds));
    }

    /** The lag of the greatest cross-correlation of the ears below 3 kHz (B. Katz and M. Noisternig, "A comparative study of interaural time delay estimation methods", JASA 135, 2014): robust, a millisecond at most. @param sign 1, or −1 with one ear turned over */
    private double crossCorrelationDelay(double[][] s, int sign) {
        double[] x = new double[size];
        for (int k = 1; k < size / 2; k++) {
            double f = (double) k * rateHz / size;
            double gain = sign * Spectra.ramp(f, 150, 300) * Spectra.ramp(f, 3500, 2500);
            x[2 * k] = gain * (s[1][2 * k] * s[0][2 * k] + s[1][2 * k + 1] * s[0][2 * k + 1]);
            x[2 * k + 1] = gain * (s[1][2 * k + 1] * s[0][2 * k] - s[1][2 * k] * s[0][2 * k + 1]);
        }
        Spectra.inverse(x);
        int most = (int) (1e-3 * rateHz);
        int best = 0;
        for (int n = -most; n <= most; n++) {
            best = x[n & size - 1] > x[best & size - 1] ? n : best;
        }
        return (double) best / rateHz;
    }

    // ---- Judgements ------------------------------------------------------------------------------------------------------------------------------------------------------------------

    private void judgeWindow(Candidate c, double lengthSeconds) {
        if (Double.isNaN(c.reflectionSeconds) || settings.windowSeconds() != null) {
            return;
        }
        String text = "a reflection follows %.1f ms after the direct sound, which leaves %.1f ms of the later ear; take loudspeaker and head away from tables, walls and floor, nearer to each other, or cover the surface";
        if (lengthSeconds < SHORTEST_ERROR_SECONDS) {
            c.findings.error(Problem.EARLY_REFLECTION, text, 1000 * c.reflectionSeconds, 1000 * lengthSeconds);
        } else if (lengthSeconds < SHORTEST_WARNING_SECONDS) {
            c.findings.warn(Problem.EARLY_REFLECTION, text, 1000 * c.reflectionSeconds, 1000 * lengthSeconds);
        }
    }

    /** @param ends [ear] of the windows, after each ear's arrival */
    private void snr(Candidate c, double[] ends) {
        double[][] signal = new double[2][OCTAVES_HZ.length];
        double[][] noise = new double[2][OCTAVES_HZ.length];
        for (int ear = 0; ear < 2; ear++) {
            double[] y = equalizer.windowed(c.recording.response[ear], c.arrival[ear], ends[ear]);
            Spectra.forward(y);
            double[] segment = Arrays.copyOf(c.recording.noise[ear], Spectra.powerOfTwo(c.recording.noise[ear].length));
            Spectra.forward(segment);
            double squares = 0;
            for (int n = 0; n < size; n++) {
                double w = Equalizer.window((n - c.arrival[ear]) / rateHz, ends[ear]);
                squares += w * w;
            }
            for (int b = 0; b < OCTAVES_HZ.length; b++) {
                double low = OCTAVES_HZ[b] / Math.sqrt(2);
                double high = Math.min(OCTAVES_HZ[b] * Math.sqrt(2), topHz());
                noise[ear][b] = Spectra.bandPower(segment, rateHz, low, high) / segment.length / c.recording.noise[ear].length * squares;
                signal[ear][b] = Math.max(0, Spectra.bandPower(y, rateHz, low, high) / size - noise[ear][b]);
            }
        }
        List<RecordingReport.BandSnr> list = new ArrayList<>();
        for (int b = 0; b < OCTAVES_HZ.length; b++) {
            list.add(new RecordingReport.BandSnr(OCTAVES_HZ[b], ratio(signal[0][b], noise[0][b]), ratio(signal[1][b], noise[1][b])));
        }
        c.snr = list;
    }

    private static double ratio(double signal, double noise) {
        return Math.max(-60, Math.min(150, Spectra.decibels(signal / Math.max(noise, 1e-30))));
    }

    private void judgeNoise(Candidate c) {
        StringBuilder bad = new StringBuilder();
        StringBuilder poor = new StringBuilder();
        for (RecordingReport.BandSnr b : c.snr) {
            double better = Math.max(b.leftDb(), b.rightDb());
            double worse = Math.min(b.leftDb(), b.rightDb());
            String text = String.format(java.util.Locale.ROOT, "%s%.0f and %.0f dB at %.0f Hz", (better < SNR_ERROR_DB ? bad : poor).length() == 0 ? "" : ", ", b.leftDb(), b.rightDb(), b.centreHz());
            if (b.centreHz() < 1000 || b.centreHz() > 8000) {
                continue;
            }
            if (better < SNR_ERROR_DB) {
                bad.append(text);
            } else if (better < SNR_WARNING_DB || worse < SNR_ERROR_DB) {
                poor.append(text);
            }
        }
        if (bad.length() > 0) {
            c.findings.error(Problem.NOISY, "signal-to-noise ratio (left and right) of %s; needed are %.0f dB at the better ear: play louder or longer sweeps, go nearer, find a quieter room", bad, SNR_ERROR_DB);
        } else if (poor.length() > 0) {
            c.findings.warn(Problem.NOISY, "signal-to-noise ratio (left and right) of %s; good are %.0f dB at the better ear and %.0f dB at the other: play louder or longer sweeps", poor, SNR_WARNING_DB, SNR_ERROR_DB);
        }
    }

    /** The measured range ends where the noise does. */
    private void limitByNoise(Candidate c) {
        double from = 0;
        for (RecordingReport.BandSnr b : c.snr) {
            double better = Math.max(b.leftDb(), b.rightDb());
            if (b.centreHz() < 1000 && better < SNR_MEASURED_DB) {
                from = b.centreHz() * Math.sqrt(2);
            } else if (b.centreHz() > 8000 && better < SNR_MEASURED_DB) {
                c.toHz = Math.min(c.toHz, b.centreHz() / Math.sqrt(2));
            }
        }
        c.fromHz = Math.max(c.fromHz, from);
    }

    /** Level and interaural level against the generic listener. */
    private void levels(Candidate c) {
        double[] ours = new double[2];
        double[] theirs = new double[2];
        double high = 0;
        double[] side = new double[2];
        for (int ear = 0; ear < 2; ear++) {
            for (int k = 0; k <= size / 2; k++) {
                double f = (double) k * rateHz / size;
                if (f >= 500 && f <= 4000) {
                    ours[ear] += Spectra.power(c.spectra[ear], k);
                    theirs[ear] += c.generic.power()[ear][k];
                }
                if (f >= 2000 && f <= 8000) {
                    side[ear] += Spectra.power(c.spectra[ear], k);
                    high += (ear == 0 ? 1 : -1) * c.generic.power()[ear][k];
                }
            }
        }
        double distance = 20 * Math.log10(c.take.distanceMeters() / (reference == null ? 1 : reference.distanceMeters()));
        c.levelDb = Spectra.decibels((ours[0] + ours[1]) / (theirs[0] + theirs[1])) + distance;
        c.ildDb = Spectra.decibels(ours[0] / ours[1]) - Spectra.decibels(theirs[0] / theirs[1]);
        c.mirroredLevel = high * (side[0] - side[1]) < 0;
    }

    private void judgePosition(Candidate c) {
        double expected = c.generic.delaySeconds();
        // Two estimates: at the far ear either may take a later arrival for the first one.
        double error = Math.min(Math.abs(c.itdSeconds - expected), Math.abs(c.crossDelaySeconds - expected));
        boolean mirrored = Math.abs(expected) > LATERAL_SECONDS && c.itdSeconds * expected < 0 && Math.abs(c.itdSeconds + expected) < 0.5 * error && c.mirroredLevel;
        if (mirrored) {
            c.findings.error(Problem.SWAPPED_EARS, "the sound reaches the %s ear first and louder, by %.0f µs, but azimuth %.0f° is on the %s: the microphones or channels are swapped, or the azimuth has the wrong sign "
                    + "(it counts counter-clockwise, left is positive)", c.itdSeconds > 0 ? "left" : "right", 1e6 * Math.abs(c.itdSeconds), c.take.azimuthDegrees(), expected > 0 ? "left" : "right");
        } else if (error > ITD_WARNING_SECONDS) {
            String text = "the interaural delay is %.0f µs; at azimuth %.0f°, elevation %.0f° heads have about %.0f µs: check the stated position, and that the nose pointed forwards";
            Object[] values = {1e6 * c.itdSeconds, c.take.azimuthDegrees(), c.take.elevationDegrees(), 1e6 * expected};
            if (error > ITD_ERROR_SECONDS) {
                c.findings.error(Problem.WRONG_POSITION, text, values);
            } else {
                c.findings.warn(Problem.WRONG_POSITION, text, values);
            }
        }
    }

    /** What differs between the takes, or for all of them from the generic listener. */
    private void judgeLevels() {
        List<Candidate> alive = alive();
        if (alive.isEmpty()) {
            return;
        }
        double level = median(alive.stream().mapToDouble(c -> c.levelDb).toArray());
        for (Candidate c : alive) {
            double off = c.levelDb - level;
            if (Math.abs(off) > LEVEL_WARNING_DB) {
                String text = "it is %.1f dB %s than the other takes, distance and direction considered: was the volume changed, or is the distance wrong?";
                if (Math.abs(off) > LEVEL_ERROR_DB) {
                    c.findings.error(Problem.LEVEL_CHANGED, text, Math.abs(off), off > 0 ? "louder" : "softer");
                } else {
                    c.findings.warn(Problem.LEVEL_CHANGED, text, Math.abs(off), off > 0 ? "louder" : "softer");
                }
            }
        }
        if (reference != null) {
            if (Math.abs(level) > LEVEL_WARNING_DB) {
                session.warn(Problem.LEVEL_CHANGED, "all takes are %.1f dB %s than the reference lets expect: was the volume or the input level changed after it? The level of the set is off by as much", Math.abs(level),
                        level > 0 ? "louder" : "softer");
            }
            double sides = median(alive.stream().mapToDouble(c -> c.ildDb).toArray());
            if (Math.abs(sides) > GAINS_WARNING_DB) {
                session.warn(Problem.UNEQUAL_GAINS, "the left ear is %.1f dB %s than expected in all takes: was an input level changed after the reference recording? It is not corrected", Math.abs(sides),
                        sides > 0 ? "louder" : "softer");
            }
        } else {
            double difference = Spectra.decibels(equalizer.medianPower(equalizer.spectrum(0, SHORT_WINDOW_SECONDS)) / equalizer.medianPower(equalizer.spectrum(1, SHORT_WINDOW_SECONDS)));
            if (Math.abs(difference) > GAINS_WARNING_DB) {
                session.warn(Problem.UNEQUAL_GAINS, "the left microphone seems to be %.1f dB %s than the right one; it is corrected by the estimate", Math.abs(difference), difference > 0 ? "louder" : "softer");
            }
        }
    }

    /** An input level that was changed on one side shows as an interaural level that no direction explains. */
    private void judgeInterauralLevels() {
        List<Candidate> alive = alive();
        if (alive.isEmpty()) {
            return;
        }
        double middle = median(alive.stream().mapToDouble(c -> c.ildDb).toArray());
        for (Candidate c : alive) {
            double off = c.ildDb - middle;
            if (Math.abs(off) > ILD_WARNING_DB) {
                String text = "the %s ear is %.1f dB softer against the other than its direction and the other takes let expect: was one microphone's level changed, or did it slip or get covered?";
                if (Math.abs(off) > ILD_ERROR_DB) {
                    c.findings.error(Problem.UNEQUAL_GAINS, text, off > 0 ? "right" : "left", Math.abs(off));
                } else {
                    c.findings.warn(Problem.UNEQUAL_GAINS, text, off > 0 ? "right" : "left", Math.abs(off));
                }
            }
        }
    }

    private static double median(double[] x) {
        Arrays.sort(x);
        return x.length % 2 == 1 ? x[x.length / 2] : 0.5 * (x[x.length / 2 - 1] + x[x.length / 2]);
    }
}
