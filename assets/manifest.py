#!/usr/bin/env python3
"""Writes MANIFEST.json: every asset with its size, checksum, licence, attribution and the recipe that makes it.

Run it after a recipe has written new files; a test of the middleware compares the manifest with the files.
"""
import hashlib
import json
import zipfile
from pathlib import Path

ASSETS = Path(__file__).resolve().parent / "src/main/resources/io/pinna/assets"


def entry(path: Path, licence: str, attribution: str, recipe: str) -> dict:
    data = path.read_bytes()
    return {
        "file": path.relative_to(ASSETS).as_posix(),
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "licence": licence,
        "attribution": attribution,
        "recipe": recipe,
    }


def main() -> None:
    field = json.loads((ASSETS / "models/hrtf-field.json").read_text())
    entries = []
    for name in ("models/hrtf-field.json", "models/hrtf-field.onnx", "models/hrtf-spectra.onnx"):
        entries.append(entry(ASSETS / name, field["license"], field["attribution"], "assets/training/train_hrtf_field.py"))
    for name in ("models/binaural-mix.onnx", "models/binaural-mix-field.onnx"):
        entries.append(entry(ASSETS / name, "Apache-2.0", "The Pinna project", "assets/training/build_mix_graph.py"))
    with zipfile.ZipFile(ASSETS / "models/personal-hrtf.npz") as model:
        personal = json.loads(model.read("model.json"))
    entries.append(entry(ASSETS / "models/personal-hrtf.npz", personal["licence"], personal["attribution"], "assets/training/train_personal.py"))
    body = json.loads((ASSETS / "models/body-measurements.json").read_text())
    entries.append(entry(ASSETS / "models/body-measurements.json", body["licence"], body["attribution"], "assets/training/fit_measurements.py"))
    for drawing in sorted((ASSETS / "measurements").glob("*.png")):
        entries.append(entry(drawing, "CC0-1.0", "The Pinna project", "assets/measurements/draw.py"))
    for sound in json.loads((ASSETS / "sounds/sounds.json").read_text()):
        entries.append(entry(ASSETS / "sounds" / sound["file"], sound["licence"], "The Pinna project", sound["generator"]))
    entries.append(entry(ASSETS / "sounds/sounds.json", "CC0-1.0", "The Pinna project", "assets/sounds/generate.py"))
    listed = {e["file"] for e in entries}
    present = {p.relative_to(ASSETS).as_posix() for p in ASSETS.rglob("*") if p.is_file()} - {"MANIFEST.json"}
    if listed != present:
        raise SystemExit(f"not listed: {sorted(present - listed)}; not there: {sorted(listed - present)}")
    (ASSETS / "MANIFEST.json").write_text(json.dumps(sorted(entries, key=lambda e: e["file"]), indent=1) + "\n")


if __name__ == "__main__":
    main()
