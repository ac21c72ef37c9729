#!/usr/bin/env python3
"""Cross-validates over people the completion of the sphere from a few measured directions: see README.md and RESULTS.md."""

import argparse
import json
import os
import platform
import sys
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from pinna_training import completion, data, features
from pinna_training.coordinates import mirror_index
from pinna_training.sphere import fit_spherical_harmonics, real_spherical_harmonics

# Orders and penalties of the spherical harmonics; the best on the very people under test is reported, in the baseline's favour.
HARMONICS = [(order, penalty) for order in (4, 8) for penalty in (1e-2, 1e-3, 1e-4)]


def parse(arguments):
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", required=True, type=Path, help="folder that holds " + data.PACK_NAME)
    p.add_argument("--out", required=True, type=Path, help="folder for completion.json and the feature cache")
    p.add_argument("--folds", type=int, default=5)
    p.add_argument("--seed", type=int, default=1, help="of the split of people into folds")
    p.add_argument("--directions", type=int, nargs="+", default=[3, 5, 19, 100], metavar="Q")
    p.add_argument("--subjects", type=int, default=None, help="use the first N subjects only")
    a = p.parse_args(arguments)
    if a.folds < 2:
        p.error("--folds must be at least 2")
    if min(a.directions) < 1:
        p.error("--directions must be at least 1 each")
    return a


def figures(predicted_db, reference_db, predicted_itd, itd, rest, sample_rate_hz):
    """LSD [N] in dB over both ears and absolute ITD error [N] in microseconds, over the directions `rest` that were not measured."""
    lsd = features.lsd(predicted_db[:, rest], reference_db[:, rest], sample_rate_hz).mean(axis=(1, 2))
    return lsd, 1e6 * np.abs(predicted_itd[:, rest] - itd[:, rest]).mean(axis=1)


def baselines(measured, levels, itd, index, mean_db, mean_itd):
    """Completions of N people by the methods that know no other person, and by the mean: (name, levels, ITDs)."""
    direction = measured.direction
    yield "mean of the training people", np.broadcast_to(mean_db, levels.shape), np.broadcast_to(mean_itd, itd.shape)
    nearest = index[(direction @ direction[index].T).argmax(axis=1)]
    yield "nearest measured direction", levels[:, nearest], itd[:, nearest]
    people, _, ears, bins = levels.shape
    columns = np.concatenate([levels[:, index].reshape(people, len(index), -1), 1e6 * itd[:, index, None]], axis=2)
    columns = np.moveaxis(columns, 0, 1).reshape(len(index), -1)
    for order, penalty in HARMONICS:
        basis = real_spherical_harmonics(direction, order)
        out = basis @ fit_spherical_harmonics(basis[index], columns, order, penalty)
        out = np.moveaxis(out.reshape(len(direction), people, -1), 1, 0)
        yield f"spherical harmonics, order {order}, penalty {penalty:g}", out[..., :-1].reshape(people, -1, ears, bins), 1e-6 * out[..., -1]


def main(arguments=None):
    a = parse(arguments)
    start = time.monotonic()
    measured = data.load_cipic(a.data, a.subjects)
    extracted = features.load_or_extract(measured, a.out / "features.npz")
    people = np.random.default_rng(a.seed).permutation(np.flatnonzero(measured.human))
    if len(people) < 2 * a.folds:
        sys.exit(f"evaluate_completion.py: {len(people)} people are too few for {a.folds} folds")
    if max(a.directions) >= len(measured.direction):
        sys.exit(f"evaluate_completion.py: --directions must be below the {len(measured.direction)} measured ones")
    mirror_of = mirror_index(measured.direction)
    settings, itd_settings = completion.CompletionSettings(), completion.ItdSettings()
    # What lies outside the band of the metric is mostly the measuring system's noise: it may follow, but not lead.
    bin_weight = np.where(features.band_bins(measured.sample_rate_hz), 1.0, 0.2)
    results, completion_seconds = {}, {}
    for fold, test in enumerate(np.array_split(people, a.folds)):
        train = np.setdiff1d(people, test)
        prior = completion.CompletionPrior(measured.direction, extracted.magnitude_db[train], settings, bin_weight)
        itd_prior = completion.ItdPrior(measured.direction, extracted.itd_seconds[train], itd_settings)
        mean_db = np.stack([prior.mean, prior.mean[mirror_of]], axis=1)
        levels, itd = extracted.magnitude_db[test], extracted.itd_seconds[test]
        reference = features.raw_magnitude_db(measured.hrir[test])
        for q in a.directions:
            index = completion.spread_directions(measured.direction, q)
            rest = np.ones(len(measured.direction), dtype=bool)
            rest[index] = False
            before = time.monotonic()
            answer = [("Gaussian process", prior.complete(index, levels[:, index]), itd_prior.complete(index, itd[:, index]))]
            completion_seconds.setdefault(q, []).append(time.monotonic() - before)
            for name, db, seconds in answer + list(baselines(measured, levels, itd, index, mean_db, 1e-6 * itd_prior.mean)):
                results.setdefault(q, {}).setdefault(name, []).append(figures(db, reference, seconds, itd, rest, measured.sample_rate_hz))
            lsd, delay = results[q]["Gaussian process"][-1]
            print(f"fold {fold + 1}, {q} directions: {lsd.mean():.3f} dB, {delay.mean():.2f} us; {time.monotonic() - start:.0f} s", flush=True)

    report = {"settings": asdict(settings), "itdSettings": asdict(itd_settings), "folds": a.folds, "seed": a.seed, "people": len(people),
              "seconds": round(time.monotonic() - start), "machine": f"{os.cpu_count()} x {platform.machine()}", "results": {}}
    for q, methods in results.items():
        rows = {}
        for name, folds in methods.items():
            lsd, delay = (np.concatenate([f[i] for f in folds]) for i in (0, 1))
            rows[name] = {"lsd_db": float(lsd.mean()), "lsd_db_best": float(lsd.min()), "lsd_db_worst": float(lsd.max()), "itd_us": float(delay.mean()),
                          "lsd_db_per_fold": [round(float(f[0].mean()), 3) for f in folds]}
        harmonics = sorted((n for n in rows if n.startswith("spherical")), key=lambda n: rows[n]["lsd_db"])
        for worse in harmonics[1:]:
            del rows[worse]
        report["results"][q] = rows
        for name, row in rows.items():
            print(f"{q} directions: {name}: {row['lsd_db']:.3f} dB ({row['lsd_db_best']:.2f}-{row['lsd_db_worst']:.2f}), ITD {row['itd_us']:.2f} us, "
                  f"folds {row['lsd_db_per_fold']}")
    report["secondsOfCompletion"] = {q: round(float(np.median(v)), 2) for q, v in completion_seconds.items()}
    (a.out / "completion.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"done in {time.monotonic() - start:.0f} s; completion of a fold: {report['secondsOfCompletion']} s")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except FileNotFoundError as e:
        sys.exit(f"evaluate_completion.py: {e}")
