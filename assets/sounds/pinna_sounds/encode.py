"""Levels, and the way to Ogg Vorbis and back (vorbis-tools)."""

import os
import subprocess
import tempfile
import wave

import numpy as np
from scipy.io import wavfile
from scipy.signal import butter, sosfilt

from .synth import SAMPLE_RATE_HZ, db, fade, high_pass, rms, rotate_to_quiet, shape

LOOP_RMS_DBFS = -23.0
PEAK_DBFS = -3.0


def finish(x, loop):
    """Removes DC, closes the ends and sets the level.

    A loop is brought to -23 dBFS RMS, or less where its peak would pass -3 dBFS (sparse sounds: drips, knocks); a
    one-shot to a peak of -3 dBFS. Vorbis may move a peak by some tenths of a dB, for which the margin is there.
    """
    x = np.asarray(x, dtype=float)
    if not np.all(np.isfinite(x)):
        raise ValueError("the recipe produced a value that is not finite")
    if loop:
        x = rotate_to_quiet(shape(x - np.mean(x), high_pass(30, 4)))
        gain = min(db(LOOP_RMS_DBFS) / rms(x), db(PEAK_DBFS) / np.max(np.abs(x)))
    else:
        x = fade(sosfilt(butter(4, 32, "high", fs=SAMPLE_RATE_HZ, output="sos"), x), 0.002, 0.06)
        gain = db(PEAK_DBFS) / np.max(np.abs(x))
    return gain * x


def encode(x, path, quality, title):
    """Writes x as Ogg Vorbis. The stream's serial number is fixed, so the same encoder gives the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        wav = os.path.join(folder, "sound.wav")
        words = np.round(np.clip(x, -1, 1) * (2 ** 23 - 1)).astype("<i4")
        with wave.open(wav, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(3)
            file.setframerate(SAMPLE_RATE_HZ)
            file.writeframes(words.view(np.uint8).reshape(-1, 4)[:, :3].tobytes())
        subprocess.run(["oggenc", "--quiet", "--serial", "1", "--quality", str(quality),
                        "--title", title, "--comment", "LICENSE=CC0-1.0", "--output", path, wav], check=True)


def decode(path):
    """Reads an Ogg Vorbis file: (rate, samples in -1..1), mono as one dimension."""
    with tempfile.TemporaryDirectory() as folder:
        wav = os.path.join(folder, "sound.wav")
        subprocess.run(["oggdec", "--quiet", "--bits", "16", "--output", wav, path], check=True)
        rate, data = wavfile.read(wav)
    return rate, data.astype(float) / 32768.0
