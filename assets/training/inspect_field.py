#!/usr/bin/env python3
"""Looks at an exported field as a renderer sees it: steps over the sphere, the unmeasured cap, symmetry. Needs onnxruntime."""

import argparse
from pathlib import Path

import numpy as np

from pinna_training import export
from pinna_training.coordinates import mirror
from pinna_training.features import band_bins


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("folder", type=Path, help="folder with hrtf-field.json and its graphs")
    folder = p.parse_args().folder
    description, coefficients, run = export.sessions(folder)
    band = band_bins(description["sampleRateHz"])
    generic = coefficients(description["generic"]["latent"])
    everyone = [generic] + [coefficients(s["latent"]) for s in description["subjects"]]

    # Pairs of directions one degree apart, in random places and headings.
    rng = np.random.default_rng(0)
    here = rng.standard_normal((2000, 3))
    here /= np.linalg.norm(here, axis=1, keepdims=True)
    heading = np.cross(here, rng.standard_normal((2000, 3)))
    heading /= np.linalg.norm(heading, axis=1, keepdims=True)
    there = np.cos(np.radians(1)) * here + np.sin(np.radians(1)) * heading
    below = here[:, 2] < -np.sin(np.radians(45))
    for name, latents in (("generic listener", [generic]), ("all listeners", everyone)):
        pairs = [(run(here, z), run(there, z)) for z in latents]
        steps = np.array([np.abs(a[0] - b[0])[..., band].max(axis=(1, 2)) for a, b in pairs])  # [listeners, 2000]
        itd_steps = np.array([np.abs(a[1] - b[1]) for a, b in pairs]) * 1e6
        values = np.array([a[0][..., band] for a, _ in pairs])  # [listeners, 2000, 2, bins in the band]
        print(f"{name}: largest level step in any bin over one degree: median {np.median(steps):.2f} dB, "
              f"99.9 % {np.percentile(steps, 99.9):.2f} dB, below -45 degrees {np.percentile(steps[:, below], 99.9):.2f} dB; "
              f"ITD {itd_steps.max():.1f} us")
        for region, select in (("above -45 degrees", ~below), ("below -45 degrees", below)):
            print(f"{name}, {region}: levels from {values[:, select].min():.1f} to {values[:, select].max():.1f} dB, "
                  f"mean {values[:, select].mean():.1f} dB")
    magnitude, itd = run(here, generic)
    image, image_itd = run(mirror(here), generic)
    print(f"generic listener, asymmetry: {np.abs(magnitude - image[:, ::-1]).max():.1e} dB, {np.abs(itd + image_itd).max() * 1e6:.1e} us")
    low, _ = run(here, generic)
    print(f"generic listener at 0 Hz: {low[..., 0].min():.2f} to {low[..., 0].max():.2f} dB, "
          f"interaural difference up to {np.abs(low[:, 0, 0] - low[:, 1, 0]).max():.2f} dB")


if __name__ == "__main__":
    main()
