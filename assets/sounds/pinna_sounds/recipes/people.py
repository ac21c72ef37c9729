"""Steps and breath."""

import numpy as np

from ..synth import (SAMPLE_RATE_HZ, band_pass, body, burst, circular_convolve, contact, convolve, curve,
                     evolving_noise, formants, frames, high_pass, impulses, low_pass, mix, shape, stick_slip, wander)


def footstep(rng):
    """One step of a hard sole on gritty tile: heel, a little scuff, then the toe."""
    n = frames(0.60)
    out = np.zeros(n)
    floor = body(rng, 75, 240, 7, t60_at_1khz=0.030, slope=0.75, tilt=-0.5)
    tile = body(rng, 480, 6200, 30, t60_at_1khz=0.034, slope=0.45, tilt=-0.35)
    sole = body(rng, 240, 1500, 12, t60_at_1khz=0.022, slope=0.4, tilt=-0.5)
    toe = rng.uniform(0.085, 0.125)
    for at, force, width in ((0.004, 1.0, 0.0011), (0.004 + toe, rng.uniform(0.32, 0.5), 0.0020)):
        mix(out, convolve(contact(3.5 * width), floor), at, 0.55 * force, wrap=False)
        mix(out, convolve(contact(width), sole), at, 3.0 * force, wrap=False)
        mix(out, convolve(contact(0.14 * width), tile), at, 4.2 * force, wrap=False)
        mix(out, burst(rng, 0.03, 0.004, band_pass(1200, 9000)), at, 0.55 * force, wrap=False)
    scuff = shape(rng.standard_normal(n), band_pass(1100, 5500)) * curve(
        n, [(0, 0), (0.03, 0.2), (toe, 0.9), (toe + 0.05, 0.6), (toe + 0.16, 0.0), (0.6, 0)])
    mix(out, scuff, 0.0, 0.045 * rng.uniform(0.6, 1.4), wrap=False)
    # Plaster dust and chips crushed under the sole.
    chip = body(rng, 2600, 9800, 16, t60_at_1khz=0.012, slope=0.2, tilt=0.0)
    count = rng.poisson(20)
    at = 0.006 + rng.beta(1.3, 3.2, count) * 0.28
    crushed = convolve(impulses(n, at, np.exp(0.8 * rng.standard_normal(count)), wrap=False), chip, n)
    mix(out, crushed / (np.max(np.abs(crushed)) or 1), 0.0, 0.16, wrap=False)
    return out


def footsteps_heavy_far(rng):
    """Something heavy walks on the floor above, stops, and goes on: what a slab lets through."""
    n = frames(10.0)
    out = np.zeros(n)
    slab = body(rng, 54, 230, 12, t60_at_1khz=0.085, slope=0.60, tilt=-0.45)
    joist = body(rng, 170, 900, 18, t60_at_1khz=0.07, slope=0.5, tilt=-1.2)
    steps = ((0.5, 1.0), (1.72, 0.8), (2.98, 0.95), (4.16, 0.75), (5.75, 1.0), (7.05, 0.7), (8.38, 0.9))
    for at, force in steps:
        for delay, part, width in ((0.0, 1.0, 0.011), (rng.uniform(0.15, 0.21), 0.5, 0.016)):
            mix(out, convolve(contact(width), slab), at + delay, 3.0 * force * part)
            mix(out, convolve(contact(0.3 * width), joist), at + delay, 1.6 * force * part)
        mix(out, burst(rng, 0.16, 0.045, band_pass(120, 420)), at + 0.02, 0.07 * force)
    # One foot drags after every second step.
    for at in (2.05, 4.5, 8.75):
        length = frames(0.75)
        drag = shape(rng.standard_normal(length), band_pass(130, 620)) * curve(
            length, [(0, 0), (0.15, 1), (0.4, 0.6), (0.75, 0)]) * (1 + 0.5 * wander(rng, length, 24))
        mix(out, drag, at, 0.10)
    # A board takes the weight.
    for at, length, speed in ((0.72, 0.5, 0.9), (6.0, 0.7, 0.7)):
        m = frames(length)
        pull = speed * curve(m, [(0, 0.15), (0.3 * length, 1), (length, 0.2)])
        when, how = stick_slip(rng, pull, 0.011, jitter=0.2)
        board = body(rng, 180, 1300, 14, t60_at_1khz=0.05, tilt=-0.7)
        creak = convolve(impulses(m, when, how, wrap=False), convolve(contact(0.0012), board))
        mix(out, creak, at, 0.20 / (np.max(np.abs(creak)) or 1))
    return shape(out, low_pass(850, 2))


def breathing(rng):
    """Slow breath through an open mouth, too close, with a wheeze and a rattle at its end."""
    n = frames(9.6)
    half = n // 2
    t_inhale, t_exhale = 1.85, 2.15

    def cycle(scale, length):
        inhale = curve(length, [(0, 0), (0.25, 0.35), (1.1, 1.0), (1.45, 0.75), (t_inhale, 0)]) * scale
        start = t_inhale + 0.28
        exhale = curve(length, [(start, 0), (start + 0.16, 1.0), (start + 0.6, 0.72), (start + 1.5, 0.30),
                                (start + t_exhale, 0), (length / SAMPLE_RATE_HZ, 0)]) * scale
        return inhale, exhale

    first, second = cycle(1.0, half), cycle(0.86, n - half)
    inhale = np.concatenate((first[0], second[0])) * (1 + 0.10 * wander(rng, n, 7))
    exhale = np.concatenate((first[1], second[1])) * (1 + 0.13 * wander(rng, n, 8))
    move = wander(rng, n, 1.2)

    def tract(t, f):
        i = np.round(t * SAMPLE_RATE_HZ).astype(int) % n
        breath_in, breath_out, m = np.clip(inhale[i], 0, None), np.clip(exhale[i], 0, None), move[i]
        # Inhaling: turbulence at the lips and glottis, little low end. Exhaling: an open "hah", darker as it falls.
        shape_in = formants(f, ((760, 320, -9), (1650 + 60 * m, 330, -1), (2750, 480, 0), (4100, 900, -6),
                                (7200, 2600, -15)))
        open_mouth = np.clip(breath_out, 0.15, 1)
        shape_out = formants(f, ((560 + 180 * open_mouth, 210, 0), (1180 + 200 * open_mouth + 50 * m, 260, -3),
                                 (2480, 420, -11), (3550, 700, -15), (6200, 2400, -25)))
        # Turbulence falls off above a few kilohertz, sooner in the open "hah".
        return (breath_in ** 1.3 * 0.75 * shape_in ** 1.6 * low_pass(7000, 1)(f)
                + breath_out ** 1.2 * shape_out ** 1.6 * low_pass(4200, 1)(f)) * high_pass(220)(f)

    air = evolving_noise(rng, n, tract, frame=1024, hop=256)
    air /= np.max(np.abs(air))
    # Wheeze: a narrowed airway that sings near the end of each exhalation.
    tail = np.clip(1 - np.abs(exhale - 0.28) / 0.24, 0, 1) * (exhale > 0.03)
    tail = shape(tail, low_pass(12, 2))
    pitch = 410 + 26 * wander(rng, n, 2.0)
    phase = np.cumsum(2 * np.pi * pitch / SAMPLE_RATE_HZ)
    rough = np.clip(0.55 + 0.5 * wander(rng, n, 22), 0, None)
    wheeze = tail * rough * (np.sin(phase) + 0.5 * np.sin(2 * phase + 1) + 0.2 * np.sin(3 * phase))
    # Rattle: fluid films that break, slow irregular pulses through the same tract.
    throat = body(rng, 380, 2900, 14, t60_at_1khz=0.022, slope=0.3, tilt=-0.5)
    pops = []
    for base in (t_inhale + 0.28, half / SAMPLE_RATE_HZ + t_inhale + 0.28):
        at = base + 0.75
        while at < base + 1.85:
            pops.append(at)
            at += 1 / (34 * np.exp(0.28 * rng.standard_normal()))
    pops = np.array(pops)
    level = np.exp(0.45 * rng.standard_normal(len(pops))) * np.clip(exhale[(pops * SAMPLE_RATE_HZ).astype(int)], 0, 1)
    rattle = circular_convolve(impulses(n, pops, level), convolve(contact(0.0007), throat))
    rattle /= np.max(np.abs(rattle))
    return air + 0.040 * wheeze + 0.22 * shape(rattle, high_pass(220))
