#!/usr/bin/env python3
"""Cross-validates over people what each way of personalising is worth: see README.md and RESULTS.md."""

import argparse
import json
import os
import platform
import sys
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from pinna_training import body, completion, data, features, personal
from pinna_training.coordinates import mirror, mirror_index
from pinna_training.sphere import fit_spherical_harmonics, real_spherical_harmonics

# Orders and penalties of the spherical harmonics; the best on the very people under test is reported, in the baseline's favour.
HARMONICS = [(order, penalty) for order in (4, 8) for penalty in (1e-2, 1e-3, 1e-4)]


def parse(arguments):
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", required=True, type=Path, help="folder that holds " + data.PACK_NAME)
    p.add_argument("--out", required=True, type=Path, help="folder for personal.json, the folds' models and the feature cache")
    p.add_argument("--folds", type=int, default=5)
    p.add_argument("--seed", type=int, default=1, help="of the split of people into folds")
    p.add_argument("--directions", type=int, nargs="+", default=[3, 5, 19, 100], metavar="Q")
    p.add_argument("--subjects", type=int, default=None, help="use the first N subjects only")
    p.add_argument("--dense", type=float, default=0.0, metavar="FRACTION", help="also measure all but this fraction of the directions (slow)")
    p.add_argument("--smoke", action="store_true", help="10 subjects, 2 folds, 3 and 19 directions: the whole pipeline in under two minutes")
    a = p.parse_args(arguments)
    if a.smoke:
        a.subjects, a.folds, a.directions = a.subjects or 10, 2, [3, 19]
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


def body_answer(model, direction, measurements):
    """Levels [M, 2, F] and delays [M] of a head of `measurements` [2, 12] and nothing else."""
    levels = np.stack([model.body_mean(measurements[0])(direction), model.body_mean(measurements[1])(mirror(direction))], axis=1)
    return levels, 1e-6 * model.body_delay_factor(measurements.mean(axis=0)) * model.mean_itd_us(direction)


def main(arguments=None):
    a = parse(arguments)
    start = time.monotonic()
    measured = data.load_cipic(a.data, a.subjects)
    extracted = features.load_or_extract(measured, a.out / "features.npz")
    people = np.random.default_rng(a.seed).permutation(np.flatnonzero(measured.human))
    if len(people) < 2 * a.folds:
        sys.exit(f"evaluate_personal.py: {len(people)} people are too few for {a.folds} folds")
    if max(a.directions) >= len(measured.direction):
        sys.exit(f"evaluate_personal.py: --directions must be below the {len(measured.direction)} measured ones")
    mirror_of = mirror_index(measured.direction)
    settings, itd_settings = completion.CompletionSettings(), completion.ItdSettings()
    bin_weight = features.bin_weight(measured.sample_rate_hz)
    results, completion_seconds = {}, {}
    measurements = body.read(a.data / body.FILE_NAME, measured.subject_ids)
    measured_body = np.isfinite(measurements).all(axis=(1, 2))
    all_ears = completion.left_ears(extracted.magnitude_db, mirror_of)
    rate = measured.sample_rate_hz
    for fold, test in enumerate(np.array_split(people, a.folds)):
        train = np.setdiff1d(people, test)
        prior = completion.CompletionPrior(measured.direction, extracted.magnitude_db[train], settings, bin_weight)
        itd_prior = completion.ItdPrior(measured.direction, extracted.itd_seconds[train], itd_settings)
        known = train[measured_body[train]]
        body_fit = body.fit(all_ears[known], measurements[known], prior.mean, 1e6 * extracted.itd_seconds[known], itd_prior.mean, rate) if len(known) > 1 else None
        model = personal.PersonalModel(personal.build(prior, itd_prior, body_fit), settings, itd_settings, {"testSubjects": [measured.name(i) for i in test]})
        model.save(a.out / f"fold-{fold + 1}.npz")
        mean_db = np.stack([prior.mean, prior.mean[mirror_of]], axis=1)
        levels, itd = extracted.magnitude_db[test], extracted.itd_seconds[test]
        reference = features.raw_magnitude_db(measured.hrir[test])
        everywhere = np.ones(len(measured.direction), dtype=bool)

        def note(key, name, db, seconds, rest, people=slice(None)):
            results.setdefault(key, {}).setdefault(name, []).append(figures(db, reference[people], seconds, itd[people], rest, rate))
            lsd, delay = results[key][name][-1]
            print(f"fold {fold + 1}, {key}: {name}: {lsd.mean():.3f} dB, {delay.mean():.2f} us; {time.monotonic() - start:.0f} s", flush=True)

        with_body = np.flatnonzero(measured_body[test])
        if len(with_body) and body_fit is not None:
            rows = [body_answer(model, measured.direction, measurements[test[i]]) for i in with_body]
            note("body", "body measurements", np.stack([r[0] for r in rows]), np.stack([r[1] for r in rows]), everywhere, with_body)
            note("body", "mean of the training people", np.broadcast_to(mean_db, levels[with_body].shape),
                 np.broadcast_to(1e-6 * itd_prior.mean, itd[with_body].shape), everywhere, with_body)
        for q in a.directions:
            index = completion.spread_directions(measured.direction, q)
            rest = everywhere.copy()
            rest[index] = False
            before = time.monotonic()
            db = model.complete(measured.direction[index], levels[:, index], measured.direction)
            seconds = model.complete_itd(measured.direction[index], itd[:, index], measured.direction)
            completion_seconds.setdefault(q, []).append(time.monotonic() - before)
            note(q, "personal model", db, seconds, rest)
            note(q, "its prior before compression", prior.complete(index, levels[:, index]), itd_prior.complete(index, itd[:, index]), rest)
            for name, db, seconds in baselines(measured, levels, itd, index, mean_db, 1e-6 * itd_prior.mean):
                note(q, name, db, seconds, rest)
        if a.dense > 0.0:
            rest = np.zeros(len(measured.direction), dtype=bool)
            rest[np.random.default_rng(a.seed).permutation(len(rest))[: round(a.dense * len(rest))]] = True
            given, wanted = measured.direction[~rest], measured.direction[rest]
            db, seconds = levels.copy(), itd.copy()
            db[:, rest] = model.complete(given, levels[:, ~rest], wanted)
            seconds[:, rest] = model.complete_itd(given, itd[:, ~rest], wanted)
            note("dense", "personal model", db, seconds, rest)

    report = {"settings": asdict(settings), "itdSettings": asdict(itd_settings), "sizes": asdict(personal.PersonalSettings()), "folds": a.folds, "seed": a.seed, "people": len(people),
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
            print(f"{q}: {name}: {row['lsd_db']:.3f} dB ({row['lsd_db_best']:.2f}-{row['lsd_db_worst']:.2f}), ITD {row['itd_us']:.2f} us, "
                  f"folds {row['lsd_db_per_fold']}")
    report["secondsOfCompletion"] = {q: round(float(np.median(v)), 2) for q, v in completion_seconds.items()}
    (a.out / "personal.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"done in {time.monotonic() - start:.0f} s; completion of a fold: {report['secondsOfCompletion']} s")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except FileNotFoundError as e:
        sys.exit(f"evaluate_personal.py: {e}")
