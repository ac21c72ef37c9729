"""Reading the measured HRIRs of the CIPIC database from its packed form.

The pack (cipic_hrir_i16.npz) holds the HRIRs as int16 with one float scale an impulse response, and the source positions
in head axes. Other sources would be added here, as further functions that return a MeasuredSet.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .coordinates import cartesian_to_interaural

PACK_NAME = "cipic_hrir_i16.npz"

LICENCE = ("Weights: Apache-2.0. Training data: Copyright (c) 2001 The Regents of the University of California. All Rights Reserved; "
           "permission granted to reproduce and/or use for any purpose - educational, research or commercial.")
ATTRIBUTION = ("Trained on the CIPIC HRTF Database, release 1.1, Copyright (c) 2001 The Regents of the University of California. "
               "V. R. Algazi, R. O. Duda, D. M. Thompson, C. Avendano, \"The CIPIC HRTF Database\", Proc. IEEE Workshop on "
               "Applications of Signal Processing to Audio and Acoustics, 2001, pp. 99-102.")

# KEMAR with large (21) and small (165) pinnae: mannequins, so they have a latent each but no part in the human mean.
MANNEQUIN_IDS = (21, 165)

# CIPIC's interaural-polar grid (Algazi et al. 2001): 25 azimuths times 50 elevations of 360/64 degrees each.
GRID_AZIMUTHS_DEG = np.array([-80, -65, -55] + list(range(-45, 50, 5)) + [55, 65, 80], dtype=np.float64)
GRID_ELEVATIONS_DEG = -45.0 + 5.625 * np.arange(50)


@dataclass(frozen=True)
class MeasuredSet:
    """HRIRs of S subjects on one grid of M directions."""

    subject_ids: np.ndarray  # [S] int
    human: np.ndarray  # [S] bool
    direction: np.ndarray  # [M, 3] unit vectors, head axes
    hrir: np.ndarray  # [S, M, 2, taps] float32, ear 0 = left
    sample_rate_hz: int

    def name(self, index):
        return f"cipic_{self.subject_ids[index]:03d}"


def load_cipic(data_dir, limit=None):
    """Loads the pack; `limit` keeps the first subjects only (and so says nothing about the others)."""
    path = Path(data_dir) / PACK_NAME
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: --data must name the folder that holds {PACK_NAME}")
    with np.load(path) as pack:
        ids = pack["subject_id"][:limit].astype(int)
        hrir = pack["hrir_i16"][:limit].astype(np.float32) * pack["scale"][:limit, ..., None]
        direction = pack["source_xyz"].astype(np.float64)
        sample_rate_hz = int(pack["samplerate"])
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    check_grid(direction)
    check_sides(hrir, direction)
    return MeasuredSet(ids, ~np.isin(ids, MANNEQUIN_IDS), direction, hrir, sample_rate_hz)


def check_grid(direction):
    """The positions must be CIPIC's grid: a wrong axis convention would show here."""
    azimuth, elevation = cartesian_to_interaural(direction)
    azimuth_error = np.abs(azimuth[:, None] - GRID_AZIMUTHS_DEG[None]).min(axis=1).max()
    elevation_error = np.abs(elevation[:, None] - GRID_ELEVATIONS_DEG[None]).min(axis=1).max()
    if azimuth_error > 0.1 or elevation_error > 0.1:
        raise ValueError(f"positions are off CIPIC's grid by {azimuth_error:.2f} and {elevation_error:.2f} degrees")


def check_sides(hrir, direction):
    """Ear 0 must be the left one: for sources well to the left its HRIR has the greater energy, for every subject."""
    energy_db = 10.0 * np.log10((hrir.astype(np.float64) ** 2).sum(axis=-1) + 1e-20)  # [S, M, 2]
    ild_db = energy_db[..., 0] - energy_db[..., 1]
    left = ild_db[:, direction[:, 1] > 0.7].mean(axis=1)
    right = ild_db[:, direction[:, 1] < -0.7].mean(axis=1)
    if not (np.all(left > 3.0) and np.all(right < -3.0)):
        raise ValueError("the interaural level difference does not follow the side: ears or positions are swapped")
