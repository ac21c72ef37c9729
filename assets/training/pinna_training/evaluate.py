"""Metrics and baselines. The reference is always the raw measured spectrum, without the floor and the extension of the targets."""

import numpy as np

from .features import lsd, raw_magnitude_db
from .sphere import fit_spherical_harmonics, real_spherical_harmonics


def summary(magnitude_db, itd_seconds, measured, features, select):
    """Figures of a prediction ([S, K, 2, BINS], [S, K]) for the directions `select` ([M] bool, K of them true)."""
    reference = raw_magnitude_db(measured.hrir[:, select])
    per_subject = lsd(magnitude_db, reference, measured.sample_rate_hz).mean(axis=(1, 2))  # [S]
    itd_error_us = 1e6 * np.abs(itd_seconds - features.itd_seconds[:, select]).mean(axis=1)  # [S]
    return {"lsd_db": float(per_subject.mean()), "itd_us": float(itd_error_us.mean()),
            "lsd_db_per_subject": [round(float(v), 3) for v in per_subject],
            "itd_us_per_subject": [round(float(v), 2) for v in itd_error_us]}


def nearest_neighbour(measured, features, known, wanted):
    """Each wanted direction answers with the measured response closest to it."""
    cosine = measured.direction[wanted] @ measured.direction[known].T
    index = np.flatnonzero(known)[cosine.argmax(axis=1)]
    return features.magnitude_db[:, index], features.itd_seconds[:, index]


def spherical_harmonics(measured, features, known, wanted, order, regularisation):
    """Each subject's own regularised spherical-harmonic expansion of log magnitude and ITD."""
    basis = real_spherical_harmonics(measured.direction, order)
    subjects, _, _, bins = features.magnitude_db.shape
    values = np.concatenate([features.magnitude_db.reshape(subjects, -1, 2 * bins), features.itd_seconds[..., None] * 1e6], axis=-1)
    # One solve for all subjects: the columns are independent.
    columns = np.moveaxis(values[:, known], 0, 1).reshape(known.sum(), -1)
    out = basis[wanted] @ fit_spherical_harmonics(basis[known], columns, order, regularisation)
    out = np.moveaxis(out.reshape(wanted.sum(), subjects, -1), 1, 0)
    return out[..., :-1].reshape(subjects, -1, 2, bins), out[..., -1] * 1e-6


def mean_of_others(measured, features, mirror_of, wanted):
    """The generic listener without the subject under test: symmetric mean of the other humans' log magnitudes and ITDs."""
    magnitude, itd = [], []
    for s in range(len(measured.subject_ids)):
        others = measured.human.copy()
        others[s] = False
        m = features.magnitude_db[others].mean(axis=0)
        t = features.itd_seconds[others].mean(axis=0)
        magnitude.append((0.5 * (m + m[mirror_of][:, ::-1]))[wanted])
        itd.append((0.5 * (t - t[mirror_of]))[wanted])
    return np.array(magnitude), np.array(itd)


def baselines(measured, features, mirror_of, known, wanted):
    """Figures of the classical methods that know the `known` directions and are asked for the `wanted` ones."""
    results = {"nearest measured direction": summary(*nearest_neighbour(measured, features, known, wanted), measured, features, wanted)}
    for order, regularisation in ((12, 1e-6), (20, 1e-7), (20, 1e-6), (20, 1e-5)):
        name = f"own spherical harmonics, order {order}, regularisation {regularisation:g}"
        results[name] = summary(*spherical_harmonics(measured, features, known, wanted, order, regularisation), measured, features, wanted)
    if measured.human.sum() > 1:
        results["mean of the other humans"] = summary(*mean_of_others(measured, features, mirror_of, wanted), measured, features, wanted)
    return results
