"""The three voices. The words are this project's own; espeak-ng reads them."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ..speech import sequence, speak, spectral_envelope
from ..synth import (SAMPLE_RATE_HZ, band_pass, body, burst, circular_convolve, closed_phase, contact, convolve,
                     evolving_noise, formants, frames, high_pass, impulses, low_pass, mix, modes, noise, resonance,
                     rms, shape, shape_padded, times, wander, window_between)

RADIO_LINES = ((0.45, "Attention. Ward three, is closed."),
               (3.35, "All patients remain in their beds."),
               (6.05, "Do not open the door."),
               (7.95, "Do not answer, if it knows your name."))


def radio_voice(rng):
    """A receiver left on: a flat voice reads an announcement through a fading short-wave channel."""
    n = frames(11.2)
    voice = sequence(n, [(at, speak(text, "en-gb+m3", 142, 24)) for at, text in RADIO_LINES])
    band = band_pass(300, 3400, 5)
    # The transmitter compresses hard and clips before its filter.
    voice = shape(voice, lambda f: band(f) * (1 + (f / 1400)))
    level = np.sqrt(shape(voice ** 2, low_pass(9, 1)).clip(1e-7))
    voice = voice / (level + 0.25 * np.max(level))
    voice = np.tanh(2.4 * voice / np.max(np.abs(voice)))
    # Two paths whose delay difference moves: a notch that wanders through the voice; and the whole signal fades.
    late = np.roll(voice, frames(0.00055))
    split = 0.5 + 0.5 * np.tanh(wander(rng, n, 0.45))
    fading = np.clip(0.80 + 0.26 * wander(rng, n, 0.6), 0.22, 1.15)
    fading *= 1 - 0.75 * window_between(n, 7.32, 7.50, 0.04, 0.03)
    signal = fading * (voice - 0.7 * split * late)
    signal /= rms(signal)
    # Automatic gain control raises the static when the signal sinks.
    static = noise(rng, n, lambda f: band(f) * (1 + 0.6 * (f / 1800))) * (1.25 - fading).clip(0.16, None)
    count = rng.poisson(70)
    spark = burst(rng, 0.006, 0.0012, band_pass(500, 3300))
    at = np.concatenate([rng.uniform(0, n / SAMPLE_RATE_HZ, count),
                         7.4 + 0.09 * rng.standard_normal(14)]) % (n / SAMPLE_RATE_HZ)
    crackle = circular_convolve(impulses(n, at, np.exp(0.9 * rng.standard_normal(len(at)))), spark)
    carrier = np.sin(closed_phase(1150 + 240 * wander(rng, n, 0.25))) * (0.5 + 0.5 * np.tanh(wander(rng, n, 0.4)))
    hum = sum(g * np.sin(2 * np.pi * 50 * k * times(n) + k) for k, g in ((6, 0.5), (8, 0.35), (12, 0.2), (16, 0.1)))
    out = 0.9 * signal + 0.42 * static + 0.5 * crackle + 0.045 * carrier + 0.025 * hum
    out = np.tanh(0.42 * out)
    # A small cone in a wooden cabinet.
    box = lambda f: band_pass(250, 3900, 3)(f) * (0.75 + 0.5 * resonance(f, 430, 160) + 0.45 * resonance(f, 1900, 700))
    return shape(out, box)


def pager_voice(rng):
    """The ward intercom: two struck tones, then a page for a doctor who has not worked here for years."""
    n = frames(8.3)
    chime = np.zeros(n)
    # Struck plates of the chime unit: free-bar ratios, soft mallet.
    for at, f0 in ((0.03, 740.0), (0.68, 587.3)):
        bar = modes(f0 * np.array([1, 2.756, 5.404]), [1.7, 0.7, 0.25], [1.0, 0.22, 0.06])
        mix(chime, convolve(contact(0.0009), bar), at, 1.0, wrap=False)
    chime /= np.max(np.abs(chime))
    lines = ((1.75, "Doctor Vale. Please come to room nine.", 138), (5.1, "Doctor Vale.", 120), (6.55, "She is awake.", 112))
    voice = sequence(n, [(at, speak(text, "en-us+f3", rate, 42)) for at, text, rate in lines])
    out = 0.44 * chime + 0.9 * voice
    on = window_between(n, 0.0, 7.95, 0.01, 0.02)
    hiss = noise(rng, n, band_pass(500, 4200, 2)) + 0.6 * np.sin(2 * np.pi * 100 * times(n)) \
        + 0.35 * np.sin(2 * np.pi * 300 * times(n))
    out = np.tanh(1.9 * (out + 0.011 * hiss * on))
    # A horn speaker: nothing below its cut-off, a hard ridge above, and its own short reflection from mouth to throat.
    horn = lambda f: band_pass(430, 4800, 3)(f) * (0.55 + 1.0 * resonance(f, 1050, 330) + 0.8 * resonance(f, 2350, 500)
                                                   + 0.35 * resonance(f, 3700, 500))
    echo = np.zeros(frames(0.012))
    echo[[0, frames(0.0021), frames(0.0043), frames(0.0088)]] = (1.0, -0.42, 0.22, -0.1)
    out = convolve(shape_padded(out, horn), echo, n)
    for at in (0.004, 7.97):  # the key of the microphone
        click = convolve(burst(rng, 0.006, 0.001, band_pass(500, 4500)), body(rng, 450, 3500, 12, 0.04))
        mix(out, click, at, 0.22 * np.max(np.abs(out)) / np.max(np.abs(click)), wrap=False)
    return out[:frames(8.2)]


def whisper(rng):
    """Someone behind the door, whispering: a spoken line's vocal tract with breath in place of the voice."""
    n = frames(10.5)
    lines = ((0.55, "I can see you, through the glass", 112),
             (4.0, "she is still listening", 104), (6.95, "so, don't turn around", 96))
    spoken = sequence(n, [(at, speak(text, "en-gb+f4", rate, 45)) for at, text, rate in lines])
    t_frames, f_bins, magnitude = spectral_envelope(spoken)
    # A whisper has no glottal slope: vowels lose their lows and stand closer to the fricatives.
    gain = np.max(magnitude, axis=1, keepdims=True)
    even = magnitude * (gain / np.max(gain)) ** -0.35 * (magnitude > 1e-4)
    gate = np.clip((gain / np.max(gain) - 0.004) / 0.02, 0, 1)
    even *= gate
    lift = (0.03 + (f_bins / 1500) ** 1.2 / (1 + (f_bins / 4300) ** 2)) * high_pass(450, 2)(f_bins)
    # espeak-ng stops at 11 kHz; the band above goes on from the level at 9.5 kHz.
    edge = int(np.searchsorted(f_bins, 9500))
    even[:, edge:] = even[:, edge - 12:edge].mean(axis=1, keepdims=True) * np.exp(-(f_bins[edge:] - 9500) / 3500)
    # Its vowels keep hard ridges above 5 kHz that breath does not have: smoothed over 1.5 kHz.
    even_wide = gaussian_filter1d(even, 1500 / f_bins[1] / 2.35, axis=1)
    blend = np.clip((f_bins - 4500) / 1500, 0, 1)
    even = (even * (1 - blend) + even_wide * blend) * lift

    def tract(t, f):
        row = np.clip(np.round(t[:, 0] / t_frames[1]).astype(int), 0, len(t_frames) - 1)
        return even[row]

    voice = evolving_noise(rng, n, tract, frame=1024, hop=256)
    voice /= np.max(np.abs(voice))

    def breath(t, f):
        puff = np.exp(-((t - 3.62) / 0.18) ** 2) + 1.1 * np.exp(-((t - 6.55) / 0.2) ** 2) \
            + 0.8 * np.exp(-((t - 10.05) / 0.22) ** 2) + 0.5 * np.exp(-((t - 0.2) / 0.15) ** 2)
        return puff * formants(f, ((900, 400, -6), (1750, 500, 0), (2900, 700, -2), (5200, 2200, -9)))

    air = evolving_noise(rng, n, breath, frame=1024, hop=256)
    room = noise(rng, n, band_pass(250, 5000, 1))
    # Lips and tongue.
    click = body(rng, 1400, 6500, 10, t60_at_1khz=0.012, slope=0.2, tilt=0)
    wet = circular_convolve(impulses(n, [0.47, 3.93, 6.3, 6.88, 9.8], [0.5, 1, 0.4, 0.8, 0.6]),
                            convolve(contact(0.00025), click))
    return voice + 0.10 * air / np.max(np.abs(air)) + 0.0025 * room + 0.07 * wet / np.max(np.abs(wet))
