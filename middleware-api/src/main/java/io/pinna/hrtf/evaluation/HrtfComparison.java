package io.pinna.hrtf.evaluation;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * How far a candidate is from a reference, in the directions that were measured for the reference. All levels are taken as they are: nothing is aligned in level, so a gain error counts. With H the
 * reference's response and Ĥ the candidate's in the same direction and ear, D(f) = 20·log₁₀(|Ĥ(f)| / |H(f)|) and f the K bins of an FFT of 256 points at 44.1 kHz from 0.2 to 16 kHz (bins 2 to 92), means
 * ⟨·⟩ over directions and ears, every measured direction counting the same:
 *
 * <pre>
 *   log-spectral distortion        LSD = ⟨ √( 1/K · Σ D(f)² ) ⟩                                  (Gray and Markel, IEEE Trans. ASSP 24, 1976, and most of the HRTF literature since)
 *   spectral distance              SD  = ⟨ 1/K · Σ |D(f)| ⟩                                      (the same with absolute values: less governed by the depth of notches)
 *   spectral difference            ISSD = ⟨ Var_f( D(f) ) ⟩ in 3.7–12.9 kHz, in dB²              (Middlebrooks, JASA 106, 1999, there in bands; blind to level)
 *   signal-to-distortion ratio     SDR = ⟨ 10·log₁₀( Σ h² / Σ (h − ĥ_τ)² ) ⟩, at most 100 dB       (of waveforms; ĥ_τ is ĥ moved in time, per ear, to the greatest correlation; no gain is fitted)
 *   correlation                    ρ   = ⟨ Σ h·ĥ_τ / √( Σ h² · Σ ĥ_τ² ) ⟩
 *   ITD error                      ⟨ |ÎTD − ITD| ⟩, ITD by Nam, Abel and Smith (AES 125, 2008): lags of the correlation with the minimum-phase version, right ear less left ear
 *   ILD error of a band            ⟨ |10·log₁₀( Ê_L/Ê_R ) − 10·log₁₀( E_L/E_R )| ⟩, E the energy in an octave
 *   notch-frequency error          mean of |f̂₁ − f₁| over the directions and ears where both have a first pinna notch between 4 and 12 kHz (after Raykar, Duraiswami and Yegnanarayana, JASA 118, 2005)
 * </pre>
 *
 * <p>Localisation errors are predicted by a simulated listener, see {@link ObserverSettings}: once with the reference itself, which is the best that anybody can do in that noise, and once with the candidate.
 *
 * <p>Notches are compared in front (within 90° of it, elevation −45° to 60°), at the ear on the source's side and, up to 30° off the median plane, at the other one too. Where a file's rate is too low for 16 kHz, bands end at 85 % of
 * the lower Nyquist frequency, {@code highestHz} says where, and ILD bands that do not fit are left out. Immutable; any thread.
 *
 * @param reference                        the reference, as named
 * @param candidate                        the candidate
 * @param directions                       how many directions were compared
 * @param highestHz                        upper end of the bands (hertz)
 * @param logSpectralDistortionDb          LSD (dB, ≥ 0)
 * @param levelDifferenceDb                mean of D over everything (dB): the candidate's level less the reference's, which LSD and SD contain
 * @param spectralDistanceDb               SD (dB, ≥ 0)
 * @param spectralDifferenceDb2            ISSD (dB², ≥ 0)
 * @param sdrDb                            SDR (dB, at most 100)
 * @param correlation                      ρ (−1 to 1)
 * @param itdErrorMicroseconds             mean absolute ITD error
 * @param ildErrors                        of each octave
 * @param notchErrorHz                     mean absolute error of the first notch; null if there is no pair
 * @param notchPairs                       directions and ears where both have a notch
 * @param notchesMissed                    where the reference has one and the candidate has none
 * @param ownLocalization                  predicted errors of the person with their own ears, the reference
 * @param candidateLocalization            predicted errors of that person with the candidate
 */
public record HrtfComparison(String reference, String candidate, int directions, double highestHz, double logSpectralDistortionDb, double levelDifferenceDb, double spectralDistanceDb, double spectralDifferenceDb2,
        double sdrDb, double correlation, double itdErrorMicroseconds, List<IldError> ildErrors, Double notchErrorHz, int notchPairs, int notchesMissed,
        LocalizationErrors ownLocalization, LocalizationErrors candidateLocalization) {
    /** People's levels differ by less than this in one rig. */
    private static final double OTHER_REFERENCE_DB = 4;
    /** About 20° apart. */
    private static final int FEW_DIRECTIONS = 100;

    /**
     * @param centreHz            centre of an octave band (hertz)
     * @param meanAbsoluteErrorDb error of the interaural level difference in it (dB, ≥ 0)
     */
    public record IldError(double centreHz, double meanAbsoluteErrorDb) {
    }

    public HrtfComparison {
        Objects.requireNonNull(reference, "reference");
        Objects.requireNonNull(candidate, "candidate");
        Objects.requireNonNull(ownLocalization, "ownLocalization");
        Objects.requireNonNull(candidateLocalization, "candidateLocalization");
        ildErrors = List.copyOf(ildErrors);
    }

    /** Several lines for a person to read, without a line break at the end. */
    public String describe() {
        StringBuilder s = new StringBuilder();
        line(s, "reference", "%s, %d direction%s", reference, directions, directions == 1 ? "" : "s");
        line(s, "candidate", "%s", candidate);
        line(s, "LSD", "%.2f dB (0.2 to %.1f kHz, no level alignment)", logSpectralDistortionDb, highestHz / 1000);
        line(s, "level difference", "%+.1f dB%s", levelDifferenceDb, Math.abs(levelDifferenceDb) > OTHER_REFERENCE_DB ? "; sets of other rigs have other levels: LSD and spectral distance are mostly that" : "");
        line(s, "spectral distance", "%.2f dB", spectralDistanceDb);
        line(s, "difference", "%.1f dB² (variance over frequency, 3.7 to 12.9 kHz)", spectralDifferenceDb2);
        line(s, "SDR", "%.1f dB", sdrDb);
        line(s, "correlation", "%.3f", correlation);
        line(s, "ITD error", "%.1f µs", itdErrorMicroseconds);
        StringBuilder bands = new StringBuilder();
        for (IldError e : ildErrors) {
            bands.append(bands.length() == 0 ? "" : ", ").append(String.format(Locale.ROOT, "%.2f dB at %s kHz", e.meanAbsoluteErrorDb, e.centreHz == 500 ? "0.5" : Integer.toString((int) e.centreHz / 1000)));
        }
        line(s, "ILD error", "%s", bands);
        if (notchErrorHz == null) {
            line(s, "first notch", "none to compare, %d missed", notchesMissed);
        } else {
            line(s, "first notch", "%.0f Hz off in %d directions and ears, %d missed", notchErrorHz, notchPairs, notchesMissed);
        }
        line(s, "predicted, own", "%s", ownLocalization.describe());
        line(s, "predicted", "%s", candidateLocalization.describe());
        if (directions < FEW_DIRECTIONS) {
            line(s, "", "(the simulated listener answers in the reference's directions; with %d to choose from the predicted errors say little)", directions);
        }
        s.setLength(s.length() - 1);
        return s.toString();
    }

    @Override
    public String toString() {
        return describe();
    }

    private static void line(StringBuilder s, String name, String format, Object... values) {
        s.append(String.format(Locale.ROOT, "%-18s ", name)).append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
