#!/usr/bin/env python3
"""Writes the graphs of the binaural mix: binaural-mix.onnx."""

import argparse
from pathlib import Path

from pinna_training import mix_graph

MODELS = Path(__file__).resolve().parents[1] / "src/main/resources/io/pinna/assets/models"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=MODELS, help="folder of the files (default: the assets' models)")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    print(f"{mix_graph.write(out / mix_graph.NAME)}  {out / mix_graph.NAME}")


if __name__ == "__main__":
    main()
