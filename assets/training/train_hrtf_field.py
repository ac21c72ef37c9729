#!/usr/bin/env python3
"""Trains Pinna's neural HRTF field and exports it: see README.md beside this file."""

import argparse
import ctypes
import json
import os
import platform
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

# Threads that wait for each other must not burn the time of whoever shares the machine. Read when torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np
import torch

from pinna_training import data, evaluate, export, features, plots, targets, train
from pinna_training.coordinates import mirror_index
from pinna_training.model import ModelSettings, parameter_count


def keep_freed_memory():
    """Tells glibc to keep large freed blocks: mapping every activation afresh cost a quarter of the training time in page faults."""
    try:
        libc = ctypes.CDLL(None)
        libc.mallopt(-3, 1 << 30)  # M_MMAP_THRESHOLD
        libc.mallopt(-1, (1 << 31) - 1)  # M_TRIM_THRESHOLD
    except (OSError, AttributeError):
        pass  # another C library: slower, nothing else


def parse(arguments):
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", required=True, type=Path, help="folder that holds " + data.PACK_NAME)
    p.add_argument("--out", required=True, type=Path, help="folder for the model, its description, metrics, plots and the feature cache")
    p.add_argument("--seed", type=int, default=1, help="of weights, latents, batches and the choice of left-out directions")
    p.add_argument("--epochs", type=int, default=50)
    p.add_argument("--subjects", type=int, default=None, help="train on the first N subjects only")
    p.add_argument("--hold-out", type=float, default=0.0, metavar="FRACTION",
                   help="leave this fraction of the directions out, the same for all subjects, and report on them with baselines")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--smoke", action="store_true", help="6 subjects, 3 epochs, a fifth of the directions left out: the whole pipeline in under two minutes")
    a = p.parse_args(arguments)
    if a.smoke:
        a.subjects, a.epochs, a.hold_out = a.subjects or 6, 3, a.hold_out or 0.2
    if not 0.0 <= a.hold_out < 1.0:
        p.error("--hold-out must be at least 0 and less than 1")
    if a.epochs < 1 or (a.subjects is not None and a.subjects < 1):
        p.error("--epochs and --subjects must be at least 1")
    return a


def main(arguments=None):
    a = parse(arguments)
    keep_freed_memory()
    torch.set_num_threads(a.threads)
    start = time.monotonic()
    measured = data.load_cipic(a.data, a.subjects)
    print(f"{len(measured.subject_ids)} subjects ({measured.human.sum()} humans), {len(measured.direction)} directions")
    extracted = features.load_or_extract(measured, a.out / "features.npz")
    print(f"features: {extracted.itd_replaced.mean():.2%} of the ITDs were outliers, {time.monotonic() - start:.0f} s")

    held = np.zeros(len(measured.direction), dtype=bool)
    held[np.random.default_rng(a.seed).permutation(len(held))[: round(a.hold_out * len(held))]] = True
    magnitude_db, itd_seconds = targets.listeners(measured, extracted)
    aims = targets.build(measured, magnitude_db, itd_seconds, ~held)

    settings = replace(train.TrainSettings(), epochs=a.epochs, seed=a.seed)
    model, latents = train.train(aims, measured.sample_rate_hz, ModelSettings(), settings, log=lambda s: print(s, flush=True))

    predicted_db, predicted_itd = evaluate.predict(model, latents, measured.direction)
    metrics = {}
    for name, select in (("trained directions", ~held), ("left-out directions", held)):
        if select.any():
            metrics[name] = {"field": evaluate.summary(predicted_db[:-1, select], predicted_itd[:-1, select], measured, extracted, select)}
            metrics[name]["generic listener against its own mean"] = {
                "lsd_db": float(evaluate.lsd(predicted_db[-1, select], magnitude_db[-1, select], measured.sample_rate_hz).mean()),
                "itd_us": float(1e6 * np.abs(predicted_itd[-1, select] - itd_seconds[-1, select]).mean())}
    if held.any():
        metrics["left-out directions"].update(evaluate.baselines(measured, extracted, mirror_index(measured.direction), ~held, held))
    for name, group in metrics.items():
        for method, figures in group.items():
            print(f"{name}: {method}: LSD {figures['lsd_db']:.3f} dB, ITD {figures['itd_us']:.2f} us")

    training = {
        "seed": a.seed, "epochs": a.epochs, "leftOutFraction": a.hold_out, "parameters": parameter_count(model),
        "directions": int((~held).sum()), "subjects": len(measured.subject_ids), "torch": torch.__version__,
        "lsdDb": {name: round(g["field"]["lsd_db"], 3) for name, g in metrics.items()},
        "itdMeanAbsoluteErrorMicroseconds": {name: round(g["field"]["itd_us"], 2) for name, g in metrics.items()},
    }
    names = [measured.name(i) for i in range(len(measured.subject_ids))]
    export.export(model, latents, names, measured.sample_rate_hz, training, a.out)
    verified = export.verify(model, a.out)
    size = (a.out / export.MODEL_NAME).stat().st_size
    print(f"{export.MODEL_NAME}: {size / 1e6:.2f} MB")
    plots.draw_all(a.out / "plots", measured, extracted, magnitude_db, itd_seconds, model, latents, held, metrics)
    report = {"settings": {**asdict(settings), **asdict(ModelSettings())}, "training": training, "metrics": metrics, "bytes": size,
              "onnx_runtime_difference": verified, "seconds": round(time.monotonic() - start),
              "machine": f"{os.cpu_count()} x {platform.machine()}, {a.threads} threads"}
    (a.out / "metrics.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"done in {time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except FileNotFoundError as e:
        sys.exit(f"train_hrtf_field.py: {e}")
