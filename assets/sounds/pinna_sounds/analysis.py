"""What can be said of a sound in numbers: level, wrap of a loop, tones that stand still."""

import numpy as np
from scipy.signal import butter, sosfilt, stft

from .synth import SAMPLE_RATE_HZ, rms


def dbfs(value):
    return float(20 * np.log10(max(value, 1e-9)))


def rms_dbfs(x):
    return dbfs(rms(x))


def peak_dbfs(x):
    return dbfs(np.max(np.abs(x)))


def wrap_step(x):
    """(step from the last sample to the first, 99.9th percentile of all other steps)."""
    return float(abs(x[0] - x[-1])), float(np.quantile(np.abs(np.diff(x)), 0.999))


def wrap_click(x, corner_hz=5000, span_seconds=0.002):
    """How a click at the wrap would show: the peak above corner_hz around it, over what the loop has elsewhere.

    The loop is turned by half so that the wrap lies inside; the reference is the 90th percentile of the same peak over
    all stretches of that length, and no less than one step of 16 bits.
    """
    half = len(x) // 2
    turned = np.roll(x, half)
    high = np.abs(sosfilt(butter(4, corner_hz, "high", fs=SAMPLE_RATE_HZ, output="sos"), np.tile(turned, 2)))[len(x):]
    span = int(span_seconds * SAMPLE_RATE_HZ)
    count = len(high) // span
    typical = np.quantile(high[:count * span].reshape(count, span).max(axis=1), 0.90)
    return float(np.max(high[half - span // 2:half + span]) / max(typical, 1 / 32768))


def standing_tones(x, prominence_db=14.0, frame=8192):
    """Frequencies (Hz) that stand above their surroundings in the median over time of the spectrum.

    The median over time keeps what lasts and drops events; the surroundings are the median over about a fifth of an octave to
    each side. Bins more than 90 dB below full scale do not count.
    """
    f, _, z = stft(x, SAMPLE_RATE_HZ, "blackmanharris", min(frame, len(x)), min(frame, len(x)) * 3 // 4, boundary=None)
    level = 20 * np.log10(np.median(np.abs(z), axis=1) + 1e-9)
    found = []
    for k in range(4, len(f) - 1):
        width = max(12, int(0.15 * k))
        around = np.median(level[max(1, k - width):k + width + 1])
        if level[k] > -90 and level[k] - around > prominence_db and level[k] >= level[k - 1] and level[k] >= level[k + 1]:
            found.append((float(f[k]), float(level[k] - around)))
    return found


def band_dbfs(x, low_hz, high_hz):
    """RMS level within a band."""
    power = np.abs(np.fft.rfft(x)) ** 2
    f = np.fft.rfftfreq(len(x), 1 / SAMPLE_RATE_HZ)
    inside = (f >= low_hz) & (f < high_hz)
    return dbfs(np.sqrt(2 * np.sum(power[inside])) / len(x))
