"""Mains, motors, and the monitor by the bed."""

import numpy as np

from ..synth import (SAMPLE_RATE_HZ, band_pass, body, burst, circular_convolve, closed_phase, contact, convolve,
                     evolving_noise, fade, formants, frames, high_pass, impulses, low_pass, mix, modes, noise, resonance,
                     shape, times, wander, window_between)


def _harmonics(rng, n, base_hz, gains, drift=0.0, drift_rate=0.6):
    """A harmonic series with random phases, each partial's level drifting slowly by itself."""
    t = times(n)
    out = np.zeros(n)
    for number, gain in enumerate(gains, start=1):
        if gain > 0:
            level = 1 + drift * wander(rng, n, drift_rate) if drift else 1.0
            out += gain * level * np.sin(2 * np.pi * base_hz * number * t + rng.uniform(0, 2 * np.pi))
    return out


def hum_fluorescent(rng):
    """A tube that will not quite stay lit: ballast hum and buzz at twice the mains, and ticks when it strikes again."""
    n = frames(8.0)
    t = times(n)
    number = np.arange(1, 71)
    f = 100.0 * number
    # Magnetostriction is even in the field: 100 Hz and its multiples. The loose tin case answers at its own modes.
    case = formants(f, ((240, 160, 0), (820, 260, -7), (1750, 500, -12), (3150, 700, -15), (5200, 1500, -24)))
    ballast = _harmonics(rng, n, 100.0, number ** -0.85 * (0.25 + case), drift=0.10)
    lit = np.ones(n)
    struck = []
    for start, blinks in ((1.62, 1), (3.9, 4), (6.55, 2)):
        at = start
        for _ in range(blinks):
            off = rng.uniform(0.03, 0.11)
            lit *= 1 - 0.93 * window_between(n, at, at + off, 0.006, 0.004)
            struck.append(at + off)
            at += off + rng.uniform(0.05, 0.17)
    # The discharge hisses once in every half-wave, only while the tube is lit.
    half_wave = np.abs(np.sin(2 * np.pi * 50 * t)) ** 3
    hiss = noise(rng, n, band_pass(2200, 9500)) * half_wave * lit
    out = ballast * (0.55 + 0.45 * lit) + 0.10 * hiss
    tin = body(rng, 900, 8500, 24, t60_at_1khz=0.09, slope=0.5, tilt=-0.1)
    for at in struck:
        tick = convolve(burst(rng, 0.003, 0.0005, high_pass(1500)), tin)
        mix(out, tick, at, rng.uniform(0.5, 1.0) * 2.6 / np.max(np.abs(tick)))
        flash = np.sin(2 * np.pi * 100 * times(frames(0.12))) * np.exp(-times(frames(0.12)) / 0.03)
        mix(out, fade(flash, 0.003, 0.02), at, 0.8)
    return out


def hum_transformer(rng):
    """A transformer in the wall: two windings that beat slowly, a loose lamination, the core's low throb."""
    n = frames(8.0)
    gains = np.array([1.0, 0.55, 0.30, 0.20, 0.05, 0.13, 0.03, 0.05, 0.02, 0.03, 0.012, 0.02])
    main = _harmonics(rng, n, 100.0, gains, drift=0.05, drift_rate=0.4)
    other = _harmonics(rng, n, 100.25, 0.30 * gains[:6])
    half = 0.10 * np.sin(2 * np.pi * 50 * times(n)) + 0.05 * np.sin(2 * np.pi * 150 * times(n))
    loose = shape(np.sign(np.sin(2 * np.pi * 50 * times(n) + 0.4 * wander(rng, n, 30))),
                  lambda f: resonance(f, 1150, 500) + 0.5 * resonance(f, 2400, 900))
    rattle = 0.05 * loose * np.clip(0.6 + 0.4 * wander(rng, n, 0.7), 0, None)
    air = noise(rng, n, lambda f: low_pass(260, 1)(f) * high_pass(40)(f))
    return main + other + half + rattle + 0.045 * air


def fan_ventilation(rng):
    """An extractor with worn bearings behind a grille: rushing air, the blades' tone, one scrape a turn."""
    n = frames(8.0)
    t = times(n)
    turns_hz, blades = 11.75, 6
    turn = 2 * np.pi * turns_hz * t
    sway = 1 + 0.10 * wander(rng, n, 0.5)

    def duct(t_column, f):
        rumble = 0.7 * resonance(f, 95, 90) + 0.8 * resonance(f, 310, 240) + 0.45 * resonance(f, 640, 420)
        rush = 0.45 / (1 + (f / 1500) ** 1.5)
        return (rumble + rush) * high_pass(45)(f) * (1 + 0.14 * np.sin(2 * np.pi * turns_hz / 2 * t_column))

    air = evolving_noise(rng, n, duct, frame=1024, hop=256)
    air /= np.std(air)
    # Each blade cuts the wake of the motor's struts: a tone at the blade rate whose level and phase are never steady.
    blade = np.zeros(n)
    for number, gain in ((1, 1.0), (2, 0.55), (3, 0.32), (4, 0.14), (5, 0.08), (6, 0.04)):
        unsteady = 1 + 0.22 * wander(rng, n, 4)
        blade += gain * unsteady * np.sin(number * blades * turn + 0.12 * wander(rng, n, 5) + rng.uniform(0, 6.28))
    chop = 1 + 0.22 * np.sin(blades * turn) + 0.12 * np.sin(turn)
    grille = body(rng, 500, 5200, 26, t60_at_1khz=0.05, slope=0.5, tilt=-0.4)
    at = (np.arange(round(turns_hz * n / SAMPLE_RATE_HZ)) + 0.5) / turns_hz
    strength = np.clip(0.55 + 0.45 * wander(rng, n, 0.8)[(at * SAMPLE_RATE_HZ).astype(int)], 0.05, None)
    scrape = circular_convolve(impulses(n, at + 0.0012 * rng.standard_normal(len(at)), strength),
                               convolve(burst(rng, 0.03, 0.009, band_pass(700, 5500)), grille))
    scrape /= np.max(np.abs(scrape))
    whine = np.sin(closed_phase(np.full(n, 1410.0) + 9 * np.sin(turn))) * (0.5 + 0.5 * np.sin(turn)) ** 2
    return sway * (air * chop + 0.75 * blade) + 0.95 * scrape + 0.018 * whine


def heart_monitor(rng):
    """A bedside monitor on a failing heart: uneven beats, one too early, the pitch following the oxygen down."""
    n = frames(10.0)
    out = np.zeros(n)
    # R-R intervals with respiratory arrhythmia; the fifth beat comes early and is followed by its pause.
    beats = np.array([0.30, 1.22, 2.18, 3.07, 3.63, 4.98, 5.94, 6.83, 7.77, 8.76])
    pitch = np.array([912, 912, 896, 896, 896, 880, 864, 864, 880, 896], dtype=float)
    for at, f0 in zip(beats, pitch):
        length = frames(0.135)
        t = times(length)
        wave = sum(g * np.sin(2 * np.pi * f0 * k * t + p) for k, g, p in
                   ((1, 1.0, 0), (2, 0.10, 1), (3, 0.30, 0.4), (5, 0.12, 2), (7, 0.05, 1), (9, 0.02, 0)))
        mix(out, fade(wave * (1 - 0.25 * t / 0.135), 0.004, 0.035), at)
    # A 50 mm speaker in a plastic box.
    speaker = lambda f: high_pass(480, 2)(f) * low_pass(6500, 2)(f) * (0.7 + 0.8 * resonance(f, 1150, 350)
                                                                       + 0.4 * resonance(f, 3100, 900))
    case = body(rng, 320, 2600, 16, t60_at_1khz=0.05, tilt=-0.6)
    out = np.tanh(1.4 * shape(out, speaker))
    out += 0.12 * circular_convolve(out, case)
    for at in beats:  # the amplifier un-mutes a moment before each beep
        mix(out, burst(rng, 0.004, 0.0006, band_pass(600, 5000)), at - 0.012, 0.035)
    supply = _harmonics(rng, n, 100.0, [1.0, 0.5, 0.35, 0.2, 0.1, 0.06], drift=0.1)
    fan = noise(rng, n, lambda f: resonance(f, 420, 500) + 0.35 / (1 + (f / 2500) ** 2))
    return out + 0.006 * supply + 0.012 * fan


def clock_tick(rng):
    """A wall clock out of beat: the tick and the tock differ, and lean to one side."""
    n = frames(8.0)
    out = np.zeros(n)
    case = body(rng, 170, 1500, 22, t60_at_1khz=0.06, slope=0.4, tilt=-0.7)
    brass = body(rng, 2100, 9500, 26, t60_at_1khz=0.06, slope=0.4, tilt=0.1)
    spring = modes([611, 1283, 1979, 3120], [0.34, 0.25, 0.18, 0.1], [0.5, 0.35, 0.3, 0.2])
    for second in range(8):
        tock = second % 2
        at = 0.4 + second + (0.055 if tock else 0.0) + 0.002 * rng.standard_normal()
        # One beat of an anchor escapement: unlock, impulse, and the drop of the tooth, which is the loudest.
        for delay, force in ((0.0, 0.35), (0.0065, 0.5), (0.0145 if tock else 0.0118, 1.0)):
            hit = contact(0.00016 if not tock else 0.00022)
            force *= rng.uniform(0.9, 1.1) * (0.78 if tock else 1.0)
            mix(out, convolve(hit, brass), at + delay, 1.2 * force)
            mix(out, convolve(contact(0.0007), case), at + delay, (1.0 if tock else 0.7) * force)
            mix(out, convolve(hit, spring), at + delay, 0.10 * force)
        mix(out, burst(rng, 0.25, 0.06, band_pass(900, 3200)), at + 0.04, 0.012)
    return out
