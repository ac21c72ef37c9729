"""Contact sheets: waveform and spectrogram of each sound, to be looked at."""

import os

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from scipy.signal import stft

from .synth import SAMPLE_RATE_HZ


def draw(name, x, loop, folder):
    figure, (wave, spectrum, wrap) = plt.subplots(3, 1, figsize=(11, 8), height_ratios=(1, 2.4, 0.8))
    t = np.arange(len(x)) / SAMPLE_RATE_HZ
    wave.plot(t, x, linewidth=0.4)
    wave.set(xlim=(0, t[-1]), ylim=(-1, 1), title=name)
    f, s, z = stft(x, SAMPLE_RATE_HZ, nperseg=2048, noverlap=1792)
    spectrum.pcolormesh(s, f[1:] / 1000, 20 * np.log10(np.abs(z[1:]) + 1e-7), vmin=-110, vmax=-25, cmap="magma", shading="auto")
    spectrum.set(ylabel="kHz", yscale="log", ylim=(0.04, 22))
    span = min(480, len(x) // 2)
    around = np.concatenate((x[-span:], x[:span]))
    wrap.plot(np.arange(-span, span) / 48.0, around, linewidth=0.6)
    wrap.set(title="the wrap, ms" if loop else "end | start, ms")
    figure.tight_layout()
    figure.savefig(os.path.join(folder, f"{name}.png"), dpi=70)
    plt.close(figure)
