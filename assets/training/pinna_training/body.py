"""From body measurements to a prior mean: a warp of the mean over frequency, a linear field for each measurement, and a factor on the mean delay.

A smaller ear has the same features higher (Middlebrooks 1999), so the factor that best warps the mean HRTF onto each training ear is regressed on the logarithms of
the measurements, and half of the predicted warp is applied. What is left is linear in the same predictors, by two ridge regressions that
are averaged: one on what the warp leaves, and one on all ears with pseudo-ears, whose frequencies are warped and whose measurements are scaled by the
same factor. Each alone gains as much as the rest of what was tried; together they gain a little more (RESULTS.md).
"""

import csv

import numpy as np

from . import completion, features

FILE_NAME = "cipic_anthro.csv"
HEAD = ("x1", "x2", "x3", "x12")
EAR = ("d1", "d2", "d3", "d4", "d5", "d6", "d7", "theta1")
NAMES = HEAD + EAR
WARPS = np.geomspace(0.8, 1.25, 13)  # tried for the best warp of an ear
PSEUDO_WARPS = (0.9, 0.95, 1.0, 1.05, 1.1)
WARP_PENALTY, FIELD_PENALTY, PSEUDO_PENALTY, DELAY_PENALTY = 50.0, 45.0, 100.0, 1.0  # ridge, on standardised predictors
WARP_SHARE = 0.5


def read(path, subject_ids):
    """Measurements [S, 2, 12] of both ears of CIPIC's subjects in the order of `subject_ids`: cm, theta in degrees; NaN where missing."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = {int(r["id"]): r for r in csv.DictReader(file)}

    def value(row, column):
        return float(row[column]) if row[column] not in ("", "NaN") else np.nan

    out = np.full((len(subject_ids), 2, len(NAMES)), np.nan)
    for i, subject in enumerate(subject_ids):
        row = rows.get(int(subject))
        if row is not None:
            for e, side in enumerate("LR"):
                out[i, e] = [value(row, n) for n in HEAD] + [value(row, f"{side}_{n}") for n in EAR]
    out[..., NAMES.index("theta1")] = np.degrees(out[..., NAMES.index("theta1")])
    return out


def predictors(measurements):
    """Logarithms of lengths; the angle, which may be near zero, in units that make it comparable (degrees / 30)."""
    out = np.array(measurements, dtype=np.float64)
    angle = NAMES.index("theta1")
    out[..., angle] = out[..., angle] / 30.0
    lengths = np.arange(len(NAMES)) != angle
    out[..., lengths] = np.log(out[..., lengths])
    return out


def ridge(x, y, penalty):
    """Weights [J, K] of y [N, K] on x [N, J]."""
    return np.linalg.solve(x.T @ x + penalty * np.eye(x.shape[1]), x.T @ y)


def fit(ears, measurements, mean, itd_us, itd_mean_us, sample_rate_hz):
    """`ears` [P, 2, M, F] levels of left ears of the people who were measured, `measurements` [P, 2, 12], `mean` [M, F] level, `itd_us` [P, M]:
    the arrays of a model, with the fields [12, M, F] on the grid."""
    count, bins = len(NAMES), ears.shape[-1]
    x = predictors(measurements).reshape(-1, count)
    centre, spread = x.mean(axis=0), x.std(axis=0)
    x = (x - centre) / spread
    ears = ears.reshape(-1, *ears.shape[2:])
    band = features.band_bins(sample_rate_hz)
    warped = [mean @ completion.frequency_warp(bins, w).T for w in WARPS]
    misfit = np.stack([np.sqrt(((ears - w)[..., band] ** 2).mean(axis=-1)).mean(axis=-1) for w in warped], axis=1)
    best = np.log(WARPS)[misfit.argmin(axis=1)]
    weights = ridge(x, (best - best.mean())[:, None], WARP_PENALTY)[:, 0]
    left = np.stack([e - mean @ completion.frequency_warp(bins, np.exp(best.mean() + p @ weights)).T for e, p in zip(ears, x)])
    # A Gram matrix divided by the number of predictors, as a kernel: the penalty is multiplied by it instead
    after_warp = ridge(x, left.reshape(len(x), -1), FIELD_PENALTY * count)
    xs, ys = [], []
    for w in PSEUDO_WARPS:
        step = np.where(np.arange(count) == NAMES.index("theta1"), 0.0, np.log(w)) / spread
        xs.append(x + step)
        ys.append((ears @ completion.frequency_warp(bins, w).T - mean).reshape(len(x), -1))
    pseudo = ridge(np.concatenate(xs), np.concatenate(ys), PSEUDO_PENALTY * count)
    fields = (0.5 * (after_warp + pseudo)).reshape(count, *mean.shape)
    # Head width and depth against the factor on the mean delay of each head
    factor = itd_us @ itd_mean_us / (itd_mean_us @ itd_mean_us)
    head = x.reshape(-1, 2, count)[:, 0, :][:, [0, 2]]
    delay = ridge(head, (factor - factor.mean())[:, None], DELAY_PENALTY)[:, 0]
    return {"body_centre": centre, "body_spread": spread, "body_warp": np.concatenate([[best.mean()], weights]), "body_fields": fields,
            "body_delay": np.concatenate([[factor.mean()], delay])}
