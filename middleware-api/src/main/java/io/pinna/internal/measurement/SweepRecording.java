package io.pinna.internal.measurement;

import io.pinna.ResourceException;
import io.pinna.hrtf.measurement.Problem;
import io.pinna.hrtf.measurement.SweepSettings;
import io.pinna.internal.sound.ByteSource;
import io.pinna.internal.sound.SoundDecoder;
import io.pinna.internal.sound.SoundFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * A recording of the sweeps, taken apart: where they are, how the clocks differ, the mean response around the direct sound, the noise before it, the harmonics. What is wrong with the recording is collected,
 * not thrown, and where nothing can be made of it the response is null. One thread.
 *
 * <p>Steps. (1) Levels, clipping, missing channels. (2) Deconvolution of the whole recording by one sweep: every repeat leaves a response, the period apart. (3) The strongest responses that stand the right
 * number of periods apart are the sweeps. (4) The lag of the greatest correlation between the first repeat and the others gives their distance to a hundredth of a sample, and this the clock drift: with
 * P the period played and P′ the one recorded, drift = P′/P − 1. With a single sweep it is the drift whose dispersion, undone, makes the response most alike to its minimum-phase version, see
 * {@link #driftByPhase}. (5) Deconvolution again, by the sweep as the recorder's clock hears it. (6) The mean over the repeats, aligned to fractions of a sample by the phase.
 */
final class SweepRecording {
    /** What is cut out around the direct sound: before and after it. */
    static final double BEFORE_SECONDS = 0.02;
    static final double AFTER_SECONDS = 0.06;

    /** Nearly six minutes at 48 kHz; the analysis takes some 60 bytes a frame. */
    private static final int MOST_FRAMES = 1 << 24;
    /** Full scale less one and a half steps of 16 bits. */
    private static final double FULL_SCALE = 1 - 1.5 / 32768;
    /** Fewer are a click at most, and damage nothing. */
    private static final int TOLERATED_CLIPPED = 3;
    /** At full scale, counted over a recording. */
    private static final double CLIPPED_ERROR_SECONDS = 1e-3;
    private static final double SILENT_DB = -100;
    private static final double SMOOTHING_SECONDS = 1e-3;
    /** How far the strongest millisecond stands out from the median one. Deconvolved speech and noise reach about 15 dB, sweeps in noise of their own level 35 dB. */
    private static final double FOUND_DB = 22;
    /** The part of the energy of the second around the strongest millisecond that lies within 25 ms of it; a wrong rate smears it over a tenth of a second and more. */
    private static final double CONCENTRATED = 0.25;
    private static final double[] LIKELY_RATES_HZ = {22050, 32000, 44100, 48000, 96000};
    private static final double DRIFT_WARNING_PPM = 300;
    private static final double DRIFT_ERROR_PPM = 1000;
    private static final double REPEATS_WARNING_DB = -25;
    private static final double REPEATS_ERROR_DB = -15;
    private static final double DISTORTION_WARNING_DB = -26;
    private static final double DISTORTION_ERROR_DB = -14;
    /** Weaker than the other ear's by more than any head shadows over the whole band. */
    private static final double SILENT_EAR_DB = 35;

    private final SweepSettings settings;
    private final ExponentialSweep sweep;
    private final Findings findings;
    private final int only;
    private final Double knownPpm;
    private final float[][] recorded = new float[2][];

    final String file;
    /** Why the file cannot be read; or null. */
    ResourceException unreadable;
    /** 0 if the file cannot be read. */
    int rateHz;
    final double[] peakDb = new double[2];
    final int clippedSamples;
    Double arrivalSeconds;
    Double driftPpm;
    /** By the phase of a single sweep. */
    double phaseDriftPpm;
    Boolean driftFromRepeats;
    Double repeatDifferenceDb;
    Double distortionDb;
    /** [ear][samples around the direct sound, which is at {@link #anchor}]; null if the recording is of no use. */
    double[][] response;
    int anchor;
    /** [ear][samples before the direct sound], the noise of the mean response. */
    double[][] noise;

    /**
     * @param only     the channel that counts (0 left, 1 right), or −1 for both
     * @param knownPpm the drift of a single sweep, known from another recording; or null
     */
    SweepRecording(Path path, SweepSettings settings, Findings findings, int only, Double knownPpm) {
        this.only = only;
        this.knownPpm = knownPpm;
        this.settings = settings;
        this.findings = findings;
        sweep = new ExponentialSweep(settings);
        file = path.toString();
        int clipped = 0;
        try (SoundDecoder in = SoundFiles.open(ByteSource.open(path))) {
            rateHz = in.sampleRateHz();
            if (in.channels() != 2) {
                findings.error(Problem.NOT_STEREO, "it has %d channel%s; needed are two, left ear and right ear: set the recorder to stereo", in.channels(), in.channels() == 1 ? "" : "s");
            } else if (rateHz < 44100 || rateHz > 192000) {
                findings.error(Problem.WRONG_RATE, "its sample rate is %d Hz; allowed is 44100 to 192000: set the recorder to 48000", rateHz);
            } else if (in.frames() > MOST_FRAMES) {
                throw new ResourceException(file, "data", "is " + in.frames() / rateHz + " seconds long; a take has at most " + MOST_FRAMES / rateHz + " at this rate: cut it to one position");
            } else {
                read(in);
                clipped = levels();
            }
        } catch (ResourceException e) {
            unreadable = e;
            findings.error(Problem.UNREADABLE, "the file cannot be used: %s", e.getMessage().startsWith(file + ": ") ? e.getMessage().substring(file.length() + 2) : e.getMessage());
        }
        clippedSamples = clipped;
        if (!findings.failed()) {
            analyse();
        }
    }

    private void read(SoundDecoder in) {
        int frames = (int) in.frames();
        recorded[0] = new float[frames];
        recorded[1] = new float[frames];
        float[] block = new float[2 * 4096];
        int done = 0;
        for (int n = in.read(block, 0, 4096); n > 0 && done < frames; n = in.read(block, 0, Math.min(4096, frames - done))) {
            for (int i = 0; i < n; i++) {
                recorded[0][done + i] = block[2 * i];
                recorded[1][done + i] = block[2 * i + 1];
            }
            done += n;
        }
    }

    private int levels() {
        int clipped = 0;
        int first = -1;
        for (int ear = 0; ear < 2; ear++) {
            double peak = 0;
            for (int n = 0; n < recorded[ear].length; n++) {
                double x = Math.abs(recorded[ear][n]);
                if (!Double.isFinite(x)) {
                    throw new ResourceException(file, "data", "holds NaN or infinity at frame " + n);
                }
                peak = Math.max(peak, x);
                if (x >= FULL_SCALE) {
                    clipped++;
                    first = first < 0 || n < first ? n : first;
                }
            }
            peakDb[ear] = Math.max(-200, 20 * Math.log10(peak));
        }
        if (clipped > CLIPPED_ERROR_SECONDS * rateHz) {
            findings.error(Problem.CLIPPED, "%d samples are at full scale, the first at %.3f s; record again with the input turned down", clipped, (double) first / rateHz);
        } else if (clipped > TOLERATED_CLIPPED) {
            findings.warn(Problem.CLIPPED, "%d samples are at full scale, the first at %.3f s; turn the input down", clipped, (double) first / rateHz);
        }
        if (only < 0 && Arrays.equals(recorded[0], recorded[1])) {
            findings.error(Problem.SAME_SIGNAL_IN_BOTH_EARS, "both channels hold the same samples: a mono recording; record two microphones into two channels");
        }
        for (int ear = 0; ear < 2; ear++) {
            if (only != 1 - ear && peakDb[ear] < SILENT_DB) {
                findings.error(Problem.SILENT_EAR, "the %s channel is silent (peak %.0f dB); check its microphone", side(ear), peakDb[ear]);
            }
        }
        return clipped;
    }

    static String side(int ear) {
        return ear == 0 ? "left" : "right";
    }

    private void analyse() {
        int frames = recorded[0].length;
        if (frames < 0.5 * settings.durationSeconds() * rateHz) {
            findings.error(Problem.CUT_OFF, "it lasts %.2f s; the sweep alone takes %.2f s", (double) frames / rateHz, settings.durationSeconds());
            return;
        }
        double[][] spectra = new double[2][];
        Train train = locate(spectra, 1);
        if (train.found < settings.repeats() || train.standsOutDb < FOUND_DB || train.concentration < CONCENTRATED) {
            if (wrongRate(train)) {
                return;
            }
            if (train.standsOutDb < FOUND_DB || train.concentration < 0.2 * CONCENTRATED) {
                findings.error(Problem.NO_SWEEP, "the sweep is not in it (its strongest answer stands %.0f dB above the rest, needed are %.0f): is it the right file, and are these the settings that the sweep was "
                        + "made with?", train.standsOutDb, FOUND_DB);
                return;
            }
        }
        if (train.found < settings.repeats()) {
            boolean longEnough = frames > (settings.totalSeconds() - settings.silenceSeconds()) * rateHz;
            if (train.concentration < CONCENTRATED) {
                findings.error(Problem.NO_SWEEP, "what answers to the sweep is smeared over a tenth of a second and more, and comes %d instead of %d times: was another sweep played than the one that is described?", train.found,
                        settings.repeats());
            } else {
                findings.error(Problem.CUT_OFF, "it holds %d of %d sweeps at their distance; let the recorder run until the sound is over, and without gaps%s", train.found, settings.repeats(),
                        longEnough ? "; or was another sweep played than the one that is described?" : "");
            }
            return;
        }
        double start = train.positions[0] / (double) rateHz;
        double end = train.positions[train.found - 1] / (double) rateHz + settings.durationSeconds();
        if (start < 0 || end > (double) frames / rateHz) {
            findings.error(Problem.CUT_OFF, start < 0 ? "it begins %.2f s after the sweep began; start the recorder first" : "it ends %.2f s before the last sweep was over; let the recorder run on",
                    start < 0 ? -start : end - (double) frames / rateHz);
            return;
        }
        double stretch = 1;
        driftFromRepeats = settings.repeats() > 1;
        if (driftFromRepeats) {
            stretch = stretchByRepeats(train);
        } else {
            phaseDriftPpm = driftByPhase(train);
            stretch = 1 + (knownPpm == null ? phaseDriftPpm : knownPpm) * 1e-6;
        }
        driftPpm = 1e6 * (stretch - 1);
        if (Math.abs(driftPpm) > DRIFT_ERROR_PPM) {
            findings.error(Problem.CLOCK_DRIFT, "the recorder counts %.0f ppm more samples than the player; allowed are ±%.0f: samples are lost or inserted (wireless sound, a busy computer), or a rate is wrong", driftPpm,
                    DRIFT_ERROR_PPM);
            return;
        }
        if (driftFromRepeats && Math.abs(driftPpm) > DRIFT_WARNING_PPM) {
            findings.warn(Problem.CLOCK_DRIFT, "the recorder counts %.0f ppm more samples than the player, more than clocks usually differ; it is corrected", driftPpm);
        }
        train = locate(spectra, stretch);
        if (train.found < settings.repeats()) {
            findings.error(Problem.CUT_OFF, "it holds %d of %d sweeps at their distance; let the recorder run until the sound is over, and without gaps", train.found, settings.repeats());
            return;
        }
        arrivalSeconds = train.positions[0] / (double) rateHz;
        average(train, stretch);
        recorded[0] = null;
        recorded[1] = null;
    }

    /**
     * The deconvolved recording and where the sweeps' responses are in it.
     *
     * @param responses     [ear][time], negative times at the end
     * @param positions     first arrival of each sweep (samples, may be negative)
     * @param found         how many there are
     * @param standsOutDb   strongest millisecond against the median one
     * @param concentration part of the energy of ±0.5 s that lies within 25 ms of the strongest
     */
    private record Train(double[][] responses, long[] positions, int found, double standsOutDb, double concentration) {
        double at(int ear, long n) {
            return responses[ear][(int) n & responses[ear].length - 1];
        }
    }

    /** @param spectra [ear] of the recording, filled on the first call for a transform size */
    private Train locate(double[][] spectra, double stretch) {
        int frames = recorded[0].length;
        int size = sweep.transformSize(frames, rateHz, stretch);
        double[][] h = new double[2][];
        for (int ear = 0; ear < 2; ear++) {
            if (spectra[ear] == null || spectra[ear].length != size) {
                spectra[ear] = new double[size];
                for (int n = 0; n < frames; n++) {
                    spectra[ear][n] = recorded[ear][n];
                }
                Spectra.forward(spectra[ear]);
            }
            h[ear] = spectra[ear].clone();
            sweep.deconvolve(h[ear], rateHz, stretch);
        }
        // Energy in milliseconds, by cumulated sums from the most negative time on.
        int back = sweep.length(rateHz, stretch);
        int total = back + frames;
        double[] cumulated = new double[total + 1];
        for (int n = 0; n < total; n++) {
            int at = n - back & size - 1;
            cumulated[n + 1] = cumulated[n] + h[0][at] * h[0][at] + h[1][at] * h[1][at];
        }
        int width = (int) Math.round(SMOOTHING_SECONDS * rateHz);
        int best = 0;
        for (int n = 0; n + width <= total; n++) {
            best = cumulated[n + width] - cumulated[n] > cumulated[best + width] - cumulated[best] ? n : best;
        }
        double peak = cumulated[best + width] - cumulated[best];
        double[] levels = new double[total / width];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = cumulated[(i + 1) * width] - cumulated[i * width];
        }
        Arrays.sort(levels);
        double standsOut = Spectra.decibels(peak / Math.max(levels[levels.length / 2], 1e-30));
        int centre = best + width / 2;
        double near = between(cumulated, centre - 0.025 * rateHz, centre + 0.025 * rateHz);
        double wide = between(cumulated, centre - 0.5 * rateHz, centre + 0.5 * rateHz);
        // The other sweeps: a period apart, give or take half a percent of it.
        double period = settings.periodSeconds() * stretch * rateHz;
        int repeats = settings.repeats();
        int slack = (int) (0.005 * period);
        int[] where = new int[2 * repeats - 1];
        double[] energy = new double[2 * repeats - 1];
        for (int j = 0; j < where.length; j++) {
            int about = (int) Math.round(best + (j - repeats + 1) * period);
            where[j] = -1;
            for (int n = Math.max(0, about - slack); n <= Math.min(total - width, about + slack); n++) {
                double e = cumulated[n + width] - cumulated[n];
                if (e > energy[j]) {
                    energy[j] = e;
                    where[j] = n;
                }
            }
        }
        int first = 0;
        double most = -1;
        for (int j = 0; j < repeats; j++) {
            double sum = 0;
            for (int r = 0; r < repeats; r++) {
                sum += energy[j + r];
            }
            if (sum > most * 1.000001) {
                most = sum;
                first = j;
            }
        }
        int found = 0;
        long[] positions = new long[repeats];
        int direct = firstArrival(cumulated, best, width) - best;
        for (int r = 0; r < repeats; r++) {
            // A sweep of which a part is missing leaves a weaker response; what is 12 dB below the others is none.
            if (energy[first + r] > peak * 0.063) {
                positions[found++] = where[first + r] + direct - back;
            }
        }
        return new Train(h, positions, found, standsOut, wide > 0 ? near / wide : 0);
    }

    private static double between(double[] cumulated, double from, double to) {
        int a = (int) Math.max(0, Math.min(cumulated.length - 1, from));
        int b = (int) Math.max(0, Math.min(cumulated.length - 1, to));
        return cumulated[b] - cumulated[a];
    }

    /** The strongest millisecond may be that of a reflection: the direct sound is the first quarter of one within 10 ms before that comes within 10 dB of the strongest quarter. */
    private int firstArrival(double[] cumulated, int best, int width) {
        int quarter = Math.max(1, width / 4);
        double strongest = 0;
        for (int n = best; n + quarter <= best + width; n++) {
            strongest = Math.max(strongest, cumulated[n + quarter] - cumulated[n]);
        }
        int from = Math.max(0, best - (int) (0.01 * rateHz));
        for (int n = from; n < best + width; n++) {
            if (n + quarter < cumulated.length && cumulated[n + quarter] - cumulated[n] > 0.1 * strongest) {
                return n + quarter / 2;
            }
        }
        return best;
    }

    /** Tries what players and files usually confuse: a rate taken for another one. */
    private boolean wrongRate(Train nominal) {
        Set<Double> ratios = new TreeSet<>();
        for (double from : LIKELY_RATES_HZ) {
            for (double to : LIKELY_RATES_HZ) {
                // Above half the rate there is nothing to find the sweep by.
                if (from != to && from / to >= 0.24 && from / to <= 4.1 && settings.highestHz() * to / from < 0.499 * rateHz) {
                    ratios.add(from / to);
                }
            }
        }
        Train best = null;
        double ratio = 0;
        for (double stretch : ratios) {
            if (settings.durationSeconds() * stretch * rateHz > 1.5 * recorded[0].length) {
                continue;
            }
            Train train = locate(new double[2][], stretch);
            boolean better = train.found > nominal.found || train.standsOutDb > nominal.standsOutDb + 6;
            if (train.found == settings.repeats() && train.standsOutDb > FOUND_DB && train.concentration > CONCENTRATED && better && (best == null || train.standsOutDb > best.standsOutDb)) {
                best = train;
                ratio = stretch;
            }
        }
        if (best == null) {
            return false;
        }
        findings.error(Problem.WRONG_RATE, "the sweep in it is %.4f times as long as it should be, as if %.0f Hz had been taken for %d Hz: the recorder labels its file wrongly, or the player plays at another rate", ratio,
                rateHz * ratio, rateHz);
        return true;
    }

    // ---- Clocks ----------------------------------------------------------------------------------------------------------------------------------------------------------------------

    private double[] segment(Train train, int ear, long position, int size) {
        double[] x = new double[size];
        int before = (int) (BEFORE_SECONDS * rateHz);
        int after = (int) (AFTER_SECONDS * rateHz);
        int fade = before / 4;
        for (int n = -before; n < after; n++) {
            x[n + before] = train.at(ear, position + n) * Spectra.ramp(n, -before, -before + fade) * Spectra.ramp(n, after, after - 4 * fade);
        }
        return x;
    }

    /** Also the transform size that the rest of the analysis uses. */
    int segmentSize() {
        return Spectra.powerOfTwo((int) (2 * (BEFORE_SECONDS + AFTER_SECONDS) * rateHz));
    }

    private double stretchByRepeats(Train train) {
        int size = segmentSize();
        double[][] first = new double[2][];
        for (int ear = 0; ear < 2; ear++) {
            first[ear] = segment(train, ear, train.positions[0], size);
            Spectra.forward(first[ear]);
        }
        // Regression of the positions on their number.
        int repeats = settings.repeats();
        double mean = (repeats - 1) / 2.0;
        double product = 0;
        double squares = 0;
        for (int r = 0; r < repeats; r++) {
            double position = train.positions[r] - train.positions[0] + (r == 0 ? 0 : lag(first, train, train.positions[r], size));
            product += (r - mean) * position;
            squares += (r - mean) * (r - mean);
        }
        return product / squares / (settings.periodSeconds() * rateHz);
    }

    /** How much later (samples, fractional) the response lies in the segment at a position than in the first one: the peak of the cross-correlation of both ears, on a grid of eighths, refined by a parabola. */
    private double lag(double[][] first, Train train, long position, int size) {
        double[] fine = new double[8 * size];
        for (int ear = 0; ear < 2; ear++) {
            double[] x = segment(train, ear, position, size);
            Spectra.forward(x);
            for (int k = 1; k < size / 2; k++) {
                fine[2 * k] += x[2 * k] * first[ear][2 * k] + x[2 * k + 1] * first[ear][2 * k + 1];
                fine[2 * k + 1] += x[2 * k + 1] * first[ear][2 * k] - x[2 * k] * first[ear][2 * k + 1];
            }
        }
        Spectra.inverse(fine);
        int best = 0;
        for (int n = 1; n < fine.length; n++) {
            best = fine[n] > fine[best] ? n : best;
        }
        int mask = fine.length - 1;
        double a = fine[best - 1 & mask];
        double b = fine[best];
        double c = fine[best + 1 & mask];
        double curvature = a - 2 * b + c;
        double at = best + (curvature == 0 ? 0 : Math.max(-0.5, Math.min(0.5, 0.5 * (a - c) / curvature)));
        return (at > fine.length / 2.0 ? at - fine.length : at) / 8;
    }

    /**
     * The drift from a single sweep (ppm). A sweep played at 1/(1 + ε) of its speed reaches the frequency f later by ε·L·ln(f/f₁), so that the deconvolved response is dispersed by the phase
     * φ(ω) = −ε·L·( ω·ln(ω/ω₁) − ω ). Heads and small loudspeakers are close to minimum phase and a delay; so the ε is looked for with which the phase beyond the minimum phase comes closest to a straight
     * line: the greatest value over ε and τ of | Σ w(ω)·exp( i·(arg H − φ_min − φ_ε + ωτ) ) |, w ~ 1/ω from 0.7 to 12 kHz (phase transform: Knapp and Carter, IEEE Trans. ASSP 24, 1976).
     */
    private double driftByPhase(Train train) {
        int size = segmentSize();
        double[][] h = new double[2][];
        for (int ear = 0; ear < 2; ear++) {
            h[ear] = segment(train, ear, train.positions[0], size);
            // The direct sound with some of its dispersion, without most of the room.
            int anchorAt = (int) (BEFORE_SECONDS * rateHz);
            for (int n = 0; n < size; n++) {
                double t = (n - anchorAt) / (double) rateHz;
                h[ear][n] *= Spectra.ramp(t, -0.004, -0.003) * Spectra.ramp(t, 0.007, 0.004);
            }
            Spectra.forward(h[ear]);
        }
        double[] louder = Spectra.bandPower(h[0], rateHz, 700, 12000) >= Spectra.bandPower(h[1], rateHz, 700, 12000) ? h[0] : h[1];
        PhaseMatch match = new PhaseMatch(louder, rateHz, settings.lowestHz(), sweep.growthSeconds());
        return match.driftPpm(1.5 * DRIFT_ERROR_PPM);
    }

    // ---- Averages --------------------------------------------------------------------------------------------------------------------------------------------------------------------

    private void average(Train train, double stretch) {
        int size = segmentSize();
        int repeats = settings.repeats();
        double period = settings.periodSeconds() * stretch * rateHz;
        anchor = (int) (BEFORE_SECONDS * rateHz);
        response = new double[2][size];
        double[][][] single = new double[repeats][2][];
        // Where each sweep must be by the clocks; positions found differ by a sample where the peak is flat.
        long first = train.positions[0];
        for (int r = 0; r < repeats; r++) {
            double exact = first + r * period;
            long whole = Math.round(exact);
            for (int ear = 0; ear < 2; ear++) {
                double[] x = segment(train, ear, whole, size);
                Spectra.forward(x);
                Spectra.delay(x, whole - exact);
                single[r][ear] = x;
                for (int i = 0; i < size; i++) {
                    response[ear][i] += x[i] / repeats;
                }
            }
        }
        if (repeats > 1) {
            double difference = 0;
            double mean = 0;
            for (int ear = 0; ear < 2; ear++) {
                mean += Spectra.bandPower(response[ear], rateHz, 500, 8000);
                for (int r = 0; r < repeats; r++) {
                    double[] d = single[r][ear];
                    for (int i = 0; i < size; i++) {
                        d[i] -= response[ear][i];
                    }
                    difference += Spectra.bandPower(d, rateHz, 500, 8000) / repeats;
                }
            }
            // The spread of single sweeps (one less than their number: unbiased), less twice what the noise explains.
            noise(train, period);
            double spread = difference * repeats / (repeats - 1.0);
            for (int ear = 0; ear < 2; ear++) {
                double[] x = Arrays.copyOf(noise[ear], size);
                Spectra.forward(x);
                spread -= 2 * Spectra.bandPower(x, rateHz, 500, 8000) * repeats * (BEFORE_SECONDS + AFTER_SECONDS) * rateHz / noise[ear].length;
            }
            repeatDifferenceDb = Math.max(-120, Spectra.decibels(Math.max(0, spread) / mean));
        } else {
            noise(train, period);
        }
        for (double[] h : response) {
            Spectra.inverse(h);
        }
        distortion(train, period);
        double[] energy = {Spectra.bandPower(spectrum(response[0]), rateHz, 500, 8000), Spectra.bandPower(spectrum(response[1]), rateHz, 500, 8000)};
        for (int ear = 0; ear < 2; ear++) {
            if (only != 1 - ear && Spectra.decibels(energy[ear] / energy[1 - ear]) < -SILENT_EAR_DB) {
                findings.error(Problem.SILENT_EAR, "the sweep in the %s channel is %.0f dB weaker than in the other; check its microphone", side(ear), Spectra.decibels(energy[1 - ear] / energy[ear]));
            }
        }
        if (repeatDifferenceDb != null && repeatDifferenceDb > REPEATS_WARNING_DB) {
            String text = "the sweeps differ (%.0f dB; below %.0f is good): the head moved, something sounded, or samples were lost";
            if (repeatDifferenceDb > REPEATS_ERROR_DB) {
                findings.error(Problem.REPEATS_DIFFER, text, repeatDifferenceDb, REPEATS_WARNING_DB);
            } else {
                findings.warn(Problem.REPEATS_DIFFER, text, repeatDifferenceDb, REPEATS_WARNING_DB);
            }
        }
        if (distortionDb > DISTORTION_WARNING_DB) {
            String text = "harmonics are %.0f dB of the linear response (below %.0f is good); play more softly, and switch sound effects off";
            if (distortionDb > DISTORTION_ERROR_DB) {
                findings.error(Problem.DISTORTED, text, distortionDb, DISTORTION_WARNING_DB);
            } else {
                findings.warn(Problem.DISTORTED, text, distortionDb, DISTORTION_WARNING_DB);
            }
        }
    }

    /**
     * Takes another drift for this single sweep: disperses the response by the difference, by the phase of {@link #driftByPhase}. The devices of a session have the same clocks, so that one value serves all its
     * recordings; what is wrong with it then cancels between take and reference.
     */
    void assumeDrift(double ppm) {
        double undone = (ppm - driftPpm) * 1e-6;
        for (double[] h : response) {
            Spectra.forward(h);
            for (int k = 1; k < h.length / 2; k++) {
                double f = (double) k * rateHz / h.length;
                double angle = undone * 2 * Math.PI * sweep.growthSeconds() * f * (Math.log(f / settings.lowestHz()) - 1);
                Spectra.multiply(h, k, Math.cos(angle), Math.sin(angle));
            }
            Spectra.inverse(h);
        }
        driftPpm = ppm;
    }

    private double[] spectrum(double[] x) {
        double[] s = x.clone();
        Spectra.forward(s);
        return s;
    }

    /** From the middle between second harmonic and direct sound, where the room's answer to distortion has died away, to 10 ms before the direct sound. */
    private void noise(Train train, double period) {
        int length = (int) (Math.min(0.35 * sweep.growthSeconds() * Math.log(2), 0.2) * rateHz);
        int end = (int) (0.01 * rateHz);
        noise = new double[2][length];
        for (int r = 0; r < settings.repeats(); r++) {
            long at = Math.round(train.positions[0] + r * period);
            for (int ear = 0; ear < 2; ear++) {
                for (int n = 0; n < length; n++) {
                    noise[ear][n] += train.at(ear, at - end - length + n) / settings.repeats();
                }
            }
        }
    }

    /**
     * Second to fifth harmonics, each in a window of 30 ms around its place L·ln(n) before the linear response (Farina 2000), less the noise, against the linear response in a window of the same length; of
     * the first sweep, for earlier harmonics of later ones fall into the decay of those before.
     */
    private void distortion(Train train, double period) {
        double worst = -200;
        int before = (int) (0.004 * rateHz);
        int after = (int) (0.026 * rateHz);
        double[] linear = new double[2];
        double[] harmonic = new double[2];
        for (int ear = 0; ear < 2; ear++) {
            double noisePower = 0;
            for (double x : noise[ear]) {
                noisePower += x * x * settings.repeats() / noise[ear].length;
            }
            for (int order = 1; order <= 5; order++) {
                long at = train.positions[0] - Math.round(sweep.growthSeconds() * Math.log(order) * rateHz * (period / settings.periodSeconds() / rateHz));
                double sum = 0;
                for (int n = -before; n < after; n++) {
                    double x = train.at(ear, at + n);
                    sum += x * x;
                }
                sum = Math.max(0, sum - noisePower * (before + after));
                if (order == 1) {
                    linear[ear] = sum;
                } else {
                    harmonic[ear] += sum;
                }
            }
        }
        int louder = linear[0] >= linear[1] ? 0 : 1;
        if (linear[louder] > 0) {
            worst = Spectra.decibels(harmonic[louder] / linear[louder]);
        }
        distortionDb = Math.max(-200, worst);
    }
}
