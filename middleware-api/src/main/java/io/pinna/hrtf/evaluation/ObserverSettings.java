package io.pinna.hrtf.evaluation;

import io.pinna.internal.Check;
import java.util.Objects;

/**
 * The simulated listener: a Bayesian ideal observer who knows how sounds from everywhere arrive at their own ears (the reference), hears one through the candidate, in noise of its own, and says where it
 * came from. After Reijniers, Vanderelst, Jin, Carlile and Peremans, "An ideal-observer model of human sound localization" (Biological Cybernetics 108, 2014), with the parameters of its supplement, which are those of
 * {@code reijniers2014} in the Auditory Modeling Toolbox too. With features x of the sound, templates t(φ), and n the number of bands (30):
 *
 * <pre>
 *   t(φ) = [ u(ITD), L₁ − R₁ … L_n − R_n, ½(L₁ + R₁) … ½(L_n + R_n) ]
 *   u    = sgn(ITD)·( ln(a + b·|ITD|) − ln a ) / b,  a = 32.5 µs, b = 0.095     (scale on which ITDs are equally well told apart)
 *   L_i  = 10·log₁₀ Σ |H(f)|²·|G_i(f)|²,  |G_i|² = ( 1 + ((f − f_i)/(1.019·ERB(f_i)))² )⁻⁴, f_i at even steps on the ERB scale from 300 Hz to 15 kHz (gammatone of order 4; Glasberg and Moore 1990);
 *          the greatest level of a set is 0 dB, and none counts as less than −S, from 2 kHz down −S + 10 dB, from 7 kHz up −S + 20 dB    (S: audible range)
 *   x    = t_candidate(φ) + N(0, Σ),   Σ = diag( σ_ITD², 2σ_I²·1, (σ_I²/2 + σ_S²)·1 + σ²·11ᵀ )
 *   p(φ|x) ∝ exp( −½·(x − t(φ))ᵀ·Σ⁻¹·(x − t(φ)) ) · Ω(φ)
 * </pre>
 *
 * <p>σ_I is the precision of the ear; σ_S and σ are what the observer does not know of the sound: its spectrum, band by band, and its level. They are the same at both ears, so interaural differences are free of them, and
 * only the spectrum that both ears share is uncertain. Without them (both 0) the errors of one's own ears are half as large.
 *
 * <p>Ω is the part of the sphere that is nearer to φ than to other measured directions, so that the prior is the same everywhere on the sphere; the maximum of the posterior density goes without it. The observer moves neither
 * head nor hand: the errors are those of perception, and people who point make larger ones (Barumerli, Majdak, Geronazzo, Meijer, Avanzini and Baumgartner, Acta Acustica 7, 2023, add a scatter of about 14° for the pointing).
 * The observer answers in the directions that were measured for the reference, in those of the greatest distance. Immutable.
 *
 * @param decision         how it chooses
 * @param spectralNoiseDb  σ_I of the levels of every band and ear (dB, 0.01 to 100)
 * @param sourceSpectrumDb σ_S of the source's spectrum, independent in every band, the same at both ears (dB, 0 to 100)
 * @param sourceLevelDb    σ of the source's level (dB, 0 to 100)
 * @param itdNoise         σ_ITD of u (0.001 to 100)
 * @param audibleRangeDb   S, how far below the set's greatest level sounds are heard (dB, 20 to 300)
 * @param repetitions      sounds played from every direction (1 to 1000); in sets of more than 2500 directions, evenly many of those are left out to have no more than that
 * @param seed             of the noise: the same seed gives the same answer
 */
public record ObserverSettings(Decision decision, double spectralNoiseDb, double sourceSpectrumDb, double sourceLevelDb, double itdNoise, double audibleRangeDb, int repetitions, long seed) {
    /** How the posterior becomes an answer. */
    public enum Decision {
        /** The direction of the greatest posterior density (Reijniers et al.). */
        MAXIMUM,
        /** A direction drawn from the posterior (Barumerli et al. and others). */
        SAMPLE
    }

    /** The values of Reijniers et al.: σ_I = σ_S = 3.5 dB, σ = 5 dB, σ_ITD = 0.569, S = 75 dB, the maximum; 5 sounds from each direction. None of them is fitted. */
    public static final ObserverSettings DEFAULT = new ObserverSettings(Decision.MAXIMUM, 3.5, 3.5, 5, 0.569, 75, 5, 1);

    public ObserverSettings {
        Objects.requireNonNull(decision, "decision");
        Check.inRange(spectralNoiseDb, 0.01, 100, "spectral noise");
        Check.inRange(sourceSpectrumDb, 0, 100, "uncertainty of the source's spectrum");
        Check.inRange(sourceLevelDb, 0, 100, "uncertainty of the source's level");
        Check.inRange(itdNoise, 0.001, 100, "ITD noise");
        Check.inRange(audibleRangeDb, 20, 300, "audible range");
        Check.inRange(repetitions, 1, 1000, "repetitions");
    }

    public ObserverSettings withDecision(Decision value) {
        return new ObserverSettings(value, spectralNoiseDb, sourceSpectrumDb, sourceLevelDb, itdNoise, audibleRangeDb, repetitions, seed);
    }

    /** How uncertain the observer is of the source. */
    public ObserverSettings withSource(double spectrumDb, double levelDb) {
        return new ObserverSettings(decision, spectralNoiseDb, spectrumDb, levelDb, itdNoise, audibleRangeDb, repetitions, seed);
    }

    public ObserverSettings withRepetitions(int value) {
        return new ObserverSettings(decision, spectralNoiseDb, sourceSpectrumDb, sourceLevelDb, itdNoise, audibleRangeDb, value, seed);
    }

    public ObserverSettings withSeed(long value) {
        return new ObserverSettings(decision, spectralNoiseDb, sourceSpectrumDb, sourceLevelDb, itdNoise, audibleRangeDb, repetitions, value);
    }
}
