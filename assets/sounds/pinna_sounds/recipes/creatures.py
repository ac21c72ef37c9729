"""What lives in the walls, and the wind that comes through them."""

import numpy as np

from ..synth import (SAMPLE_RATE_HZ, band_pass, body, burst, circular_convolve, closed_phase, contact, convolve,
                     evolving_noise, fade, formants, frames, high_pass, impulses, mix, noise, resonance, rms, shape,
                     times, wander, window_between)


def rat_scurry(rng):
    """A rat in a ceiling duct: bursts of claws at a gallop, a scratch, two squeaks."""
    n = frames(8.0)
    out = np.zeros(n)
    duct = body(rng, 260, 3400, 36, t60_at_1khz=0.075, slope=0.5, tilt=-0.5)
    claw = body(rng, 2400, 9500, 16, t60_at_1khz=0.016, slope=0.2, tilt=0.0)
    for start, length, stride in ((0.4, 0.95, 9.5), (1.75, 0.45, 11.0), (4.0, 1.35, 8.5), (6.5, 0.4, 12.0)):
        at = start
        while at < start + length:
            # Half-bound: fore paws together, hind paws together, a third of a stride later.
            for offset in (0.0, 0.012, 0.36 / stride, 0.36 / stride + 0.015):
                when = at + offset + 0.003 * rng.standard_normal()
                how = np.exp(0.35 * rng.standard_normal())
                mix(out, convolve(contact(0.0002), claw), when, 0.9 * how)
                mix(out, convolve(contact(0.0009), duct), when, 0.75 * how)
                if rng.uniform() < 0.5:
                    mix(out, burst(rng, 0.018, 0.006, band_pass(2200, 9000)), when + 0.004, 0.05 * how)
            at += (1 + 0.08 * rng.standard_normal()) / stride
    # Scratching: strokes of several claws across the seam.
    for stroke in range(7):
        at = 2.62 + 0.112 * stroke + 0.008 * rng.standard_normal()
        count = 26
        scratch = impulses(frames(0.08), np.sort(rng.beta(1.6, 1.6, count)) * 0.07, np.exp(0.5 * rng.standard_normal(count)),
                           wrap=False)
        mix(out, convolve(scratch, convolve(contact(0.00015), claw + 0.5 * duct[:len(claw)])), at, 0.16)
    for at, seconds, low, high, gain in ((3.62, 0.11, 3150, 4300, 0.20), (5.62, 0.085, 3700, 4700, 0.24),
                                         (5.76, 0.14, 3000, 4500, 0.28)):
        m = frames(seconds)
        arc = low + (high - low) * np.sin(np.pi * np.clip(times(m) / seconds, 0, 1)) ** 0.8 * (1 + 0.012 * wander(rng, m, 90))
        phase = 2 * np.pi * np.cumsum(arc) / SAMPLE_RATE_HZ
        cry = np.sin(phase) + 0.35 * np.sin(2 * phase + 1) + 0.12 * np.sin(3 * phase)
        cry *= np.clip(1 + 0.3 * wander(rng, m, 110), 0, None)
        cry += 0.22 * shape(rng.standard_normal(m), band_pass(2800, 9000))
        mix(out, fade(cry, 0.3 * seconds, 0.4 * seconds), at, gain)
    slide = noise(rng, n, band_pass(600, 3000, 1)) * sum(window_between(n, a, b, 0.1, 0.15) for a, b in
                                                           ((0.4, 1.35), (1.75, 2.2), (4.0, 5.35), (6.5, 6.9)))
    return out + 0.008 * slide


def flies_buzz(rng):
    """Three flies over something on the floor; now and then one settles."""
    n = frames(9.0)
    t = times(n)
    out = np.zeros(n)
    rests = (((2.1, 3.0), (6.6, 6.95)), ((4.4, 6.1),), ((0.3, 1.6), (7.3, 8.4)))
    for index, (wing_hz, reach, resting) in enumerate(zip((187.0, 211.0, 166.0), (1.0, 0.8, 1.15), rests)):
        # Flight: straight pieces and quick turns; in a turn the wings beat harder and faster.
        turns = np.zeros(n)
        for at in rng.uniform(0, 9.0, 12):
            bump = np.hanning(frames(rng.uniform(0.12, 0.3)))
            mix(turns, bump, at, rng.uniform(0.3, 1.0))
        path = wander(rng, n, 0.8), wander(rng, n, 0.8)
        distance = np.sqrt(0.12 + (path[0] * reach) ** 2 + (path[1] * reach) ** 2)
        approach = -np.gradient(distance) * SAMPLE_RATE_HZ
        flying = np.ones(n)
        for start, end in resting:
            flying *= 1 - window_between(n, start, end, 0.05, 0.03)
        pitch = wing_hz * (1 + 0.035 * wander(rng, n, 3) + 0.012 * wander(rng, n, 25) + 0.07 * turns) * (1 + approach / 343)
        pitch *= 0.72 + 0.28 * flying
        phase = closed_phase(pitch)
        # Both wings, two strokes each: a rich series, lifted around the thorax's resonance.
        number = np.arange(1, 46)
        gains = number ** -0.75 * formants(number * wing_hz, ((260, 260, 0), (700, 420, -3), (1500, 900, -10), (3400, 1800, -20)))
        gains *= rng.uniform(0.6, 1.2, len(number))
        buzz = sum(g * np.sin(k * phase + p) for k, g, p in zip(number, gains, rng.uniform(0, 6.28, len(number))))
        flutter = noise(rng, n, band_pass(300, 3500, 1)) * (0.5 + 0.5 * np.sin(phase))
        loud = flying * (1 + 0.5 * turns) * np.clip(1 + 0.13 * wander(rng, n, 18), 0.2, None) / distance
        out += loud * (buzz / rms(buzz) + 0.16 * flutter)
    # Something they bump into.
    pane = body(rng, 700, 4200, 14, t60_at_1khz=0.03, tilt=-0.3)
    for at in (2.06, 4.36, 7.27):
        mix(out, convolve(contact(0.0006), pane), at, 2.5)
    return out


def wind_window(rng):
    """Wind at a broken window: gusts that whistle in the gap and boom in the room behind."""
    n = frames(13.0)
    gust = 0.5 * wander(rng, n, 0.22) + 0.22 * wander(rng, n, 0.9)
    speed = np.clip(0.62 + 0.52 * gust, 0.12, 1.7)
    quick = speed * (1 + 0.06 * wander(rng, n, 7))

    def air(t, f):
        v = quick[np.round(t * SAMPLE_RATE_HZ).astype(int) % n]
        # Radiated power of turbulence grows with a high power of speed, and its spectrum opens upwards.
        bed = v ** 1.9 * (1.1 * resonance(f, 85 + 50 * v, 110) + 0.42 / (1 + (f / (300 + 420 * v)) ** 2)
                          + 0.05 / (1 + (f / 3500) ** 2))
        # Edge tones of the gap: frequency follows the speed (Strouhal), drawn towards the gap's own resonances.
        first = 395 + 185 * v
        second = 760 + 300 * v
        third = 1500 + 420 * v
        whistle = (v ** 3.0 * 1.9 * resonance(f, first, 22) ** 2 + v ** 3.6 * 1.15 * resonance(f, second, 30) ** 2
                   + v ** 4.2 * 0.24 * resonance(f, third, 60) ** 2)
        return (bed + whistle) * high_pass(40)(f)

    out = evolving_noise(rng, n, air, frame=8192, hop=1024)
    # Loose glass: the gusts shake it.
    pane = body(rng, 150, 2400, 20, t60_at_1khz=0.05, slope=0.5, tilt=-0.6)
    chance = np.clip(quick - 0.95, 0, None) * 30 / SAMPLE_RATE_HZ
    hits = np.flatnonzero(rng.uniform(size=n) < chance)
    shaken = circular_convolve(impulses(n, hits / SAMPLE_RATE_HZ, quick[hits] * np.exp(0.5 * rng.standard_normal(len(hits)))),
                               convolve(contact(0.0012), pane)) if len(hits) else np.zeros(n)
    peak = np.max(np.abs(shaken)) or 1.0
    return out / rms(out) + 0.5 * shaken / peak
