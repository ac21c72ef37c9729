#!/usr/bin/env python3
"""Makes Pinna's built-in HRTF field and exports it: see README.md beside this file."""

import argparse
import json
import os
import platform
import sys
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from pinna_training import data, evaluate, export, features, field, plots
from pinna_training.coordinates import mirror_index


def parse(arguments):
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", required=True, type=Path, help="folder that holds " + data.PACK_NAME)
    p.add_argument("--out", required=True, type=Path, help="folder for the graphs, their description, metrics, plots and the feature cache")
    p.add_argument("--seed", type=int, default=1, help="of the choice of left-out directions")
    p.add_argument("--subjects", type=int, default=None, help="use the first N subjects only")
    p.add_argument("--hold-out", type=float, default=0.0, metavar="FRACTION",
                   help="leave this fraction of the directions out, the same for all subjects, and report on them with baselines")
    p.add_argument("--smoke", action="store_true", help="6 subjects, a fifth of the directions left out: the whole pipeline in under two minutes")
    a = p.parse_args(arguments)
    if a.smoke:
        a.subjects, a.hold_out = a.subjects or 6, a.hold_out or 0.2
    if not 0.0 <= a.hold_out < 1.0:
        p.error("--hold-out must be at least 0 and less than 1")
    if a.subjects is not None and a.subjects < 1:
        p.error("--subjects must be at least 1")
    return a


def main(arguments=None):
    a = parse(arguments)
    start = time.monotonic()
    measured = data.load_cipic(a.data, a.subjects)
    print(f"{len(measured.subject_ids)} subjects ({measured.human.sum()} humans), {len(measured.direction)} directions")
    extracted = features.load_or_extract(measured, a.out / "features.npz")
    print(f"features: {extracted.itd_replaced.mean():.2%} of the ITDs were outliers, {time.monotonic() - start:.0f} s", flush=True)

    held = np.zeros(len(measured.direction), dtype=bool)
    held[np.random.default_rng(a.seed).permutation(len(held))[: round(a.hold_out * len(held))]] = True
    settings = field.FieldSettings()
    model = field.build(measured, extracted, ~held, settings)
    print(f"fitted, {time.monotonic() - start:.0f} s", flush=True)

    # What the generic listener stands for.
    mirror_of = mirror_index(measured.direction)
    members = measured.human if measured.human.any() else np.ones(len(measured.human), dtype=bool)
    mean_db, mean_itd = features.symmetric_mean(extracted, mirror_of, members)
    predicted_db, predicted_itd = field.predict(model, measured.direction)
    metrics = {}
    for name, select in (("fitted directions", ~held), ("left-out directions", held)):
        if select.any():
            metrics[name] = {"field": evaluate.summary(predicted_db[:-1, select], predicted_itd[:-1, select], measured, extracted, select)}
            metrics[name]["generic listener against its own mean"] = {
                "lsd_db": float(evaluate.lsd(predicted_db[-1, select], mean_db[select], measured.sample_rate_hz).mean()),
                "itd_us": float(1e6 * np.abs(predicted_itd[-1, select] - mean_itd[select]).mean())}
    if held.any():
        metrics["left-out directions"].update(evaluate.baselines(measured, extracted, mirror_of, ~held, held))
    for name, group in metrics.items():
        for method, figures in group.items():
            spread = f" ({min(figures['lsd_db_per_subject']):.2f}-{max(figures['lsd_db_per_subject']):.2f})" if "lsd_db_per_subject" in figures else ""
            print(f"{name}: {method}: LSD {figures['lsd_db']:.3f} dB{spread}, ITD {figures['itd_us']:.2f} us")

    training = {
        "leftOutFraction": a.hold_out, "directions": int((~held).sum()), "subjects": len(measured.subject_ids),
        "lsdDb": {name: round(g["field"]["lsd_db"], 3) for name, g in metrics.items()},
        "itdMeanAbsoluteErrorMicroseconds": {name: round(g["field"]["itd_us"], 2) for name, g in metrics.items()},
    }
    names = [measured.name(i) for i in range(len(measured.subject_ids))]
    export.export(model, names, measured.sample_rate_hz, training, a.out)
    verified = export.verify(model, a.out)
    size = {name: (a.out / name).stat().st_size for name in (export.FIELD_NAME, export.SPECTRA_NAME)}
    print(", ".join(f"{name}: {b / 1e6:.2f} MB" for name, b in size.items()))
    plots.draw_all(a.out / "plots", measured, extracted, mean_db, mean_itd, model, held, metrics)
    report = {"settings": {**asdict(settings), "seed": a.seed}, "training": training, "metrics": metrics, "bytes": size,
              "onnx_runtime_difference": verified, "seconds": round(time.monotonic() - start), "machine": f"{os.cpu_count()} x {platform.machine()}"}
    (a.out / "metrics.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"done in {time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except FileNotFoundError as e:
        sys.exit(f"train_hrtf_field.py: {e}")
