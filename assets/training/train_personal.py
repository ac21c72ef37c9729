#!/usr/bin/env python3
"""Makes Pinna's personal model, the prior of `pinna hrtf fit`, `personalize` and the listening test: see README.md."""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from pinna_training import body, completion, data, features, personal
from pinna_training.coordinates import mirror_index

MODEL_NAME = "personal-hrtf.npz"


def main(arguments=None):
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", required=True, type=Path, help=f"folder that holds {data.PACK_NAME} and {body.FILE_NAME}")
    p.add_argument("--out", required=True, type=Path, help=f"folder for {MODEL_NAME} and the feature cache")
    p.add_argument("--subjects", type=int, default=None, help="use the first N subjects only")
    a = p.parse_args(arguments)
    start = time.monotonic()
    measured = data.load_cipic(a.data, a.subjects)
    extracted = features.load_or_extract(measured, a.out / "features.npz")
    people = np.flatnonzero(measured.human)
    settings, itd_settings = completion.CompletionSettings(), completion.ItdSettings()
    prior = completion.CompletionPrior(measured.direction, extracted.magnitude_db[people], settings, features.bin_weight(measured.sample_rate_hz))
    itd_prior = completion.ItdPrior(measured.direction, extracted.itd_seconds[people], itd_settings)
    measurements = body.read(a.data / body.FILE_NAME, measured.subject_ids)
    known = people[np.isfinite(measurements[people]).all(axis=(1, 2))]
    ears = completion.left_ears(extracted.magnitude_db[known], mirror_index(measured.direction))
    body_fit = body.fit(ears, measurements[known], prior.mean, 1e6 * extracted.itd_seconds[known], itd_prior.mean, measured.sample_rate_hz)
    meta = {"name": "Pinna personal HRTF model", "sampleRateHz": measured.sample_rate_hz, "fftSize": features.FFT_SIZE, "people": len(people),
            "peopleWithBodyMeasurements": len(known), "licence": data.LICENCE, "attribution": data.ATTRIBUTION}
    personal.PersonalModel(personal.build(prior, itd_prior, body_fit), settings, itd_settings, meta).save(a.out / MODEL_NAME)
    print(f"{MODEL_NAME}: {len(people)} people, {(a.out / MODEL_NAME).stat().st_size / 1e6:.2f} MB, {time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except FileNotFoundError as e:
        sys.exit(f"train_personal.py: {e}")
