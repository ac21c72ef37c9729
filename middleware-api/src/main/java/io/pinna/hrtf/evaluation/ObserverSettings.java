package io.pinna.hrtf.evaluation;

import io.pinna.internal.Check;
import java.util.Objects;

/**
 * The simulated listener: a Bayesian ideal observer who knows how sounds from everywhere arrive at their own ears (the reference), hears one through the candidate, in noise of its own, and says where it
 * came from. After Reijniers, Vanderelst, Jin, Carlile and Peremans, "An ideal-observer model of human sound localization" (Biological Cybernetics 108, 2014) and Barumerli, Majdak, Geronazzo, Meijer,
 * Avanzini and Baumgartner, "A Bayesian model for human directional localization of broadband static sound sources" (Acta Acustica 7, 2023). In short, with features x of the sound and templates t(φ):
 *
 * <pre>
 *   t(φ) = [ u(ITD), L₁ … L₃₀, R₁ … R₃₀ ],   u = sgn(ITD)·( ln(a + b·|ITD|) − ln a ) / b,  a = 32.5 µs, b = 0.095 (scale on which ITDs are equally well told apart, Reijniers et al.)
 *   L_i  = 10·log₁₀ Σ |H(f)|²·|G_i(f)|²,   |G_i|² = ( 1 + ((f − f_i)/(1.019·ERB(f_i)))² )⁻⁴, f_i at even steps on the ERB scale from 300 Hz to 15 kHz (gammatone of order 4; Glasberg and Moore 1990)
 *   x    = t_candidate(φ) + noise,   p(φ|x) ∝ exp( −½·Σ (x − t(φ))² / σ² ) · Ω(φ)
 * </pre>
 *
 * <p>Ω is the part of the sphere that is nearer to φ than to other measured directions, so that the prior is the same everywhere on the sphere. Spectrum and level of the sound are known to the
 * observer, and it moves neither head nor hand: the errors are those of perception. It answers in the directions that were measured for the reference, in those of the greatest distance. Immutable.
 *
 * @param decision         how it chooses
 * @param spectralNoiseDb  σ of the levels of every band and ear (dB, 0.01 to 100)
 * @param itdNoise         σ of u (0.001 to 100)
 * @param repetitions      sounds played from every direction (1 to 1000); in sets of more than 1000 directions, evenly many of those are left out to have about 1000
 * @param seed             of the noise: the same seed gives the same answer
 */
public record ObserverSettings(Decision decision, double spectralNoiseDb, double itdNoise, int repetitions, long seed) {
    /** How the posterior becomes an answer. */
    public enum Decision {
        /** The direction of the greatest posterior density (Reijniers et al.). */
        MAXIMUM,
        /** A direction drawn from the posterior (Barumerli et al. and others). */
        SAMPLE
    }

    /** σ of 3.5 dB and 0.569 as by Reijniers et al., the maximum, 5 sounds from each direction. */
    public static final ObserverSettings DEFAULT = new ObserverSettings(Decision.MAXIMUM, 3.5, 0.569, 5, 1);

    public ObserverSettings {
        Objects.requireNonNull(decision, "decision");
        Check.inRange(spectralNoiseDb, 0.01, 100, "spectral noise");
        Check.inRange(itdNoise, 0.001, 100, "ITD noise");
        Check.inRange(repetitions, 1, 1000, "repetitions");
    }

    public ObserverSettings withDecision(Decision value) {
        return new ObserverSettings(value, spectralNoiseDb, itdNoise, repetitions, seed);
    }

    public ObserverSettings withSeed(long value) {
        return new ObserverSettings(decision, spectralNoiseDb, itdNoise, repetitions, value);
    }
}
