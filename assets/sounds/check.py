#!/usr/bin/env python3
"""Decodes every sound of a folder and checks it against sounds.json and against what a sound of its kind must be."""

import argparse
import hashlib
import json
import os
import sys

import numpy as np

from generate import DEFAULT_OUT, MANIFEST
from pinna_sounds.analysis import (band_dbfs, dbfs, peak_dbfs, rms_dbfs, standing_tones, wrap_click, wrap_step)
from pinna_sounds.catalogue import SOUNDS
from pinna_sounds.encode import LOOP_RMS_DBFS, PEAK_DBFS, decode
from pinna_sounds.synth import SAMPLE_RATE_HZ

TOTAL_BYTES = 2_500_000


def allowed_tone(sound, frequency_hz):
    if any(low <= frequency_hz <= high for low, high in sound.tones):
        return True
    resolution = SAMPLE_RATE_HZ / 8192
    return bool(sound.series) and abs(frequency_hz - sound.series * round(frequency_hz / sound.series)) <= resolution


def faults_of(sound, entry, folder):
    """Everything that is wrong with one sound, as text; and a line of its figures."""
    path = os.path.join(folder, entry["file"])
    with open(path, "rb") as file:
        content = file.read()
    rate, x = decode(path)
    faults = []

    def must(holds, message):
        if not holds:
            faults.append(message)

    must(hashlib.sha256(content).hexdigest() == entry["sha256"], "the SHA-256 differs from the manifest's")
    must(len(content) == entry["bytes"], f"{len(content)} bytes, the manifest says {entry['bytes']}")
    must(entry["loop"] == sound.loop and entry["licence"] == "CC0-1.0", "loop or licence differ from the catalogue")
    must(rate == SAMPLE_RATE_HZ and x.ndim == 1, f"{rate} Hz, {x.ndim} dimensions; expected {SAMPLE_RATE_HZ} Hz mono")
    must(abs(len(x) / rate - entry["seconds"]) < 1e-5, f"lasts {len(x) / rate} s, the manifest says {entry['seconds']} s")
    must(0.3 <= len(x) / rate <= 20, f"lasts {len(x) / rate} s")
    must(np.all(np.isfinite(x)), "a sample is not finite")

    level, peak, mean = rms_dbfs(x), peak_dbfs(x), float(np.mean(x))
    must(abs(level - entry["rmsDbfs"]) < 0.02, f"RMS {level:.2f} dBFS, the manifest says {entry['rmsDbfs']}")
    must(abs(peak - entry["peakDbfs"]) < 0.02, f"peak {peak:.2f} dBFS, the manifest says {entry['peakDbfs']}")
    must(peak <= -1.0, f"peak {peak:.2f} dBFS is above -1")
    must(-40 < level < -10, f"RMS {level:.2f} dBFS")
    if sound.loop:  # one of the two limits of encode.finish holds, as far as the codec leaves it
        must(abs(level - LOOP_RMS_DBFS) < 0.5 or abs(peak - PEAK_DBFS) < 1.8,
             f"neither RMS {level:.2f} nor peak {peak:.2f} dBFS is where a loop belongs")
    else:
        must(abs(peak - PEAK_DBFS) < 1.8, f"peak {peak:.2f} dBFS, a one-shot belongs at {PEAK_DBFS}")
    must(abs(mean) < 3e-4, f"mean {mean:.6f}")
    below, above = band_dbfs(x, 0, 16), band_dbfs(x, 20500, 24000)
    must(below < level - 35, f"{below - level:.1f} dB of the sound lie below 16 Hz")
    must(above < level - 35, f"{above - level:.1f} dB of the sound lie above 20.5 kHz")
    must(np.count_nonzero(np.abs(x) > 0.999 * np.max(np.abs(x))) < 12, "flat tops: the sound is clipped")

    if sound.loop:
        step, typical = wrap_step(x)
        click = wrap_click(x)
        must(step <= max(typical, 2 / 32768), f"step at the wrap {step:.5f}, elsewhere {typical:.5f}")
        must(click <= 2.0, f"click at the wrap, {click:.2f} times what the loop has elsewhere")
        ends = f"wrap {step / max(typical, 2 / 32768):4.2f} click {click:4.2f}"
    else:
        edge = max(abs(x[0]), abs(x[-1]))
        must(edge < 2e-3, f"begins at {x[0]:.5f}, ends at {x[-1]:.5f}")
        must(dbfs(np.max(np.abs(x[-240:]))) < -45, "does not end in silence")
        ends = f"edges {edge:.5f}"

    # A tone needs time to stand: one-shots as short as a step are all event.
    tones = standing_tones(x) if len(x) >= 2.5 * SAMPLE_RATE_HZ else []
    odd = [f"{f:.0f} Hz (+{p:.0f} dB)" for f, p in tones if not allowed_tone(sound, f)]
    must(not odd, "tones out of place: " + ", ".join(odd[:8]))
    if sound.name.startswith("hum_"):
        must(any(abs(f - 100) < 6 for f, _ in tones), "the 100 Hz of the mains is missing")
    return faults, f"{len(x) / rate:6.2f} s  rms {level:6.2f}  peak {peak:6.2f}  mean {mean:+.1e}  {ends}  {len(tones)} tones"


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default=DEFAULT_OUT)
    parser.add_argument("--only", action="append", metavar="NAME")
    options = parser.parse_args(arguments)
    with open(os.path.join(options.folder, MANIFEST), encoding="utf-8") as file:
        manifest = {entry["name"]: entry for entry in json.load(file)}
    bad = 0
    for sound in SOUNDS:
        if options.only and sound.name not in options.only:
            continue
        if sound.name not in manifest:
            faults, figures = ["is not in the manifest"], ""
        else:
            faults, figures = faults_of(sound, manifest[sound.name], options.folder)
        print(f"{'FAIL' if faults else 'ok  '} {sound.name:20} {figures}")
        for fault in faults:
            print(f"       {fault}")
        bad += bool(faults)
    if not options.only:
        total = sum(entry["bytes"] for entry in manifest.values())
        files = {name for name in os.listdir(options.folder) if name.endswith(".ogg")}
        strays = files ^ {entry["file"] for entry in manifest.values()}
        if total > TOTAL_BYTES or strays or len(manifest) != len(SOUNDS):
            print(f"FAIL: {total} bytes of at most {TOTAL_BYTES}; files and manifest differ in {sorted(strays)}")
            bad += 1
        print(f"{len(manifest)} sounds, {total / 1e6:.2f} MB")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
