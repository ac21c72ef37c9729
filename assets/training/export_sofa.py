#!/usr/bin/env python3
"""Writes listeners of the CIPIC pack as SOFA files, for programs that read measured sets: people as they were measured, the mean of the others, completions from a few directions."""

import argparse
import os
import sys
from pathlib import Path

import h5py
import numpy as np

from pinna_training import completion, data, features
from pinna_training.coordinates import mirror_index

# Of the responses that are made from magnitudes: long enough for every minimum-phase response and half of the greatest delay.
TAPS = 256
# Before a minimum-phase response starts: more than half of the greatest interaural delay of a head (0.8 ms) and the ringing of a fractional delay.
LEAD_SAMPLES = 40


def parse(arguments):
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", required=True, type=Path, help="folder that holds " + data.PACK_NAME)
    p.add_argument("--out", required=True, type=Path, help="folder for the SOFA files and the feature cache")
    p.add_argument("--subjects", type=int, nargs="+", default=[], metavar="ID", help="CIPIC's numbers of those to write as measured; 21 and 165 are KEMAR with large and small pinnae")
    p.add_argument("--mean-without", type=int, nargs="+", default=[], metavar="ID", help="for each, the mean of all other people, as mean_without_ID.sofa")
    p.add_argument("--mean-of", type=int, nargs="+", default=[], metavar="ID", help="the mean of these people, as mean_of.sofa")
    p.add_argument("--complete", type=int, nargs="+", default=[], metavar="ID", help="for each, its completion from the directions of --directions, with the others as prior")
    p.add_argument("--directions", type=int, nargs="+", default=[5, 19], metavar="Q")
    a = p.parse_args(arguments)
    if not (a.subjects or a.mean_without or a.mean_of or a.complete):
        p.error("name what to write: --subjects, --mean-without, --mean-of or --complete")
    if min(a.directions) < 1:
        p.error("--directions must be at least 1 each")
    return a


def responses(magnitude_db, itd_seconds, sample_rate_hz):
    """Minimum-phase responses [M, 2, TAPS] of levels [M, 2, BINS] and delays [M] of the right ear less the left.

    Levels between the 129 bins are interpolated, linearly in dB; half of the delay goes to each ear as a phase ramp.
    """
    fft_size = 4 * features.FFT_SIZE
    bins = np.arange(fft_size // 2 + 1) * features.FFT_SIZE / fft_size
    low = np.minimum(bins.astype(int), features.BINS - 2)
    part = bins - low
    db = magnitude_db[..., low] * (1.0 - part) + magnitude_db[..., low + 1] * part
    # minimum_phase() takes the magnitude of a response: that of zero phase will do.
    spectrum = np.fft.rfft(features.minimum_phase(np.fft.irfft(10.0 ** (db / 20.0), fft_size), fft_size))
    later = np.stack([-0.5 * itd_seconds, 0.5 * itd_seconds], axis=1)[..., None] * sample_rate_hz + LEAD_SAMPLES
    ramp = np.exp(-2j * np.pi * np.arange(fft_size // 2 + 1) * later / fft_size)
    ramp[..., -1] = ramp[..., -1].real
    return np.fft.irfft(spectrum * ramp, fft_size)[..., :TAPS]


def write(path, hrir, direction, sample_rate_hz, listener, title):
    """A SOFA file (AES69-2022, SimpleFreeFieldHRIR 1.0) of responses [M, 2, taps] in directions [M, 3], at CIPIC's distance of 1 m."""
    count, _, taps = hrir.shape
    azimuth = np.degrees(np.arctan2(direction[:, 1], direction[:, 0])) % 360.0
    position = np.stack([azimuth, np.degrees(np.arcsin(np.clip(direction[:, 2], -1.0, 1.0))), np.ones(count)], axis=1)
    part = path.with_suffix(".part")
    with h5py.File(part, "w") as f:
        attributes = {
            "Conventions": "SOFA", "Version": "1.0", "SOFAConventions": "SimpleFreeFieldHRIR", "SOFAConventionsVersion": "1.0", "DataType": "FIR", "RoomType": "free field",
            "Title": title, "DatabaseName": "CIPIC", "ListenerShortName": listener, "AuthorContact": "", "Organization": "", "License":
            "Copyright (c) 2001 The Regents of the University of California. All Rights Reserved", "APIName": "h5py", "APIVersion": h5py.__version__,
            "ApplicationName": "export_sofa.py", "ApplicationVersion": "1.0", "DateCreated": "2001-01-01 00:00:00", "DateModified": "2001-01-01 00:00:00",
        }
        for name, value in attributes.items():
            f.attrs[name] = np.bytes_(value) if value else h5py.Empty("S1")
        sizes = {"I": 1, "C": 3, "R": 2, "E": 1, "N": taps, "M": count}
        for name, size in sizes.items():
            d = f.create_dataset(name, (size,), dtype=">f4")
            d.make_scale(f"This is a netCDF dimension but not a netCDF variable.{size:10d}")

        def variable(name, dimensions, values, **more):
            d = f.create_dataset(name, data=np.asarray(values, dtype=np.float64))
            for axis, dimension in enumerate(dimensions):
                d.dims[axis].attach_scale(f[dimension])
            for key, value in more.items():
                d.attrs[key] = np.bytes_(value)

        variable("ListenerPosition", "IC", [[0, 0, 0]], Type="cartesian", Units="metre")
        variable("ListenerView", "IC", [[1, 0, 0]], Type="cartesian", Units="metre")
        variable("ListenerUp", "IC", [[0, 0, 1]])
        variable("ReceiverPosition", "RCI", [[[0], [0.09], [0]], [[0], [-0.09], [0]]], Type="cartesian", Units="metre")
        variable("EmitterPosition", "ECI", [[[0], [0], [0]]], Type="cartesian", Units="metre")
        variable("SourcePosition", "MC", position, Type="spherical", Units="degree, degree, metre")
        variable("Data.IR", "MRN", hrir)
        variable("Data.Delay", "IR", [[0, 0]])
        variable("Data.SamplingRate", "I", [sample_rate_hz], Units="hertz")
    os.replace(part, path)
    return path


def completions(measured, extracted, index, q, humans, mirror_of):
    """Levels and delays of one person from q directions, the other people being the prior."""
    train = np.setdiff1d(humans, [index])
    weight = features.bin_weight(measured.sample_rate_hz)
    prior = completion.CompletionPrior(measured.direction, extracted.magnitude_db[train], completion.CompletionSettings(), weight)
    itd_prior = completion.ItdPrior(measured.direction, extracted.itd_seconds[train], completion.ItdSettings())
    for count in q:
        at = completion.spread_directions(measured.direction, count)
        yield count, prior.complete(at, extracted.magnitude_db[[index]][:, at])[0], itd_prior.complete(at, extracted.itd_seconds[[index]][:, at])[0]


def main(arguments=None):
    a = parse(arguments)
    measured = data.load_cipic(a.data)
    number = {int(s): i for i, s in enumerate(measured.subject_ids)}
    wanted = set(a.subjects + a.mean_without + a.mean_of + a.complete)
    unknown = sorted(wanted - number.keys())
    if unknown:
        sys.exit(f"export_sofa.py: no subject {unknown} in {data.PACK_NAME}; it has {sorted(number)}")
    a.out.mkdir(parents=True, exist_ok=True)
    rate = measured.sample_rate_hz

    def made(name, levels, itd, title):
        print(write(a.out / f"{name}.sofa", responses(levels, itd, rate), measured.direction, rate, name, title))

    for s in a.subjects:
        print(write(a.out / f"cipic_{s:03d}.sofa", measured.hrir[number[s]], measured.direction, rate, f"cipic_{s:03d}", "CIPIC HRTF Database, as measured"))
    if not (a.mean_without or a.mean_of or a.complete):
        return
    extracted = features.load_or_extract(measured, a.out / "features.npz")
    mirror_of = mirror_index(measured.direction)
    humans = np.flatnonzero(measured.human)
    for s in a.mean_without:
        made(f"mean_without_{s:03d}", *features.symmetric_mean(extracted, mirror_of, np.setdiff1d(humans, [number[s]])), f"Mean of the people of CIPIC without {s}")
    if a.mean_of:
        made("mean_of", *features.symmetric_mean(extracted, mirror_of, np.array([number[s] for s in a.mean_of])), "Mean of " + ", ".join(map(str, a.mean_of)) + " of CIPIC")
    for s in a.complete:
        for q, levels, itd in completions(measured, extracted, number[s], a.directions, humans, mirror_of):
            made(f"cipic_{s:03d}_from_{q}", levels, itd, f"Subject {s} of CIPIC, completed from {q} directions")


if __name__ == "__main__":
    main()
