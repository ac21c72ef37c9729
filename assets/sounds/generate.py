#!/usr/bin/env python3
"""Generates the sounds of Pinna's demo scene and their manifest. See README.md."""

import argparse
import hashlib
import json
import os
import sys
import time

from pinna_sounds.analysis import peak_dbfs, rms_dbfs
from pinna_sounds.catalogue import SOUNDS
from pinna_sounds.encode import decode, encode, finish
from pinna_sounds.synth import SAMPLE_RATE_HZ, generator_for

HERE = os.path.dirname(os.path.abspath(__file__))
DEFAULT_OUT = os.path.normpath(os.path.join(HERE, "..", "src", "main", "resources", "io", "pinna", "assets", "sounds"))
MANIFEST = "sounds.json"


def describe(sound, path, decoded):
    """The manifest's entry: what was measured is the decoded file, not what went into the encoder."""
    with open(path, "rb") as file:
        content = file.read()
    return {
        "name": sound.name,
        "file": os.path.basename(path),
        "loop": sound.loop,
        "seconds": round(len(decoded) / SAMPLE_RATE_HZ, 6),
        "rmsDbfs": round(rms_dbfs(decoded), 2),
        "peakDbfs": round(peak_dbfs(decoded), 2),
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "licence": "CC0-1.0",
        "generator": "assets/sounds/generate.py",
        "about": sound.about,
    }


def write_manifest(path, entries):
    """One entry a line; entries of sounds that were not generated this time are kept."""
    known = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            known = {entry["name"]: entry for entry in json.load(file)}
    known.update({entry["name"]: entry for entry in entries})
    ordered = [known[sound.name] for sound in SOUNDS if sound.name in known]
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write("[\n" + ",\n".join("  " + json.dumps(entry) for entry in ordered) + "\n]\n")


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default=DEFAULT_OUT, help="folder of the .ogg files and sounds.json (default: the resources)")
    parser.add_argument("--only", action="append", metavar="NAME", help="generate this sound only; may be repeated")
    parser.add_argument("--seed", type=int, default=1, help="seed of every random choice (default: 1, the committed sounds)")
    parser.add_argument("--plots", metavar="DIR", help="also write a waveform and spectrogram of each sound there")
    options = parser.parse_args(arguments)

    unknown = set(options.only or ()) - {sound.name for sound in SOUNDS}
    if unknown:
        parser.error(f"no such sound: {', '.join(sorted(unknown))}; there are {', '.join(s.name for s in SOUNDS)}")
    for folder in filter(None, (options.out, options.plots)):
        os.makedirs(folder, exist_ok=True)

    chosen = [sound for sound in SOUNDS if not options.only or sound.name in options.only]
    entries = []
    for number, sound in enumerate(chosen, start=1):
        started = time.monotonic()
        samples = finish(sound.make(generator_for(sound.name, options.seed)), sound.loop)
        path = os.path.join(options.out, f"{sound.name}.ogg")
        encode(samples, path, sound.quality, sound.about)
        rate, decoded = decode(path)
        if rate != SAMPLE_RATE_HZ or decoded.shape != samples.shape:
            sys.exit(f"{path}: decodes to {decoded.shape} at {rate} Hz instead of {samples.shape} at {SAMPLE_RATE_HZ} Hz")
        entries.append(describe(sound, path, decoded))
        write_manifest(os.path.join(options.out, MANIFEST), entries)
        if options.plots:
            from pinna_sounds.plots import draw
            draw(sound.name, decoded, sound.loop, options.plots)
        entry = entries[-1]
        print(f"[{number:2}/{len(chosen)}] {sound.name:20} {entry['seconds']:6.2f} s  rms {entry['rmsDbfs']:6.2f}  "
              f"peak {entry['peakDbfs']:6.2f} dBFS  {entry['bytes'] / 1024:6.1f} KiB  ({time.monotonic() - started:.1f} s)",
              flush=True)
    print(f"{len(entries)} sounds, {sum(entry['bytes'] for entry in entries) / 1e6:.2f} MB in {options.out}")


if __name__ == "__main__":
    main(sys.argv[1:])
