"""The field: one network for one ear, evaluated twice.

A right ear is a left ear in the mirror. So the network knows one ear only, in *ear axes* where +y points out of that ear,
and a listener is a pair of ear latents. That doubles the ears to learn from, and a listener whose two ear latents are equal is
symmetric by construction: equal spectra straight ahead, and an interaural delay that is exactly zero there.
"""

import math
from dataclasses import dataclass

import torch
from torch import nn

from .features import BINS

# The network works in units in which its outputs are of the order of one; 100 microseconds is one such unit of delay.
DELAY_UNIT_SECONDS = 100e-6


@dataclass(frozen=True)
class ModelSettings:
    ear_latent_size: int = 32
    fourier_features: int = 128
    # Standard deviation of the initial frequencies, in radians per unit of length on the unit sphere. 128 isotropic Gaussian
    # frequencies with 4.0 in each axis reach spherical-harmonic degrees of about 4.0 * sqrt(3) = 7 on average and 14 at the
    # top, near the degree that the measured grid supports; training moves them from there.
    fourier_sigma: float = 4.0
    width: int = 384
    trunk_layers: int = 2
    ear_layers: int = 3


def silu(x):
    # Written out, because the exporter knows no single operator for it before opset 24: Sigmoid and Mul run everywhere.
    return x * torch.sigmoid(x)


class EarField(nn.Module):
    """Direction in ear axes and ear latent -> spectrum in standardised units, and that ear's delay."""

    def __init__(self, settings, generator):
        super().__init__()
        self.settings = settings
        width = settings.width
        frequencies = settings.fourier_sigma * torch.randn(3, settings.fourier_features, generator=generator)
        # Trained along with the rest: the random draw is a start, not a choice.
        self.frequencies = nn.Parameter(frequencies)
        self.enter = nn.Linear(3 + 2 * settings.fourier_features, width)
        self.trunk = nn.ModuleList([nn.Linear(width, width) for _ in range(settings.trunk_layers)])
        self.ear = nn.ModuleList([nn.Linear(width, width) for _ in range(settings.ear_layers)])
        # FiLM (Perez et al. 2018): the latent scales and shifts the activations of each ear layer.
        self.film = nn.ModuleList([nn.Linear(settings.ear_latent_size, 2 * width) for _ in range(settings.ear_layers)])
        self.leave = nn.Linear(width, BINS + 1)

    def trunk_features(self, direction):
        """Direction [..., 3] -> [..., width]. Knows no listener, so training evaluates it once for all of them."""
        phase = direction @ self.frequencies
        h = silu(self.enter(torch.cat([direction, torch.sin(phase), torch.cos(phase)], dim=-1)))
        for layer in self.trunk:
            h = h + silu(layer(h))
        return h

    def modulation(self, latent):
        """Ear latent [..., ear_latent_size] -> per ear layer a (scale, shift) pair, each [..., width]."""
        # Constant slices: chunk() would export as shape arithmetic.
        width = self.settings.width
        both = [film(latent) for film in self.film]
        return [(b[..., :width], b[..., width:]) for b in both]

    def ear_output(self, h, modulation):
        """Trunk features and modulation -> [..., BINS + 1]; the two broadcast against each other."""
        for layer, (scale, shift) in zip(self.ear, modulation):
            h = h + silu(layer(h) * (1.0 + scale) + shift)
        return self.leave(h)


class HrtfField(nn.Module):
    """Directions in head axes and a listener's latent -> both ears' magnitudes in dB, and the interaural delay.

    forward() is the exported graph:
      direction    [N, 3]             unit vectors, x front, y left, z up
      latent       [N, 2 * ear size]  left ear's latent, then the right ear's
      magnitude_db [N, 2, BINS]       20 log10 amplitude, ear 0 = left
      itd_seconds  [N]                delay of the right ear minus that of the left: positive = source on the left
    """

    def __init__(self, settings, mean_db, scale_db, seed=0):
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.settings = settings
        self.field = EarField(settings, generator)
        self.register_buffer("mean_db", torch.as_tensor(mean_db, dtype=torch.float32))  # [BINS]
        self.register_buffer("scale_db", torch.as_tensor(scale_db, dtype=torch.float32))  # [BINS]
        # Head axes to each ear's own axes: the right ear sees the mirror image.
        self.register_buffer("ear_axes", torch.tensor([[[1.0, 1.0, 1.0], [1.0, -1.0, 1.0]]]))  # [1, 2, 3]

    @property
    def latent_size(self):
        return 2 * self.settings.ear_latent_size

    def assemble(self, ears):
        """Raw outputs [..., 2, BINS + 1] -> magnitude_db [..., 2, BINS], itd_seconds [...]."""
        magnitude_db = ears[..., :BINS] * self.scale_db + self.mean_db
        delay = ears[..., BINS]
        return magnitude_db, (delay[..., 1] - delay[..., 0]) * DELAY_UNIT_SECONDS

    def forward(self, direction, latent):
        # Rows of single ears, so that every layer is a plain matrix product.
        rows = (direction.unsqueeze(1) * self.ear_axes).reshape(-1, 3)
        ear_latent = latent.reshape(-1, self.settings.ear_latent_size)
        ears = self.field.ear_output(self.field.trunk_features(rows), self.field.modulation(ear_latent))
        return self.assemble(ears.reshape(-1, 2, BINS + 1))

    def forward_grid(self, direction, ear_latent):
        """Every listener in every direction: direction [B, 3], ear_latent [S, 2, d] -> [S, B, 2, BINS], [S, B].

        The same function as forward(), with the listener-independent half computed once for all listeners.
        """
        h = self.field.trunk_features(direction.unsqueeze(1) * self.ear_axes)  # [B, 2, width]
        modulation = [(a.unsqueeze(1), b.unsqueeze(1)) for a, b in self.field.modulation(ear_latent)]  # [S, 1, 2, width]
        return self.assemble(self.field.ear_output(h.unsqueeze(0), modulation))


class EarLatents(nn.Module):
    """The ear latents of S subjects, and one more that both ears of the generic listener share."""

    def __init__(self, subjects, settings, seed=0):
        super().__init__()
        self.subjects = subjects
        generator = torch.Generator().manual_seed(seed + 1)
        # Small and different: enough to break the symmetry between ears, little enough that they start as one ear.
        self.table = nn.Parameter(0.1 * torch.randn(2 * subjects + 1, settings.ear_latent_size, generator=generator))

    def listeners(self):
        """[S + 1, 2, d]: subjects in order, then the generic listener."""
        subject = self.table[:-1].reshape(self.subjects, 2, -1)
        generic = self.table[-1:].expand(2, -1).unsqueeze(0)
        return torch.cat([subject, generic], dim=0)

    def flat(self):
        """[S + 1, 2 d]: the `latent` rows of the exported graph."""
        listeners = self.listeners()
        return listeners.reshape(len(listeners), -1)


def parameter_count(module):
    return sum(math.prod(p.shape) for p in module.parameters())
