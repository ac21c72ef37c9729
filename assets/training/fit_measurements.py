#!/usr/bin/env python3
"""Makes body-measurements.json: how body measurements vary together, what is plausible, and how well a missing one is guessed. See README.md."""

import argparse
import json
import sys
from pathlib import Path

from pinna_training import measurements as m

LICENCE = ("Statistics: Apache-2.0. Data they were taken from: CIPIC, Copyright (c) 2001 The Regents of the University of California. All Rights Reserved; permission granted to "
           "reproduce and/or use for any purpose - educational, research or commercial. HUTUBS: CC BY 4.0.")
ATTRIBUTION = ("Statistics of the anthropometry of the CIPIC HRTF Database, release 1.1, Copyright (c) 2001 The Regents of the University of California (V. R. Algazi, R. O. Duda, "
               "D. M. Thompson, C. Avendano, \"The CIPIC HRTF Database\", WASPAA 2001, pp. 99-102), and of the HUTUBS head-related transfer function database (F. Brinkmann, "
               "M. Dinakaran, R. Pelzer, P. Grosche, D. Voss, S. Weinzierl, \"A Cross-Evaluated Database of Measured and Simulated HRTFs Including 3D Head Meshes, Anthropometric "
               "Features, and Headphone Impulse Responses\", J. Audio Eng. Soc. 67(9), 2019, pp. 705-718), CC BY 4.0; only means and covariances of the measurements were taken.")


def table(rms):
    names = list(rms)
    lines = ["| measurement | " + " | ".join(names) + " |", "| --- |" + " --- |" * len(names)]
    for s in m.SYMBOLS:
        digits = 1 if s == "theta1" else 2
        lines.append(f"| {s} | " + " | ".join(f"{rms[n][s]:.{digits}f}" if s in rms[n] else "" for n in names) + " |")
    return "\n".join(lines)


def main(arguments=None):
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--cipic", required=True, type=Path, help="folder that holds " + m.CIPIC_FILE)
    p.add_argument("--hutubs", required=True, type=Path, help="folder that holds " + m.HUTUBS_FILE)
    p.add_argument("--out", required=True, type=Path, help="folder for body-measurements.json")
    p.add_argument("--shrinkage", type=float, default=0.1, help="of the correlations towards none, 0 to 1; default 0.1")
    a = p.parse_args(arguments)
    if not 0.0 <= a.shrinkage <= 1.0:
        p.error("--shrinkage must be 0 to 1")
    try:
        cipic, hutubs = m.read_cipic(a.cipic / m.CIPIC_FILE), m.read_hutubs(a.hutubs / m.HUTUBS_FILE)
    except (OSError, ValueError) as e:
        sys.exit(f"fit_measurements.py: {e}")
    mean, covariance = m.model(cipic.values, hutubs.values, a.shrinkage)
    rms, spread = m.leave_one_out(cipic.values, hutubs.values, a.shrinkage)
    document = {
        "format": "pinna-body-measurements",
        "version": 1,
        "licence": LICENCE,
        "attribution": ATTRIBUTION,
        "people": {"cipic": len(cipic.ids), "hutubs": len(hutubs.ids)},
        "unit": "cm; degrees for theta1",
        "order": list(m.COLUMNS),
        "mean": [round(float(v), 5) for v in mean],
        "covariance": [[round(float(v), 7) for v in row] for row in covariance],
        "plausible": {s: m.plausible_range(s, cipic.values, hutubs.values) for s in m.SYMBOLS},
        "hutubsMinusCipic": {s: round(float(d), 3) for s, d in m.other_definition(cipic.values, hutubs.values).items()},
        "leaveOneOutRms": {n: {s: round(e, 4) for s, e in by.items()} for n, by in rms.items()},
        "leaveOneOutErrorPerStatedSd": round(spread, 3),
    }
    a.out.mkdir(parents=True, exist_ok=True)
    (a.out / "body-measurements.json").write_text(json.dumps(document, indent=1) + "\n")
    print(f"{len(cipic.ids)} people of CIPIC, {len(hutubs.ids)} of HUTUBS; otherwise defined: {document['hutubsMinusCipic']}")
    print(f"RMS error on CIPIC's people left out in turn (cm, degrees); error per stated standard deviation {spread:.2f}")
    print(table(rms))


if __name__ == "__main__":
    main()
