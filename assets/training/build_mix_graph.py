#!/usr/bin/env python3
"""Writes the graphs of the binaural mix: binaural-mix.onnx, which reads filters from tables, and binaural-mix-field.onnx, which makes them of the listeners' HRTF fields."""

import argparse
from pathlib import Path

from pinna_training import mix_graph

MODELS = Path(__file__).resolve().parents[1] / "src/main/resources/io/pinna/assets/models"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=MODELS, help="folder of the files (default: the assets' models)")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, write in ((mix_graph.NAME, mix_graph.write), (mix_graph.FIELD_NAME, mix_graph.write_field)):
        print(f"{write(out / name)}  {out / name}")


if __name__ == "__main__":
    main()
