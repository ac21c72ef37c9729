"""Building blocks of the recipes: noise, modes, bubbles, friction, and loops without a seam.

Every signal is a float64 numpy array, mono, at SAMPLE_RATE_HZ. A loop is built on a circle: noise is shaped in the
frequency domain of the whole loop, filters run to their periodic steady state, and events that pass the end go on at
the start. So a loop has no seam to hide, and no cross-fade that would be heard as a dip.
"""

import hashlib

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.signal import fftconvolve, sosfilt

SAMPLE_RATE_HZ = 48_000


def generator_for(name, seed):
    """A random generator that depends on the sound's name and the seed only, so that sounds are independent."""
    digest = hashlib.sha256(f"{seed}:{name}".encode("utf-8")).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "little")))


def frames(seconds):
    """Whole number of frames in a duration."""
    return int(round(seconds * SAMPLE_RATE_HZ))


def times(n):
    """The time of each of n frames in seconds."""
    return np.arange(n) / SAMPLE_RATE_HZ


def rms(x):
    return float(np.sqrt(np.mean(np.square(x)))) if len(x) else 0.0


def db(gain_db):
    """Decibels to a linear amplitude."""
    return 10.0 ** (gain_db / 20.0)


# --- curves ---------------------------------------------------------------------------------------------------------

def curve(n, points):
    """A smooth monotone curve through (seconds, value) points; constant outside them."""
    at, values = zip(*points)
    inner = PchipInterpolator(at, values)
    return inner(np.clip(times(n), at[0], at[-1]))


def wander(rng, n, rate_hz):
    """A periodic Gaussian random curve of unit deviation with no content above rate_hz."""
    bins = max(1, int(rate_hz * n / SAMPLE_RATE_HZ))
    spectrum = np.zeros(n // 2 + 1, dtype=complex)
    spectrum[1:bins + 1] = rng.standard_normal(bins) + 1j * rng.standard_normal(bins)
    x = np.fft.irfft(spectrum, n)
    return x / (rms(x) or 1.0)


def window_between(n, start, end, attack, release):
    """1 between two times, with raised-cosine ramps outside them (seconds); 0 elsewhere."""
    t = times(n)
    up = np.clip((t - (start - attack)) / attack, 0.0, 1.0)
    down = np.clip(((end + release) - t) / release, 0.0, 1.0)
    return 0.25 * (1 - np.cos(np.pi * up)) * (1 - np.cos(np.pi * down))


def fade(x, attack, release):
    """A copy with raised-cosine fades at both ends, reaching exactly zero at the first and last frame."""
    y = np.array(x, dtype=float)
    for count, part in ((frames(attack), slice(None)), (frames(release), slice(None, None, -1))):
        count = min(max(count, 2), len(y))
        y[part][:count] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(count) / count)
    return y


def closed_phase(frequency_hz):
    """The phase (radians) of an oscillator that follows a frequency curve, bent so that it closes after the loop."""
    cycles = np.sum(frequency_hz) / SAMPLE_RATE_HZ
    scale = max(1.0, round(cycles)) / cycles
    return 2 * np.pi * np.concatenate(([0.0], np.cumsum(frequency_hz[:-1]))) * scale / SAMPLE_RATE_HZ


# --- placing --------------------------------------------------------------------------------------------------------

def mix(target, x, at, gain=1.0, wrap=True):
    """Adds x to target in place from time `at` (seconds); past the end it goes on at the start, or is cut."""
    start = frames(at)
    n = len(target)
    if wrap:
        index = (start + np.arange(len(x))) % n
        np.add.at(target, index, gain * x)
        return
    first, last = max(start, 0), min(start + len(x), n)
    if last > first:
        target[first:last] += gain * x[first - start:last - start]


def impulses(n, at, amplitudes, wrap=True):
    """A train of impulses at fractional times (seconds), each shared by the two nearest frames."""
    train = np.zeros(n)
    place = np.asarray(at, dtype=float) * SAMPLE_RATE_HZ
    whole = np.floor(place).astype(int)
    part = place - whole
    for offset, weight in ((0, 1 - part), (1, part)):
        index = whole + offset
        keep = np.ones(len(index), dtype=bool) if wrap else (index >= 0) & (index < n)
        np.add.at(train, index[keep] % n, (np.asarray(amplitudes) * weight)[keep])
    return train


# --- filters --------------------------------------------------------------------------------------------------------

def circular_sos(sos, x, turns=2):
    """The periodic steady state of an IIR filter over a loop: the last of several turns."""
    return sosfilt(sos, np.tile(x, turns))[-len(x):]


def circular_convolve(x, response):
    """Convolution on the circle of len(x); a response longer than the loop is folded."""
    n = len(x)
    folded = np.zeros(n)
    for start in range(0, len(response), n):
        piece = response[start:start + n]
        folded[:len(piece)] += piece
    return np.fft.irfft(np.fft.rfft(x) * np.fft.rfft(folded), n)


def convolve(x, response, n=None):
    """Linear convolution, cut to n frames (by default the whole)."""
    y = fftconvolve(x, response)
    return y if n is None else y[:n]


def shape(x, gain):
    """Zero-phase circular filter: gain is a function from Hz to linear magnitude."""
    n = len(x)
    f = np.fft.rfftfreq(n, 1 / SAMPLE_RATE_HZ)
    return np.fft.irfft(np.fft.rfft(x) * gain(f), n)


def shape_padded(x, gain, pad_seconds=0.25):
    """`shape` for a one-shot: silence on both sides takes the ringing, which is then cut."""
    pad = frames(pad_seconds)
    return shape(np.pad(x, pad), gain)[pad:pad + len(x)]


def high_pass(corner_hz, order=2):
    return lambda f: 1 / np.sqrt(1 + (corner_hz / np.maximum(f, 1e-9)) ** (2 * order))


def low_pass(corner_hz, order=2):
    return lambda f: 1 / np.sqrt(1 + (f / corner_hz) ** (2 * order))


def band_pass(low_hz, high_hz, order=2):
    low, high = high_pass(low_hz, order), low_pass(high_hz, order)
    return lambda f: low(f) * high(f)


def resonance(f, centre_hz, bandwidth_hz):
    """Magnitude of one resonance, 1 at its centre and 0.707 half a bandwidth away."""
    return 1 / np.sqrt(1 + ((f - centre_hz) / (0.5 * bandwidth_hz)) ** 2)


def formants(f, table):
    """Sum of (centre Hz, bandwidth Hz, gain dB) resonances."""
    return sum(db(gain_db) * resonance(f, centre, width) for centre, width, gain_db in table)


# --- noise ----------------------------------------------------------------------------------------------------------

def noise(rng, n, gain=None):
    """Periodic Gaussian noise of unit RMS, its spectrum shaped by gain (a function from Hz to magnitude)."""
    x = rng.standard_normal(n)
    if gain is not None:
        x = shape(x, gain)
    x -= np.mean(x)
    return x / (rms(x) or 1.0)


def evolving_noise(rng, n, envelope, frame=2048, hop=512):
    """Periodic noise whose spectrum moves: envelope(t, f) gives magnitudes for a column of times and a row of Hz.

    White noise is cut into windowed frames around the circle, each frame's spectrum is multiplied, and the frames are
    added back with the same window, divided by the sum of the squared windows: an envelope of 1 returns the noise.
    """
    source = rng.standard_normal(n)
    count = max(4, int(np.ceil(n / hop)))
    starts = np.round(np.arange(count) * n / count).astype(int)
    window = np.sin(np.pi * (np.arange(frame) + 0.5) / frame)
    f = np.fft.rfftfreq(frame, 1 / SAMPLE_RATE_HZ)[None, :]
    centre = ((starts + frame // 2) % n)[:, None] / SAMPLE_RATE_HZ
    magnitude = np.broadcast_to(envelope(centre, f), (count, f.shape[1]))
    index = (starts[:, None] + np.arange(frame)[None, :]) % n
    shaped = np.fft.irfft(np.fft.rfft(source[index] * window) * magnitude, frame, axis=1) * window
    out, weight = np.zeros(n), np.zeros(n)
    np.add.at(out, index, shaped)
    np.add.at(weight, index, np.broadcast_to(window ** 2, index.shape))
    return out / weight


# --- solids ---------------------------------------------------------------------------------------------------------

def modes(frequencies_hz, t60_seconds, gains, phases=0.0):
    """Impulse response of a struck body: a sum of decaying sines, cut when the longest is 70 dB down."""
    f, t60, g = np.broadcast_arrays(np.asarray(frequencies_hz, float), t60_seconds, gains)
    keep = f < 20_000
    f, t60, g = f[keep], t60[keep], g[keep]
    n = frames(1.17 * np.max(t60))
    t = times(n)
    out = np.zeros(n)
    for frequency, decay, gain in zip(f, t60, g):
        live = frames(min(1.17 * decay, n / SAMPLE_RATE_HZ))
        out[:live] += gain * np.sin(2 * np.pi * frequency * t[:live] + phases) * np.exp(-6.908 * t[:live] / decay)
    return out


def body(rng, low_hz, high_hz, count, t60_at_1khz, slope=0.6, tilt=-0.5, spread=0.35):
    """A random inharmonic body: modes spread evenly in log frequency, T60 = t60_at_1khz * (f / 1 kHz)^-slope."""
    even = np.geomspace(low_hz, high_hz, count)
    f = even * np.exp(spread * rng.uniform(-0.5, 0.5, count) * np.log(high_hz / low_hz) / max(count - 1, 1) * 3)
    t60 = t60_at_1khz * (f / 1000) ** -slope * rng.uniform(0.7, 1.3, count)
    gains = (f / 1000) ** tilt * rng.uniform(0.35, 1.0, count) * rng.choice([-1, 1], count)
    return modes(f, t60, gains / np.sqrt(count))


def contact(seconds):
    """Force of one impact: a raised cosine of unit area; a hard contact is short and so reaches higher modes."""
    n = max(3, frames(seconds))
    pulse = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(n) + 0.5) / n)
    return pulse / np.sum(pulse)


def burst(rng, seconds, decay_seconds, gain):
    """A short decaying noise burst, shaped by gain (Hz to magnitude), starting and ending at zero."""
    n = frames(seconds)
    x = shape_padded(rng.standard_normal(n), gain, 0.02) * np.exp(-times(n) / decay_seconds)
    x = fade(x, 0.0004, 0.2 * seconds)
    return x / (np.max(np.abs(x)) or 1.0)


def bouncing(first_interval, restitution, least_interval=0.012):
    """Times and speeds of the impacts of a dropped body: each flight is shorter by the restitution."""
    at, speed, interval, now = [], [], first_interval, 0.0
    while interval > least_interval:
        at.append(now)
        speed.append(interval / first_interval)
        now += interval
        interval *= restitution
    return np.array(at), np.array(speed)


def stick_slip(rng, speed, slip_length, jitter=0.15, ageing=0.15):
    """Slip events of a spring-loaded slider pulled at `speed` (a curve over frames): (times, strengths).

    A contact sticks until the pull has stretched it by one slip length, then lets go. Static friction grows with the
    logarithm of the time at rest (Dieterich 1979), so slow motion slips rarer and harder: clicks at low speed, a
    groan and at last a pitch at high speed, from one law.
    """
    pulled = np.concatenate(([0.0], np.cumsum(np.maximum(speed, 0.0)) / SAMPLE_RATE_HZ))
    at, strength = [], []
    last_frame, reached, rest = 0, 0.0, 0.02
    while True:
        length = slip_length * (1 + ageing * np.log(max(rest, 1e-4) / 0.01)) * np.exp(jitter * rng.standard_normal())
        length = max(length, 0.1 * slip_length)
        reached += length
        if reached >= pulled[-1]:
            return np.array(at), np.array(strength)
        frame = max(int(np.searchsorted(pulled, reached)), last_frame + 1)
        before, after = pulled[frame - 1], pulled[min(frame, len(pulled) - 1)]
        part = (reached - before) / (after - before) if after > before else 0.0
        at.append((frame - 1 + min(max(part, 0.0), 1.0)) / SAMPLE_RATE_HZ)
        strength.append(length / slip_length)
        rest = (frame - last_frame) / SAMPLE_RATE_HZ
        last_frame = frame


# --- liquids --------------------------------------------------------------------------------------------------------

def bubble(radius_meters, rise=0.1):
    """The ring of one bubble that a drop entrains.

    Minnaert: f0 = 3 / r for air in water near the surface. Damping (thermal, viscous and radiated) after van den Doel,
    "Physically based models for liquid sounds" (2005): d = 0.13 / r + 0.0072 r^-1.5 per second. The water above the
    bubble thins as it rises, and the pitch goes up: f(t) = f0 (1 + rise d t).
    """
    f0 = 3.0 / radius_meters
    damping = 0.13 / radius_meters + 0.0072 * radius_meters ** -1.5
    t = times(frames(7.5 / damping))
    phase = 2 * np.pi * f0 * (t + 0.5 * rise * damping * t ** 2)
    onset = np.clip(t * f0 / 1.5, 0.0, 1.0)
    return np.sin(phase) * np.exp(-damping * t) * 0.5 * (1 - np.cos(np.pi * onset))


# --- finishing ------------------------------------------------------------------------------------------------------

def rotate_to_quiet(x, span_seconds=0.02):
    """Turns a loop so that it begins where it is quietest, at a small step: the codec's frame edge falls there.

    Quiet is judged on the differences of the samples, which weigh high frequencies as a click would be heard.
    """
    span = frames(span_seconds)
    changes = x - np.roll(x, 1)
    power = np.concatenate((changes, changes[:span])) ** 2
    running = np.concatenate(([0.0], np.cumsum(power)))
    local = running[span:span + len(x)] - running[:len(x)]
    centre = (int(np.argmin(local)) + span // 2) % len(x)
    near = (centre + np.arange(-span // 4, span // 4)) % len(x)
    cost = np.abs(x[near]) + np.abs(x[near] - x[near - 1])
    return np.roll(x, -int(near[np.argmin(cost)]))
