"""Drips and rain."""

import numpy as np

from ..synth import (band_pass, body, bubble, burst, circular_convolve, contact, convolve, evolving_noise, frames,
                     impulses, low_pass, mix, modes, noise, resonance, wander)


def _drop(rng, radius_meters, splash=0.2, late=0.018):
    """One falling drop: the impact's tick, then the bubble it closes some milliseconds later, then small ones."""
    out = np.zeros(frames(0.5))
    tick = burst(rng, 0.004, 0.0009, band_pass(2500, 9000))
    mix(out, tick, 0.0, 0.10, wrap=False)
    mix(out, bubble(radius_meters, rise=rng.uniform(0.08, 0.14)), late, 1.0, wrap=False)
    for _ in range(rng.poisson(2.5)):
        small = radius_meters * rng.uniform(0.25, 0.55)
        mix(out, bubble(small), late + rng.exponential(0.035), splash * rng.uniform(0.2, 1.0), wrap=False)
    return out


def drip_sink(rng):
    """A tap over a steel sink with a finger of water: near-regular drops, each ringing the basin."""
    n = frames(9.0)
    out = np.zeros(n)
    basin = body(rng, 260, 5200, 34, t60_at_1khz=0.16, slope=0.5, tilt=-0.6)
    at = 0.35
    while at < 8.4:
        drop = _drop(rng, rng.uniform(0.0016, 0.0021), splash=0.25, late=rng.uniform(0.014, 0.022))
        if rng.uniform() < 0.3:
            mix(drop, bubble(rng.uniform(0.0009, 0.0012)), rng.uniform(0.09, 0.14), 0.35, wrap=False)
        knock = convolve(drop, basin)
        level = rng.uniform(0.65, 1.0)
        mix(out, drop, at, level)
        mix(out, knock, at, 0.10 * level / np.max(np.abs(knock)) * np.max(np.abs(drop)) * 2)
        at += 1.24 + 0.10 * rng.standard_normal()
    return out


def drip_pipe(rng):
    """Heavy drops from a broken pipe into a puddle, sparse and uneven, with the pipe's air column behind them."""
    n = frames(11.0)
    out = np.zeros(n)
    # Open pipe of 1.35 m with end correction: n c / 2 L, losses growing with frequency.
    column = 343.0 / (2 * 1.39) * np.arange(1, 15)
    pipe = modes(column, 0.30 * (column / 123) ** -0.5, (column / 123) ** -0.7)
    pipe /= np.sqrt(np.sum(pipe ** 2))
    for at, radius, level in ((0.5, 0.0043, 1.0), (2.62, 0.0038, 0.8), (4.05, 0.0047, 0.95), (4.41, 0.0027, 0.4),
                              (6.9, 0.0041, 1.0), (8.45, 0.0036, 0.7), (9.3, 0.0045, 0.9)):
        drop = _drop(rng, radius * rng.uniform(0.96, 1.04), splash=0.5, late=rng.uniform(0.02, 0.03))
        splat = burst(rng, 0.05, 0.012, band_pass(900, 6500))
        mix(drop, splat, 0.0, 0.16, wrap=False)
        hollow = convolve(drop, pipe)
        mix(out, drop, at, level)
        mix(out, hollow, at, 0.22 * level / np.max(np.abs(hollow)))
    return out


def rain_outside(rng):
    """Steady rain heard at a window: a dull bed, drops on the sill and the pane, and a gutter that trickles."""
    n = frames(10.0)
    swell = wander(rng, n, 0.35)

    def bed_envelope(t, f):
        level = 1 + 0.16 * swell[(t * 48000).astype(int) % n]
        return level * (low_pass(1500, 1)(f) * (0.35 + (f / 900) / (1 + (f / 900) ** 2))
                        + 0.10 * resonance(f, 12500, 6000)) * (1 - np.exp(-(f / 110) ** 2))

    bed = evolving_noise(rng, n, bed_envelope)
    bed /= np.std(bed)
    # Sheet-metal sill: Poisson arrivals, log-normal sizes; a big drop is also a softer, longer contact.
    sill = body(rng, 380, 4200, 26, t60_at_1khz=0.05, slope=0.6, tilt=-0.3)
    pane = body(rng, 900, 7500, 22, t60_at_1khz=0.03, slope=0.4, tilt=-0.2)
    drops = np.zeros(n)
    for response, rate, width, gain in ((sill, 22, 0.0009, 1.0), (pane, 55, 0.0004, 0.5), (pane, 110, 0.0002, 0.22)):
        count = rng.poisson(rate * n / 48000)
        train = impulses(n, rng.uniform(0, n / 48000, count), np.exp(0.75 * rng.standard_normal(count)))
        part = circular_convolve(circular_convolve(train, contact(width)), response)
        drops += gain * part / np.max(np.abs(part))
    gutter = np.zeros(n)
    for at in np.sort(rng.uniform(0, n / 48000, rng.poisson(24 * n / 48000))):
        mix(gutter, bubble(np.exp(rng.uniform(np.log(0.0011), np.log(0.0034)))), at, np.exp(0.6 * rng.standard_normal()))
    gutter *= 1 + 0.3 * wander(rng, n, 1.5)
    return 0.040 * bed + 0.34 * drops + 0.05 * gutter / np.std(gutter) * 0.5 + 0.004 * noise(rng, n, band_pass(60, 160))
