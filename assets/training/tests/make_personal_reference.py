#!/usr/bin/env python3
"""Writes the test vector of the engine's completion: a small model of random numbers, measured values, and what PersonalModel makes of them.

    python tests/make_personal_reference.py ../../middleware-api/src/test/resources/io/pinna/internal/personal
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pinna_training import completion  # noqa: E402
from pinna_training.features import BINS  # noqa: E402
from pinna_training.personal import PersonalModel  # noqa: E402


def directions(rng, count):
    d = rng.normal(size=(count, 3))
    return d / np.linalg.norm(d, axis=1, keepdims=True)


def main(folder):
    rng = np.random.default_rng(7)
    # Scores are pairs of bins, turned, and scaled: an invertible map that packs well.
    forward, back = np.zeros((BINS, BINS)), np.zeros((BINS, BINS))
    forward[BINS - 1, BINS - 1], back[BINS - 1, BINS - 1] = 0.5, 2.0
    for i in range(0, BINS - 1, 2):
        turn = np.array([[0.8, -0.6], [0.6, 0.8]])
        forward[i:i + 2, i:i + 2], back[i:i + 2, i:i + 2] = 0.5 * turn, 2.0 * turn.T
    harmonic = np.arange(36)
    falling = 1.0 / (1.0 + harmonic)
    itd = np.zeros(36)
    itd[1] = -900.0  # of y: 440 microseconds to the left
    arrays = {
        "mean_db": rng.normal(size=(9, BINS)) * 6.0 * falling[:9, None], "forward": forward, "back": back,
        "basis": rng.integers(-127, 128, (6, 16, 10)), "basis_scale": rng.uniform(0.004, 0.02, (6, 10)),
        "amplitude": np.concatenate([np.full((1, BINS), 7.0), 0.3 * rng.normal(size=(8, BINS))]),
        "length": np.repeat(np.geomspace(0.1, 1.5, 43), 3), "noise": rng.uniform(0.02, 0.5, BINS),
        "itd_mean_us": itd, "itd_factors_us": 30.0 * rng.normal(size=(4, 16)) * falling[None, :16],
    }
    model = PersonalModel(arrays, completion.CompletionSettings(), completion.ItdSettings())
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / "small-model.npz")
    measured, wanted = directions(rng, 7), directions(rng, 9)
    measured[1] = measured[0] * [1.0, -1.0, 1.0]  # a mirrored pair shares its left-ear directions
    wanted[0], wanted[1], wanted[2] = measured[2], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]
    levels = (4.0 * rng.normal(size=(7, 2, BINS))).astype(np.float32).astype(np.float64)
    delays = 1e-6 * (440.0 * measured[:, 1] + 40.0 * rng.normal(size=7))
    np.savez_compressed(folder / "completion.npz", measured=measured, wanted=wanted, levels=levels.astype(np.float32), itd_seconds=delays,
                        expected=model.complete(measured, levels[None], wanted)[0].astype(np.float32), expected_itd_us=1e6 * model.complete_itd(measured, delays[None], wanted)[0])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
