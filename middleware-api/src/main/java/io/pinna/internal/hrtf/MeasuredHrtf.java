package io.pinna.internal.hrtf;

import io.pinna.ResourceException;
import io.pinna.hrtf.HrtfInfo;
import io.pinna.internal.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jtransforms.fft.DoubleFFT_1D;

/**
 * The filters of a measured set at the engine's rate. Levels are those of the file.
 *
 * <p><b>In a measured direction</b> the filters are the file's own responses, resampled and with a pure delay taken out, which comes back exactly as the interaural delay: magnitude and phase, and so
 * every measure of the interaural delay, are the file's own. Resampling is the evaluation of the response's Fourier transform at the bins of the engine's grid, which is band-limited interpolation
 * without error; near the lower of the two Nyquist frequencies a raised cosine takes it to zero.
 *
 * <p><b>Between them</b> magnitude and delay are interpolated apart. With weights w of the corners of a triangle of measured directions:
 *
 * <pre>
 *   ln|H| = Σ w·ln|Hᵢ|,   τ = Σ w·τᵢ,   E = Σ w·Eᵢ brought to modulus 1,   H = |H|·exp(iφ_min(ln|H|))·E
 * </pre>
 *
 * <p>where τᵢ is the delay taken out, found as the lag of the greatest cross-correlation of the response with its own minimum-phase version (Nam, Abel and Smith, "A method for estimating interaural
 * time difference for binaural synthesis", AES 125, 2008), and Eᵢ what remains of the phase besides delay and minimum phase (Kulkarni, Isabelle and Colburn 1999: close to 1). So there is no comb
 * filter between directions, as there is when responses with different delays are mixed, and at the corners the formula gives the measured response itself. These filters are laid out so densely
 * (6.5° at most) that blending them linearly is harmless.
 *
 * <p>Parts of the sphere without measurements are covered by virtual directions (see {@link ShellGeometry}). A set with several distances gets one shell for each.
 *
 * <p>Built on any thread; {@link #evaluate} lets one caller in at a time. Filters are computed when asked for and not kept; each depends on the file only, so the order does not matter.
 */
public final class MeasuredHrtf implements HrtfSource {
    /** Start of the raised cosine that takes the spectrum to zero, as a fraction of the Nyquist frequency: 18.7 kHz for 44.1 kHz, above what adults hear. */
    private static final double TAPER_START = 0.85;
    /** What is cut off at either end of a response is less than this fraction of its energy (−80 dB): its error stays below 0.1 dB in notches 40 dB deep. */
    private static final double CUT_ENERGY = 1e-8;
    /** Room for the ringing of the band limit before and after (seconds): 24 samples at 48 kHz, where it has fallen to −61 dB of a jump at the edge. */
    private static final double MARGIN_SECONDS = 24 / 48000.0;
    private static final double MIN_LEAD_SECONDS = 24 / 48000.0;
    /** Responses with more than this before their onset (noise before a pre-delay) are faded in here. */
    private static final double MAX_LEAD_SECONDS = 160 / 48000.0;
    /**
     * From this fraction of the lower Nyquist frequency on (where the taper has halved) the log magnitude is held: what comes there is the edge of anti-aliasing filters, whose steepness would only bend
     * the minimum phase.
     */
    private static final double HELD_FROM = 0.93;
    /** Twice the delay between the ears of any head, and more than fractional delays need. */
    private static final double DELAY_ROOM_SECONDS = 3e-3;
    private static final int FADE_IN = 8;
    private static final int FADE_OUT = 16;
    /** Log magnitudes end this much below the greatest of a response (10⁻⁵, 100 dB, in nepers). */
    private static final double FLOOR_NEPERS = Math.log(1e-5);
    /** ln|H| of an ear without sound. */
    private static final double SILENCE_NEPERS = Math.log(1e-7);
    /** Distances that differ by less than this fraction belong to one shell: no loudspeaker stands more exactly. */
    private static final double SHELL_TOLERANCE = 0.04;
    /** How far an interaural delay may be from the smooth field of its neighbours (seconds): errors of estimation, ... */
    private static final double PLAUSIBLE_SECONDS = 30e-6;
    /** ... and the cone that the field has around the ears' axis: a head's radius over the speed of sound for each radian, 4.5 µs a degree, and some more for smaller distances. */
    private static final double PLAUSIBLE_SECONDS_PER_DEGREE = 6e-6;
    private static final double MAX_CORRECTION_SECONDS = 600e-6;
    /** Neighbours farther away tell nothing: in coarser grids the field itself changes as much as errors do. */
    private static final double MAX_COMPARED_DEGREES = 16;
    /** All filters of a set in memory at once, if someone keeps them: grids are refined less where they would take more. */
    private static final long MAX_FILTER_BYTES = 192L << 20;
    private static final long CACHE_BYTES = 24L << 20;

    private final HrirSet set;
    private final int rateHz;
    private final int size;
    private final int bins;
    private final ResponseSpectrum spectrum;
    private final MinimumPhase minimumPhase;
    private final DoubleFFT_1D transform;
    private final double[] taper;
    private final ShellGeometry[] shells;
    private final int[] firstVertex;
    private final int[] firstNode;
    /** Delay taken out of each response (file samples from its first one), [measurement][ear]. */
    private final double[] removed;
    /** Delay of the right ear less that of the left at each node, in seconds. */
    private final double[] nodeItd;
    private final double maxItd;
    private final double headRadius;
    private double polarity = 1;
    private final int lead;
    private final int taps;
    private final HrtfInfo info;
    /** exp(−iω·lead). */
    private final double[] leadRe;
    private final double[] leadIm;

    /** Least recently used nodes drop out. */
    private final Map<Integer, NodeSpectra> cache;
    private final Map<Integer, NodeSpectra> virtualCache = new LinkedHashMap<>();
    private final double[] re;
    private final double[] im;
    private final double[] log;
    private final double[] phase;
    private final double[] work;
    private final float[] left;
    private final float[] right;

    /** ln|H| without the taper, and the excess phase as a phasor, of both ears: [ear][bin]. */
    private record NodeSpectra(float[][] log, float[][] re, float[][] im) {
        NodeSpectra(int bins) {
            this(new float[2][bins], new float[2][bins], new float[2][bins]);
        }
    }

    /**
     * @param engineRateHz rate of the filters (hertz, 1000 to 1 000 000)
     * @throws ResourceException if the set cannot be rendered
     */
    public static MeasuredHrtf build(HrirSet set, int engineRateHz) {
        Check.inRange(engineRateHz, 1000, 1_000_000, "engine sample rate");
        try {
            return new MeasuredHrtf(set, engineRateHz);
        } catch (IllegalArgumentException e) {
            throw new ResourceException(set.file(), "SourcePosition", "its directions cannot be triangulated: " + e.getMessage(), e);
        } catch (OutOfMemoryError e) {
            throw new ResourceException(set.file(), "Data.IR", "needs more memory than there is; give Java more by -Xmx", e);
        }
    }

    private static int sizeFor(int taps, double setRateHz, int engineRateHz) {
        int length = (int) Math.ceil(taps * engineRateHz / setRateHz);
        int extra = (int) Math.ceil((MAX_LEAD_SECONDS + 2 * MARGIN_SECONDS) * engineRateHz);
        return Math.max(512, Integer.highestOneBit(2 * (length + extra) - 1) << 1);
    }

    /**
     * No filters of a set are longer, with room for interaural delays (samples at the engine's rate). Known without building it.
     *
     * @param taps length of the set's responses
     */
    public static int mostFilterTaps(int taps, double setRateHz, int engineRateHz) {
        return sizeFor(taps, setRateHz, engineRateHz) + (int) Math.ceil(DELAY_ROOM_SECONDS * engineRateHz);
    }

    private MeasuredHrtf(HrirSet set, int engineRateHz) {
        this.set = set;
        this.rateHz = engineRateHz;
        List<String> notes = new ArrayList<>(set.notes());
        size = sizeFor(set.taps(), set.sampleRateHz(), engineRateHz);
        bins = size / 2 + 1;
        taper = taper(size, engineRateHz, set.sampleRateHz());
        spectrum = new ResponseSpectrum(set.taps(), set.sampleRateHz(), size, engineRateHz);
        minimumPhase = new MinimumPhase(size);
        transform = new DoubleFFT_1D(size);
        re = new double[bins];
        im = new double[bins];
        log = new double[bins];
        phase = new double[bins];
        work = new double[size];

        List<Shell> groups = shells(set, notes);
        removed = new double[2 * set.count()];
        estimateDelays(groups);

        // The refinement that fits the memory bound; the least is none.
        double edge = ShellGeometry.MAX_EDGE_DEGREES;
        ShellGeometry[] built = geometry(groups, edge);
        alignWithNeighbours(built);
        int[] bounds = bounds(groups);
        lead = bounds[0];
        taps = bounds[1];
        while (vertices(built) * taps * 8L > MAX_FILTER_BYTES && edge < 90) {
            edge *= 1.5;
            built = geometry(groups, edge);
            if (vertices(built) * taps * 8L <= MAX_FILTER_BYTES) {
                notes.add(String.format(Locale.ROOT, "directions are refined to %.0f° only, to bound the memory for long responses", edge));
            }
        }
        shells = built;
        firstVertex = new int[shells.length + 1];
        firstNode = new int[shells.length + 1];
        for (int s = 0; s < shells.length; s++) {
            firstVertex[s + 1] = firstVertex[s] + shells[s].dense.vertexCount();
            firstNode[s + 1] = firstNode[s] + shells[s].nodeCount();
        }
        nodeItd = new double[firstNode[shells.length]];
        double greatest = 0;
        for (int s = 0; s < shells.length; s++) {
            ShellGeometry shell = shells[s];
            for (int n = 0; n < shell.nodeCount(); n++) {
                double itd = 0;
                if (shell.isVirtual(n)) {
                    ShellGeometry.Mix mix = shell.virtual.get(n - shell.measurements.length);
                    for (int i = 0; i < mix.nodes().length; i++) {
                        itd += mix.weights()[i] * nodeItd[firstNode[s] + mix.nodes()[i]];
                    }
                } else {
                    itd = interauralSeconds(shell.measurements[n]);
                }
                nodeItd[firstNode[s] + n] = itd;
                greatest = Math.max(greatest, Math.abs(itd));
            }
        }
        maxItd = greatest;
        headRadius = headRadius();
        leadRe = new double[bins];
        leadIm = new double[bins];
        for (int k = 0; k < bins; k++) {
            double angle = 2 * Math.PI * ((long) k * lead % size) / size;
            leadRe[k] = Math.cos(angle);
            leadIm[k] = -Math.sin(angle);
        }
        left = new float[taps];
        right = new float[taps];
        int kept = (int) Math.max(8, CACHE_BYTES / (24L * bins));
        cache = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, NodeSpectra> eldest) {
                return size() > kept;
            }
        };
        info = describe(notes);
    }

    // ---- HrtfSource -------------------------------------------------------------------------------------------------------------------------------------------------------------------

    @Override
    public int sampleRateHz() {
        return rateHz;
    }

    @Override
    public int taps() {
        return taps;
    }

    @Override
    public int leadTaps() {
        return lead;
    }

    @Override
    public double maxInterauralDelaySeconds() {
        return maxItd;
    }

    @Override
    public double headRadiusMeters() {
        return headRadius;
    }

    @Override
    public double polarity() {
        return polarity;
    }

    /** By the delays of the farthest shell, where the model's plane wave fits best. */
    private double headRadius() {
        ShellGeometry shell = shells[shells.length - 1];
        int count = shell.measurements.length;
        double[] lateral = new double[count];
        double[] itd = new double[count];
        for (int n = 0; n < count; n++) {
            lateral[n] = set.directions()[3 * shell.measurements[n] + 1];
            itd[n] = nodeItd[firstNode[shells.length - 1] + n];
        }
        return SphericalHead.fitRadiusMeters(lateral, itd, count);
    }

    @Override
    public int shellCount() {
        return shells.length;
    }

    @Override
    public double shellDistanceMeters(int shell) {
        return shells[shell].distanceMeters;
    }

    @Override
    public SphereTriangulation triangulation(int shell) {
        return shells[shell].dense;
    }

    @Override
    public int firstVertex(int shell) {
        return firstVertex[shell];
    }

    @Override
    public int vertexCount() {
        return firstVertex[shells.length];
    }

    /** What the set contains and what was made of it. */
    public HrtfInfo info() {
        return info;
    }

    /** The vertex of a measurement, or −1 if it repeats the direction of another. For tests. */
    int vertexOfMeasurement(int measurement) {
        for (int s = 0; s < shells.length; s++) {
            for (int n = 0; n < shells[s].measurements.length; n++) {
                if (shells[s].measurements[n] == measurement) {
                    return firstVertex[s] + n;
                }
            }
        }
        return -1;
    }

    ShellGeometry shell(int shell) {
        return shells[shell];
    }

    @Override
    public synchronized void evaluate(int[] vertices, int count, Sink sink) {
        for (int i = 0; i < count; i++) {
            int vertex = Check.inRange(vertices[i], 0, vertexCount() - 1, "HRTF vertex");
            int s = 0;
            while (vertex >= firstVertex[s + 1]) {
                s++;
            }
            int v = vertex - firstVertex[s];
            ShellGeometry shell = shells[s];
            double itd;
            if (v < shell.measurements.length) {
                measured(shell.measurements[v], HrirSet.LEFT, left);
                measured(shell.measurements[v], HrirSet.RIGHT, right);
                itd = nodeItd[firstNode[s] + v];
            } else {
                NodeSpectra[] from = new NodeSpectra[3];
                itd = 0;
                for (int k = 0; k < 3; k++) {
                    int node = shell.parents[3 * v + k];
                    if (shell.weights[3 * v + k] > 0) {
                        from[k] = spectra(s, node);
                        itd += shell.weights[3 * v + k] * nodeItd[firstNode[s] + node];
                    }
                }
                interpolated(from, shell.weights, 3 * v, HrirSet.LEFT, left);
                interpolated(from, shell.weights, 3 * v, HrirSet.RIGHT, right);
            }
            sink.accept(vertex, left, right, itd);
        }
    }

    /** Forgets what can be computed again. */
    @Override
    public void close() {
        cache.clear();
        virtualCache.clear();
    }

    // ---- Filters ----------------------------------------------------------------------------------------------------------------------------------------------------------------------

    /** A measured response: H·taper·exp(iω(τ − lead)). */
    private void measured(int m, int ear, float[] filter) {
        spectrum.of(set.responses(), set.offset(m, ear), re, im);
        double advance = removed[2 * m + ear] * rateHz / set.sampleRateHz() - lead;
        work[0] = re[0] * taper[0];
        for (int k = 1; k < bins - 1; k++) {
            double angle = 2 * Math.PI * k / size * advance;
            double c = Math.cos(angle) * taper[k];
            double s = Math.sin(angle) * taper[k];
            work[2 * k] = re[k] * c - im[k] * s;
            work[2 * k + 1] = re[k] * s + im[k] * c;
        }
        // The taper is zero at the engine's Nyquist frequency.
        work[1] = 0;
        toFilter(filter);
    }

    private void interpolated(NodeSpectra[] from, float[] weights, int at, int ear, float[] filter) {
        Arrays.fill(log, 0);
        Arrays.fill(re, 0);
        Arrays.fill(im, 0);
        for (int n = 0; n < 3; n++) {
            if (from[n] != null) {
                add(from[n], weights[at + n], ear);
            }
        }
        minimumPhase.phase(log, phase);
        work[0] = Math.exp(log[0]) * Math.signum(unit(0)) * taper[0];
        work[1] = 0;
        for (int k = 1; k < bins - 1; k++) {
            unit(k);
            if (taper[k] == 0) {
                work[2 * k] = 0;
                work[2 * k + 1] = 0;
                continue;
            }
            double magnitude = Math.exp(log[k]) * taper[k];
            double c = magnitude * Math.cos(phase[k]);
            double s = magnitude * Math.sin(phase[k]);
            double x = c * re[k] - s * im[k];
            double y = c * im[k] + s * re[k];
            work[2 * k] = x * leadRe[k] - y * leadIm[k];
            work[2 * k + 1] = x * leadIm[k] + y * leadRe[k];
        }
        toFilter(filter);
    }

    private void add(NodeSpectra node, double weight, int ear) {
        float[] l = node.log[ear];
        float[] r = node.re[ear];
        float[] i = node.im[ear];
        for (int k = 0; k < bins; k++) {
            log[k] += weight * l[k];
            re[k] += weight * r[k];
            im[k] += weight * i[k];
        }
    }

    /**
     * Brings a mean of phasors back to modulus 1. Where they cancel, their mean has no direction left: then 1, the phase of a minimum-phase filter, takes over by as much as is missing; at the nodes,
     * where nothing is missing, it has no part.
     *
     * @return the real part
     */
    private double unit(int k) {
        // Plain square roots: the values are near 1, and Math.hypot costs as much as all the rest.
        double modulus = Math.sqrt(re[k] * re[k] + im[k] * im[k]);
        double r = re[k] + 0.25 * Math.max(0, 1 - modulus);
        double length = Math.sqrt(r * r + im[k] * im[k]);
        if (length < 1e-9) {
            re[k] = 1;
            im[k] = 0;
        } else {
            re[k] = r / length;
            im[k] /= length;
        }
        return re[k];
    }

    private void toFilter(float[] filter) {
        transform.realInverse(work, true);
        for (int n = 0; n < taps; n++) {
            filter[n] = (float) work[n];
        }
        for (int n = 0; n < FADE_IN; n++) {
            filter[n] *= (float) (0.5 - 0.5 * Math.cos(Math.PI * (n + 1) / (FADE_IN + 1)));
        }
        for (int n = 0; n < FADE_OUT; n++) {
            filter[taps - 1 - n] *= (float) (0.5 - 0.5 * Math.cos(Math.PI * (n + 1) / (FADE_OUT + 1)));
        }
    }

    // ---- Spectra of nodes -------------------------------------------------------------------------------------------------------------------------------------------------------------

    private NodeSpectra spectra(int s, int node) {
        ShellGeometry shell = shells[s];
        int key = firstNode[s] + node;
        if (!shell.isVirtual(node)) {
            NodeSpectra known = cache.get(key);
            if (known == null) {
                known = measuredSpectra(shell.measurements[node]);
                cache.put(key, known);
            }
            return known;
        }
        NodeSpectra known = virtualCache.get(key);
        if (known == null) {
            known = virtualSpectra(s, shell.virtual.get(node - shell.measurements.length));
            virtualCache.put(key, known);
        }
        return known;
    }

    private NodeSpectra measuredSpectra(int m) {
        NodeSpectra result = new NodeSpectra(bins);
        // The arrays log, re, im may hold a sum already: spectra are asked for before it is begun.
        for (int ear = 0; ear < 2; ear++) {
            boolean sound = logMagnitude(m, ear);
            minimumPhase.phase(log, phase);
            double advance = removed[2 * m + ear] * rateHz / set.sampleRateHz();
            for (int k = 0; k < bins; k++) {
                result.log[ear][k] = (float) log[k];
                double modulus = Math.sqrt(re[k] * re[k] + im[k] * im[k]);
                if (!sound || modulus < 1e-150) {
                    result.re[ear][k] = 1;
                    continue;
                }
                double angle = 2 * Math.PI * k / size * advance - phase[k];
                double c = Math.cos(angle) / modulus;
                double d = Math.sin(angle) / modulus;
                result.re[ear][k] = (float) (re[k] * c - im[k] * d);
                result.im[ear][k] = (float) (re[k] * d + im[k] * c);
            }
        }
        return result;
    }

    private NodeSpectra virtualSpectra(int s, ShellGeometry.Mix mix) {
        double[][] sums = new double[6][bins];
        for (int i = 0; i < mix.nodes().length; i++) {
            NodeSpectra node = spectra(s, mix.nodes()[i]);
            double w = mix.weights()[i];
            for (int ear = 0; ear < 2; ear++) {
                for (int k = 0; k < bins; k++) {
                    sums[ear][k] += w * node.log[ear][k];
                    sums[2 + ear][k] += w * node.re[ear][k];
                    sums[4 + ear][k] += w * node.im[ear][k];
                }
            }
        }
        NodeSpectra result = new NodeSpectra(bins);
        for (int ear = 0; ear < 2; ear++) {
            System.arraycopy(sums[2 + ear], 0, re, 0, bins);
            System.arraycopy(sums[4 + ear], 0, im, 0, bins);
            for (int k = 0; k < bins; k++) {
                unit(k);
                result.log[ear][k] = (float) sums[ear][k];
                result.re[ear][k] = (float) re[k];
                result.im[ear][k] = (float) im[k];
            }
        }
        return result;
    }

    /** Leaves H in re and im and ln|H|, floored and continued evenly at the end of the file's band, in log; false for an ear without sound. */
    private boolean logMagnitude(int m, int ear) {
        spectrum.of(set.responses(), set.offset(m, ear), re, im);
        double greatest = 0;
        int top = (int) (HELD_FROM * spectrum.top());
        for (int k = 0; k <= top; k++) {
            log[k] = re[k] * re[k] + im[k] * im[k];
            greatest = Math.max(greatest, log[k]);
        }
        if (!(greatest > 0)) {
            Arrays.fill(log, SILENCE_NEPERS);
            return false;
        }
        double floor = greatest * Math.exp(2 * FLOOR_NEPERS);
        for (int k = 0; k <= top; k++) {
            log[k] = 0.5 * Math.log(Math.max(log[k], floor));
        }
        for (int k = top + 1; k < bins; k++) {
            log[k] = log[top];
        }
        return true;
    }

    // ---- Delays -----------------------------------------------------------------------------------------------------------------------------------------------------------------------

    private double interauralSeconds(int m) {
        return (set.delaySamples()[2 * m + 1] + removed[2 * m + 1] - set.delaySamples()[2 * m] - removed[2 * m]) / set.sampleRateHz();
    }

    private void estimateDelays(List<Shell> groups) {
        Correlation correlation = new Correlation();
        // A set whose microphones were wired the other way round has its greatest correlations negative throughout.
        double peaks = 0;
        for (Shell shell : groups) {
            for (int m : spread(shell.members, 24)) {
                for (int ear = 0; ear < 2; ear++) {
                    if (correlation.load(m, ear, 1)) {
                        peaks += correlation.signedPeak();
                    }
                }
            }
        }
        polarity = peaks < 0 ? -1 : 1;
        correlation.sign = polarity;
        for (Shell shell : groups) {
            for (int m : shell.members) {
                boolean[] sound = new boolean[2];
                double[] energy = new double[2];
                for (int ear = 0; ear < 2; ear++) {
                    sound[ear] = correlation.load(m, ear, polarity);
                    energy[ear] = sound[ear] ? correlation.energy : 0;
                    removed[2 * m + ear] = sound[ear] ? correlation.lag(-16, set.taps()) : 0;
                }
                for (int ear = 0; ear < 2; ear++) {
                    if (!sound[ear]) {
                        // Without sound there is no delay; the other ear's keeps the interaural delay at what the file says.
                        removed[2 * m + ear] = removed[2 * m + 1 - ear];
                    }
                }
                if (Math.abs(interauralSeconds(m)) > SofaReader.MAX_INTERAURAL_SECONDS) {
                    again(correlation, m, energy[0] < energy[1] ? 0 : 1, 0, 0.5 * SofaReader.MAX_INTERAURAL_SECONDS);
                }
            }
        }
    }

    /** Looks for the delay of one ear again, where it gives about the interaural delay asked for. */
    private void again(Correlation correlation, int m, int ear, double itdSeconds, double withinSeconds) {
        double other = removed[2 * m + 1 - ear] + set.delaySamples()[2 * m + 1 - ear];
        double centre = other + (ear == HrirSet.RIGHT ? 1 : -1) * itdSeconds * set.sampleRateHz() - set.delaySamples()[2 * m + ear];
        double within = withinSeconds * set.sampleRateHz();
        removed[2 * m + ear] = correlation.load(m, ear, correlation.sign) ? correlation.lag(centre - within, centre + within) : centre;
    }

    /**
     * On the far side of the head the response is a sum of sounds that came around it on different ways, the correlation has several peaks of nearly the same height, and noise decides between them. A
     * choice that the neighbours do not share does no harm in its own direction (what is taken out comes back), but the directions around would be interpolated, and blended, between phases that do
     * not match. So interaural delays are kept near a smooth field, the means of medians over the neighbours: of each deviation remains what is plausible. The quieter ear's delay takes the correction.
     * Deviations far beyond the size of a head are left alone: such a set is synthetic.
     */
    private void alignWithNeighbours(ShellGeometry[] geometry) {
        for (ShellGeometry shell : geometry) {
            int count = shell.measurements.length;
            double[] itd = new double[count];
            for (int n = 0; n < count; n++) {
                itd[n] = interauralSeconds(shell.measurements[n]);
            }
            List<List<Integer>> around = new ArrayList<>();
            double[] reach = new double[count];
            for (int n = 0; n < count; n++) {
                around.add(new ArrayList<>());
            }
            for (int t = 0; t < shell.nodes.triangleCount(); t++) {
                for (int k = 0; k < 3; k++) {
                    // Each edge comes twice, once in each direction.
                    int a = shell.nodes.corner(t, k);
                    int b = shell.nodes.corner(t, (k + 1) % 3);
                    double edge = Math.toDegrees(shell.nodes.edgeRadians(a, b));
                    if (a < count && b < count && edge < MAX_COMPARED_DEGREES) {
                        around.get(a).add(b);
                        reach[a] = Math.max(reach[a], edge);
                    }
                }
            }
            double[] smooth = itd;
            for (int pass = 0; pass < 2; pass++) {
                double[] next = new double[count];
                for (int n = 0; n < count; n++) {
                    List<Integer> neighbours = around.get(n);
                    double[] values = new double[neighbours.size() + 1];
                    double mean = 0;
                    for (int i = 0; i < neighbours.size(); i++) {
                        values[i] = smooth[neighbours.get(i)];
                        mean += values[i] / neighbours.size();
                    }
                    values[neighbours.size()] = smooth[n];
                    Arrays.sort(values);
                    next[n] = neighbours.isEmpty() ? smooth[n] : pass == 0 ? (values[values.length / 2] + values[(values.length - 1) / 2]) / 2 : (mean + smooth[n]) / 2;
                }
                smooth = next;
            }
            for (int n = 0; n < count; n++) {
                double deviation = itd[n] - smooth[n];
                double plausible = PLAUSIBLE_SECONDS + PLAUSIBLE_SECONDS_PER_DEGREE * reach[n];
                if (around.get(n).size() >= 3 && Math.abs(deviation) > plausible && Math.abs(deviation) < MAX_CORRECTION_SECONDS) {
                    int m = shell.measurements[n];
                    double correction = (deviation - Math.copySign(plausible, deviation)) * set.sampleRateHz();
                    if (energy(m, HrirSet.LEFT) < energy(m, HrirSet.RIGHT)) {
                        removed[2 * m] += correction;
                    } else {
                        removed[2 * m + 1] -= correction;
                    }
                }
            }
        }
    }

    private double energy(int m, int ear) {
        double sum = 0;
        for (int n = 0; n < set.taps(); n++) {
            double v = set.responses()[set.offset(m, ear) + n];
            sum += v * v;
        }
        return sum;
    }

    private static int[] spread(int[] all, int most) {
        int n = Math.min(all.length, most);
        int[] result = new int[n];
        for (int i = 0; i < n; i++) {
            result[i] = all[(int) ((long) i * all.length / n)];
        }
        return result;
    }

    /** Cross-correlation of a response with its minimum-phase version, interpolated to twice the engine's rate. */
    private final class Correlation {
        private final DoubleFFT_1D inverse = new DoubleFFT_1D(2 * size);
        private final double[] values = new double[2 * size];
        double sign = 1;
        double energy;

        boolean load(int m, int ear, double polarity) {
            if (!logMagnitude(m, ear)) {
                return false;
            }
            minimumPhase.phase(log, phase);
            Arrays.fill(values, 0);
            energy = 0;
            for (int k = 1; k < bins - 1; k++) {
                // H·conj(H_min)·taper².
                double magnitude = Math.exp(log[k]) * taper[k] * taper[k] * polarity;
                double c = magnitude * Math.cos(phase[k]);
                double s = magnitude * Math.sin(phase[k]);
                values[2 * k] = re[k] * c + im[k] * s;
                values[2 * k + 1] = im[k] * c - re[k] * s;
                energy += magnitude * magnitude;
            }
            inverse.realInverse(values, true);
            return true;
        }

        /** The value that is largest in magnitude, relative to the whole. */
        double signedPeak() {
            double peak = 0;
            for (double v : values) {
                peak = Math.abs(v) > Math.abs(peak) ? v : peak;
            }
            return peak / Math.sqrt(energy);
        }

        /** Lag of the largest value between two lags, all in file samples. */
        double lag(double from, double to) {
            double scale = 2.0 * rateHz / set.sampleRateHz();
            int low = (int) Math.ceil(from * scale);
            int high = (int) Math.floor(to * scale);
            int best = low;
            for (int i = low; i <= high; i++) {
                if (at(i) > at(best)) {
                    best = i;
                }
            }
            double a = at(best - 1);
            double b = at(best);
            double c = at(best + 1);
            double curve = a - 2 * b + c;
            // The parabola through the three points, if they have a maximum between them.
            double shift = curve < 0 && b >= a && b >= c ? 0.5 * (a - c) / curve : 0;
            return (best + shift) / scale;
        }

        private double at(int i) {
            return values[Math.floorMod(i, values.length)];
        }
    }

    // ---- Length of the filters --------------------------------------------------------------------------------------------------------------------------------------------------------

    /** How many samples stand before the onset, and how many in all, so that no response loses more than {@link #CUT_ENERGY} at either end. */
    private int[] bounds(List<Shell> groups) {
        double ratio = rateHz / set.sampleRateHz();
        double before = 0;
        double after = 0;
        for (Shell shell : groups) {
            for (int m : shell.members) {
                for (int ear = 0; ear < 2; ear++) {
                    double energy = energy(m, ear);
                    if (energy > 0) {
                        int from = set.offset(m, ear);
                        int first = 0;
                        double sum = 0;
                        while ((sum += square(from + first)) <= CUT_ENERGY * energy) {
                            first++;
                        }
                        int last = set.taps() - 1;
                        sum = 0;
                        while ((sum += square(from + last)) <= CUT_ENERGY * energy) {
                            last--;
                        }
                        before = Math.max(before, (removed[2 * m + ear] - first) * ratio);
                        after = Math.max(after, (last + 1 - removed[2 * m + ear]) * ratio);
                    }
                }
            }
        }
        int margin = (int) Math.ceil(MARGIN_SECONDS * rateHz);
        int least = (int) Math.ceil(MIN_LEAD_SECONDS * rateHz);
        int most = (int) Math.ceil(MAX_LEAD_SECONDS * rateHz);
        int leadTaps = Math.min(most, Math.max(least, (int) Math.ceil(before) + margin));
        int length = leadTaps + (int) Math.ceil(Math.max(1, after)) + margin;
        return new int[] {leadTaps, Math.min(size, (length + 3) / 4 * 4)};
    }

    private double square(int index) {
        double v = set.responses()[index];
        return v * v;
    }

    // ---- Shells -----------------------------------------------------------------------------------------------------------------------------------------------------------------------

    private record Shell(int[] members, double distanceMeters) {
    }

    private static List<Shell> shells(HrirSet set, List<String> notes) {
        Integer[] order = new Integer[set.count()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Double.compare(set.distancesMeters()[a], set.distancesMeters()[b]));
        List<List<Integer>> groups = new ArrayList<>();
        for (int m : order) {
            double last = groups.isEmpty() ? 0 : set.distancesMeters()[groups.get(groups.size() - 1).get(groups.get(groups.size() - 1).size() - 1)];
            if (groups.isEmpty() || set.distancesMeters()[m] > last * (1 + SHELL_TOLERANCE)) {
                groups.add(new ArrayList<>());
            }
            groups.get(groups.size() - 1).add(m);
        }
        mergeSmall(set, groups, notes);
        List<Shell> result = new ArrayList<>();
        int repeats = 0;
        for (List<Integer> group : groups) {
            // In the order of the file, so that of repeated measurements the first counts.
            int[] members = group.stream().mapToInt(Integer::intValue).sorted().toArray();
            int[] kept = ShellGeometry.withoutRepeats(set.directions(), members);
            repeats += members.length - kept.length;
            double distance = 0;
            for (int m : kept) {
                distance += set.distancesMeters()[m] / kept.length;
            }
            result.add(new Shell(kept, distance));
        }
        if (repeats > 0) {
            notes.add(repeats + (repeats == 1 ? " measurement repeats a direction" : " measurements repeat directions") + " and distance; the first one of each is used");
        }
        result.sort((a, b) -> Double.compare(a.distanceMeters, b.distanceMeters));
        return result;
    }

    /**
     * Near-field sets measure the same directions at each distance. Loudspeakers at different distances, each with its own direction, are another thing: they form one shell. So a group of a few
     * directions, none of which the nearest group has too, joins that group.
     */
    private static void mergeSmall(HrirSet set, List<List<Integer>> groups, List<String> notes) {
        boolean merged = false;
        for (int g = 0; g < groups.size() && groups.size() > 1;) {
            List<Integer> group = groups.get(g);
            double here = set.distancesMeters()[group.get(0)];
            int other = g == 0 ? 1
                    : g == groups.size() - 1 ? g - 1
                            : here / set.distancesMeters()[groups.get(g - 1).get(0)] < set.distancesMeters()[groups.get(g + 1).get(0)] / here ? g - 1 : g + 1;
            if (group.size() < 12 && !shareDirections(set, group, groups.get(other))) {
                groups.get(other).addAll(group);
                groups.get(other).sort((a, b) -> Double.compare(set.distancesMeters()[a], set.distancesMeters()[b]));
                groups.remove(g);
                merged = true;
                g = 0;
            } else {
                g++;
            }
        }
        if (merged) {
            notes.add("different directions were measured at different distances; they are used as if at their mean distance");
        }
    }

    private static boolean shareDirections(HrirSet set, List<Integer> a, List<Integer> b) {
        for (int i : a) {
            for (int j : b) {
                if (ShellGeometry.radians(set.directions(), i, set.directions(), j) < Math.toRadians(1)) {
                    return true;
                }
            }
        }
        return false;
    }

    private ShellGeometry[] geometry(List<Shell> groups, double maxEdgeDegrees) {
        ShellGeometry[] result = new ShellGeometry[groups.size()];
        for (int s = 0; s < result.length; s++) {
            result[s] = new ShellGeometry(set.directions(), groups.get(s).members, groups.get(s).distanceMeters, maxEdgeDegrees);
        }
        return result;
    }

    private static long vertices(ShellGeometry[] shells) {
        long sum = 0;
        for (ShellGeometry shell : shells) {
            sum += shell.dense.vertexCount();
        }
        return sum;
    }

    /** Gains at the bins of a transform: 1, then a raised cosine from {@link #TAPER_START} of the lower Nyquist frequency to 0 at that frequency. Real, so it shifts no phase. */
    public static double[] taper(int size, double engineRateHz, double fileRateHz) {
        double nyquist = Math.min(engineRateHz, fileRateHz) / 2;
        double[] result = new double[size / 2 + 1];
        for (int k = 0; k < result.length; k++) {
            double f = k * engineRateHz / size / nyquist;
            result[k] = f <= TAPER_START ? 1 : f >= 1 ? 0 : 0.5 + 0.5 * Math.cos(Math.PI * (f - TAPER_START) / (1 - TAPER_START));
        }
        return result;
    }

    // ---- Information ------------------------------------------------------------------------------------------------------------------------------------------------------------------

    private HrtfInfo describe(List<String> notes) {
        double minAzimuth = 180;
        double maxAzimuth = -180;
        double minElevation = 90;
        double maxElevation = -90;
        for (int m = 0; m < set.count(); m++) {
            double elevation = set.elevationDegrees(m);
            minElevation = Math.min(minElevation, elevation);
            maxElevation = Math.max(maxElevation, elevation);
            // At a pole the azimuth says nothing.
            if (Math.abs(elevation) < 89.9 || set.count() == 1) {
                minAzimuth = Math.min(minAzimuth, set.azimuthDegrees(m));
                maxAzimuth = Math.max(maxAzimuth, set.azimuthDegrees(m));
            }
        }
        List<Double> distances = new ArrayList<>();
        List<String> extrapolated = new ArrayList<>();
        double[] spacings = new double[shells.length];
        int directions = 0;
        for (int s = 0; s < shells.length; s++) {
            distances.add(shells[s].distanceMeters);
            spacings[s] = shells[s].spacingDegrees;
            directions += shells[s].measurements.length;
            for (String region : shells[s].extrapolated) {
                extrapolated.add(shells.length == 1 ? region : String.format(Locale.ROOT, "at %.2f m: %s", shells[s].distanceMeters, region));
            }
        }
        Arrays.sort(spacings);
        double[] delays = set.delaySamples().clone();
        Arrays.sort(delays);
        return new HrtfInfo(set.file(), set.conventions(), set.conventionsVersion(), set.title(), set.database(), set.listener(), set.licence(), set.sampleRateHz(), set.taps(), set.count(),
                directions, distances, minAzimuth, maxAzimuth, minElevation, maxElevation, spacings[spacings.length / 2], set.delays(), delays[0], delays[delays.length - 1], 1e6 * maxItd,
                vertexCount(), taps, extrapolated, notes);
    }
}
