"""Voices by espeak-ng, and their envelope for whispering."""

import subprocess

import numpy as np
from scipy.signal import resample_poly

from .synth import SAMPLE_RATE_HZ, frames


def speak(text, voice, words_per_minute, pitch, gap=0):
    """Reads a text with espeak-ng; trimmed, at the project's rate, with a peak of 1. `gap` is in units of 10 ms."""
    wav = subprocess.run(["espeak-ng", "-v", voice, "-s", str(words_per_minute), "-p", str(pitch), "-g", str(gap),
                          "--stdout", text], check=True, capture_output=True).stdout
    # espeak-ng writes to a pipe, so the length fields of its header are not to be trusted; the samples start at 44.
    rate = int.from_bytes(wav[24:28], "little")
    body = wav[44:44 + (len(wav) - 44) // 2 * 2]
    x = np.frombuffer(body, dtype="<i2").astype(float)
    divisor = np.gcd(rate, SAMPLE_RATE_HZ)
    x = resample_poly(x, SAMPLE_RATE_HZ // divisor, rate // divisor)
    loud = np.flatnonzero(np.abs(x) > 0.01 * np.max(np.abs(x)))
    x = x[max(loud[0] - 480, 0):loud[-1] + 480]
    return x / np.max(np.abs(x))


def sequence(n, lines):
    """Places spoken lines, a list of (seconds, samples), in n frames of silence."""
    out = np.zeros(n)
    for at, x in lines:
        start = frames(at)
        if start + len(x) > n:
            raise ValueError(f"a line of {len(x) / SAMPLE_RATE_HZ:.2f} s at {at} s passes the end")
        out[start:start + len(x)] += x
    return out


def spectral_envelope(x, frame=1024, hop=256, quefrency_seconds=0.0017):
    """Cepstrally smoothed magnitudes of x, (times in seconds, frequencies in Hz, magnitudes times x frequencies).

    Keeping the cepstrum below a quefrency shorter than the voice's period keeps the vocal tract and drops the pitch.
    """
    padded = np.pad(x, (frame // 2, frame))
    starts = np.arange(0, len(x), hop)
    windows = padded[starts[:, None] + np.arange(frame)] * np.hanning(frame)
    log_magnitude = np.log(np.abs(np.fft.rfft(windows, axis=1)) + 1e-5)
    cepstrum = np.fft.irfft(log_magnitude, frame, axis=1)
    keep = int(quefrency_seconds * SAMPLE_RATE_HZ)
    cepstrum[:, keep:frame - keep + 1] = 0.0
    smooth = np.exp(np.fft.rfft(cepstrum, axis=1).real)
    return starts / SAMPLE_RATE_HZ, np.fft.rfftfreq(frame, 1 / SAMPLE_RATE_HZ), smooth
