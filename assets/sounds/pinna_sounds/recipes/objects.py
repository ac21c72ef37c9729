"""Doors, metal, glass, pipes, and the music box."""

import numpy as np

from ..synth import (SAMPLE_RATE_HZ, band_pass, body, bouncing, burst, circular_convolve, closed_phase, contact,
                     convolve, curve, frames, high_pass, impulses, low_pass, mix, modes, noise, resonance, shape,
                     stick_slip, times, wander)


def door_creak(rng):
    """A dry hinge: stick and slip between rusted leaves, radiated by the panel they hang."""
    seconds = 2.7
    n = frames(seconds)
    # How fast the door is pulled: a hesitant start, a long sweep, a second push, and a last few clicks.
    speed = curve(n, [(0, 0.10), (0.25, 0.16), (0.7, 0.75), (1.15, 1.0), (1.5, 0.42), (1.65, 0.30), (2.0, 0.85), (2.25, 0.5),
                      (2.5, 0.10), (seconds, 0.02)])
    speed *= np.clip(1 + 0.16 * wander(rng, n, 6), 0.2, None)
    at, strength = stick_slip(rng, speed, 1 / 205, jitter=0.06, ageing=0.22)
    rust = np.clip(1 + 0.35 * wander(rng, n, 9), 0.15, None)
    strength = strength * rust[np.minimum((at * SAMPLE_RATE_HZ).astype(int), n - 1)]
    train = impulses(n, at, strength, wrap=False)
    hinge = body(rng, 700, 7200, 36, t60_at_1khz=0.045, slope=0.35, tilt=-0.1)
    panel = body(rng, 110, 1100, 24, t60_at_1khz=0.09, slope=0.5, tilt=-0.55)
    out = convolve(train, convolve(contact(0.00022), hinge), n) * 3.4 + convolve(train, convolve(contact(0.0011), panel), n)
    grind = shape(rng.standard_normal(n), band_pass(700, 4200)) * speed
    return out / np.max(np.abs(out)) + 0.010 * grind


def door_slam(rng):
    """A heavy ward door shut by the draught: a rush of air, the panel in its frame, the latch, loose glass."""
    n = frames(2.0)
    out = np.zeros(n)
    blow = 0.16
    rush = shape(rng.standard_normal(n), lambda f: low_pass(420, 1)(f) * high_pass(50)(f)) * curve(
        n, [(0, 0), (0.10, 0.3), (blow, 1.0), (blow + 0.03, 0.15), (0.35, 0), (2, 0)])
    mix(out, rush / np.max(np.abs(rush)), 0, 0.10, wrap=False)
    panel = body(rng, 62, 520, 24, t60_at_1khz=0.10, slope=0.55, tilt=-0.30)
    frame = body(rng, 240, 2400, 30, t60_at_1khz=0.07, slope=0.5, tilt=-0.6)
    latch = body(rng, 1100, 8200, 26, t60_at_1khz=0.07, slope=0.4, tilt=-0.2)
    for at, force in ((blow, 1.0), (blow + 0.011, 0.5), (blow + 0.034, 0.22), (blow + 0.083, 0.07)):
        mix(out, convolve(contact(0.0032), panel), at, 2.4 * force, wrap=False)
        mix(out, convolve(contact(0.0007), frame), at, 5.0 * force, wrap=False)
        mix(out, burst(rng, 0.07, 0.013, band_pass(250, 6500)), at, 0.70 * force, wrap=False)
    for at, force in ((blow + 0.004, 0.5), (blow + 0.019, 1.0), (blow + 0.052, 0.35), (blow + 0.062, 0.2)):
        mix(out, convolve(contact(0.00018), latch), at, 2.6 * force, wrap=False)
    # The pane chatters in its putty: impacts that quicken as they weaken.
    pane = body(rng, 620, 5600, 24, t60_at_1khz=0.06, slope=0.4, tilt=-0.2)
    at, force = bouncing(0.042, 0.86, 0.006)
    force *= 1 - at / at[-1]
    for when, how in zip(at + blow + 0.02, force):
        mix(out, convolve(contact(0.0004), pane), when, 0.55 * how * rng.uniform(0.5, 1.2), wrap=False)
    dust = rng.poisson(46)
    grains = convolve(impulses(n, blow + 0.25 + rng.beta(1.2, 3, dust) * 1.1, np.exp(0.8 * rng.standard_normal(dust)),
                               wrap=False), body(rng, 1800, 8000, 12, 0.012, slope=0.2), n)
    return out / np.max(np.abs(out)) + 0.03 * grains / np.max(np.abs(grains))


def metal_scrape(rng):
    """A steel bed frame dragged over tile: asperities by the thousand, and a groan where the leg catches."""
    seconds = 3.2
    n = frames(seconds)
    speed = curve(n, [(0, 0), (0.12, 0.35), (0.5, 0.8), (0.8, 0.55), (1.0, 0.22), (1.2, 0.7), (1.7, 1.0), (2.3, 0.75), (2.6, 0.4),
                      (2.85, 0.0), (seconds, 0.0)]) * np.clip(1 + 0.15 * wander(rng, n, 12), 0, None)
    speed = np.clip(speed, 0, None)
    frame = body(rng, 210, 9200, 64, t60_at_1khz=0.42, slope=0.5, tilt=0.05, spread=0.5)
    leg = body(rng, 1450, 3900, 9, t60_at_1khz=0.5, slope=0.3, tilt=0.0)
    # Asperities: arrivals in proportion to speed, heavier ones rare.
    rate = 2600 * speed / SAMPLE_RATE_HZ
    hits = np.flatnonzero(rng.uniform(size=n) < rate)
    train = impulses(n, hits / SAMPLE_RATE_HZ, np.exp(0.9 * rng.standard_normal(len(hits))) * speed[hits], wrap=False)
    rough = convolve(train, convolve(contact(0.0001), frame), n)
    rough /= np.max(np.abs(rough))
    at, strength = stick_slip(rng, speed, 1 / 330, jitter=0.035, ageing=0.10)
    catch = np.clip(0.5 + 0.8 * wander(rng, n, 3), 0, 1.4)
    strength = strength * catch[np.minimum((at * SAMPLE_RATE_HZ).astype(int), n - 1)]
    groan = convolve(impulses(n, at, strength, wrap=False), convolve(contact(0.0002), frame + np.pad(
        1.5 * leg[:len(frame)], (0, max(0, len(frame) - len(leg))))), n)
    groan /= np.max(np.abs(groan))
    dust = shape(rng.standard_normal(n), band_pass(2500, 9500)) * speed
    out = rough + 0.85 * groan + 0.025 * dust
    for when, how in ((0.02, 0.35), (2.83, 0.9), (2.90, 0.3)):
        mix(out, convolve(contact(0.0006), frame), when, 2.2 * how, wrap=False)
    return out


def glass_tinkle(rng):
    """Pieces fall from a broken pane, now and then: each shard rings, and bounces until it lies."""
    n = frames(9.0)
    out = np.zeros(n)
    for start, shards in ((0.6, 5), (2.9, 2), (4.7, 7), (7.3, 3)):
        for _ in range(shards):
            low = np.exp(rng.uniform(np.log(1700), np.log(5200)))
            # A free plate: dense and inharmonic; glass on tile is damped by the floor it touches.
            ratios = np.array([1, 1.73, 2.33, 3.12, 3.91, 4.6, 5.7]) * rng.uniform(0.97, 1.03, 7)
            ring = rng.uniform(0.05, 0.28)
            shard = modes(low * ratios, ring * ratios ** -0.7, rng.uniform(0.3, 1.0, 7) * ratios ** -0.4)
            at, speed = bouncing(rng.uniform(0.07, 0.20), rng.uniform(0.45, 0.68))
            begin = start + rng.exponential(0.16)
            size = np.exp(0.5 * rng.standard_normal()) * (2500 / low) ** 0.5
            for when, how in zip(at, speed):
                hit = convolve(contact(0.00012 + 0.00012 * (1 - how)), shard)
                mix(out, hit, begin + when, size * how * rng.uniform(0.6, 1.0))
                mix(out, burst(rng, 0.005, 0.0009, high_pass(2500)), begin + when, 0.35 * size * how)
    grit = body(rng, 3200, 9500, 12, t60_at_1khz=0.02, slope=0.2, tilt=0)
    at = np.concatenate([start + rng.gamma(2.0, 0.16, 22) for start in (0.62, 2.95, 4.72, 7.35)])
    fine = circular_convolve(impulses(n, at, np.exp(0.7 * rng.standard_normal(len(at)))), grit)
    return out + 0.18 * np.max(np.abs(out)) * fine / np.max(np.abs(fine))


def pipe_knock(rng):
    """Knocking in the heating: three, a wait, one; and an answer from further down the pipe."""
    n = frames(10.0)
    out = np.zeros(n)
    # Bending modes of a free tube: f1 (1, 2.757, 5.404, 8.933, 13.34, 18.64); water inside damps the high ones.
    ratios = np.array([1, 2.757, 5.404, 8.933, 13.34, 18.64, 24.8])

    def tube(f1, t60):
        split = np.concatenate((ratios, ratios * 1.013))  # not quite round: every mode is a close pair
        return modes(f1 * split, t60 * split ** -0.55, rng.uniform(0.5, 1.0, 14) * split ** -0.35)

    near, far = tube(173.0, 0.85), tube(128.0, 1.1)
    clamp = body(rng, 62, 260, 9, t60_at_1khz=0.05, slope=0.7, tilt=-0.4)
    knocks = ((0.5, 1.0, 0), (1.02, 0.85, 0), (1.50, 0.95, 0), (3.25, 0.75, 0), (5.6, 0.6, 1), (6.16, 0.55, 1), (6.75, 0.65, 1),
              (8.6, 0.30, 1))
    for at, force, which in knocks:
        strike = convolve(contact(rng.uniform(0.00022, 0.00034) * (1.8 if which else 1.0)), far if which else near)
        # The blow runs along the pipe and comes back from the next elbow.
        for delay, gain in ((0, 1.0), (0.0113, -0.35), (0.0227, 0.16)):
            mix(out, strike, at + delay, gain * force)
        mix(out, convolve(contact(0.003), clamp), at, 1.0 * force)
        mix(out, burst(rng, 0.02, 0.003, band_pass(1200, 6000)), at, (0.05 if which else 0.16) * force)
    return out


#: (beat, MIDI note, force): a slow waltz in D minor that leans on its flat second and never comes home.
MELODY = ((0, 74, 1.0), (0, 50, 0.5), (1, 77, 0.8), (2, 81, 0.85), (3, 80, 0.95), (3, 57, 0.5), (4, 77, 0.7), (5, 74, 0.75),
          (6, 75, 0.95), (6, 51, 0.5), (7, 79, 0.75), (8, 82, 0.85), (9, 81, 1.0), (9, 57, 0.5), (10.5, 77, 0.7), (11, 76, 0.65),
          (12, 74, 0.9), (12, 50, 0.5), (13, 73, 0.8), (14, 75, 0.85), (15, 69, 0.75), (15, 57, 0.45), (17, 73, 0.6))


def music_box(rng):
    """A music box running down: steel tines out of tune, one broken, the comb's wooden floor."""
    n = frames(15.0)
    out = np.zeros(n)
    wood = body(rng, 190, 1700, 20, t60_at_1khz=0.05, slope=0.4, tilt=-0.6)
    # The spring runs down: each beat is longer than the last.
    beat_at = lambda beat: 0.45 + 0.60 * beat + 0.0105 * beat ** 2
    cents = {}
    for beat, note, force in MELODY:
        detune = cents.setdefault(note, 16 * rng.standard_normal())
        f0 = 440.0 * 2 ** ((note - 69 + detune / 100) / 12)
        at = beat_at(beat) + 0.012 * rng.standard_normal()
        # Clamped-free bar: 1, 6.267, 17.55; a tuned tine keeps few of them. Two polarisations beat slowly.
        low = 880 / f0
        tine = modes([f0, f0 * 1.0012, f0 * 6.267, f0 * 17.55, f0 * 2.0], np.array([2.6, 2.0, 0.42, 0.12, 0.7]) * low ** 0.35,
                     np.array([0.7, 0.45, 0.34, 0.14, 0.05]))
        if note == 79:
            tine = modes([f0 * 0.97, f0 * 6.1], [0.07, 0.05], [0.6, 0.4])  # the broken one
        pluck = convolve(contact(0.00018), tine)
        mix(out, pluck, at, 0.8 * force)
        # The damper touches the tine a moment before the pin: a tiny buzz; then the release knocks the floor.
        mix(out, burst(rng, 0.012, 0.004, band_pass(2500, 8000)), at - 0.018, 0.022 * force)
        mix(out, convolve(contact(0.0009), wood), at, 0.45 * force)
    # The governor's worm gear, audible in the gaps.
    at = np.cumsum(0.021 * (1 + 0.12 * rng.standard_normal(int(15.0 / 0.021))))
    at = at[at < 15.0]
    governor = circular_convolve(impulses(n, at, np.exp(0.4 * rng.standard_normal(len(at)))),
                                 body(rng, 1300, 5200, 12, t60_at_1khz=0.014, slope=0.2))
    lid = lambda f: high_pass(150, 1)(f) * (0.8 + 0.4 * resonance(f, 520, 260) + 0.3 * resonance(f, 1300, 500))
    return shape(out, lid) + 0.006 * governor / np.max(np.abs(governor)) * np.max(np.abs(out))


def wheelchair_squeak(rng):
    """An empty wheelchair rolls: the dry hub sings twice a turn, tyres count the joints of the tiles."""
    n = frames(6.0)
    t = times(n)
    # Four turns in the loop, pushed twice: the speed swells and sinks.
    speed = (4.0 / 6.0) * (1 + 0.32 * np.cos(2 * np.pi * t / 3.0 - 0.5) + 0.05 * wander(rng, n, 1.5))
    turn = np.cumsum(speed) / SAMPLE_RATE_HZ
    turn *= 4.0 / turn[-1]
    angle = turn % 1.0
    out = np.zeros(n)
    fork = lambda f: (0.25 + 1.0 * resonance(f, 1480, 420) + 0.9 * resonance(f, 2950, 700) + 0.55 * resonance(f, 4700, 1100)
                      + 0.25 * resonance(f, 7300, 2000)) * high_pass(500)(f)
    for centre, width, base_hz, bend_hz, gain in ((0.22, 0.135, 1290, 330, 1.0), (0.71, 0.055, 1760, 210, 0.62)):
        along = np.clip((angle - centre) / width, -1, 1)
        press = (0.5 + 0.5 * np.cos(np.pi * along)) ** 0.7
        # Squeal is stick-slip locked to a mode of the fork: it bends with load and speed, and is never quite periodic.
        pitch = (base_hz + bend_hz * press) * (0.90 + 0.10 * speed / np.mean(speed)) * (1 + 0.007 * wander(rng, n, 60))
        phase = closed_phase(pitch)
        wave = sum(np.sin(k * phase + 0.3 * k) / k ** 1.15 for k in range(1, 9))
        rough = np.clip(1 + 0.38 * wander(rng, n, 75), 0.05, None)
        hiss = noise(rng, n, band_pass(1500, 7000))
        which = np.floor(turn).astype(int) % 4
        vary = np.array([1.0, 0.72, 0.9, 0.6])[which]
        out += gain * vary * press ** 1.4 * (wave * rough + 0.16 * hiss * rough)
    out = shape(out, fork)
    out /= np.max(np.abs(out))
    roll = noise(rng, n, lambda f: resonance(f, 130, 120) + 0.45 * resonance(f, 420, 380) + 0.08 / (1 + (f / 2500) ** 2))
    out += 0.035 * roll * speed / np.mean(speed)
    # Tile joints every 0.3 m, wheels of 0.6 m: 2 pi joints a turn, here 6; front and rear tyre in turn.
    joint = body(rng, 90, 900, 16, t60_at_1khz=0.035, slope=0.6, tilt=-0.6)
    rattle = body(rng, 1500, 7200, 18, t60_at_1khz=0.09, slope=0.4, tilt=-0.1)
    for offset, gain in ((0.0, 1.0), (0.37, 0.6)):
        at = np.interp((np.arange(24) + offset) / 6, turn, t)
        for when in at:
            how = gain * rng.uniform(0.7, 1.1)
            mix(out, convolve(contact(0.003), joint), when, 0.42 * how)
            for _ in range(rng.poisson(1.6)):
                later = when + 0.004 + rng.exponential(0.02)
                mix(out, convolve(contact(0.0002), rattle), later, 0.09 * how * rng.uniform(0.3, 1))
    return out
