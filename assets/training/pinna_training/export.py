"""Writing the trained field: one ONNX file, its description in JSON, and the check that both say what PyTorch says."""

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import onnx
import torch

from . import data
from .features import BINS, FFT_SIZE

MODEL_NAME = "hrtf-field.onnx"
DESCRIPTION_NAME = "hrtf-field.json"
# Debian 12's onnx reads up to 17, and nothing in the graph needs more than 13.
OPSET = 17

# Operators that both the CPU and the CUDA execution provider of ONNX Runtime implement.
ALLOWED_OPERATORS = {"Add", "Concat", "Constant", "Cos", "Gather", "Gemm", "Identity", "MatMul", "Mul", "Reshape", "Sigmoid",
                     "Sin", "Slice", "Split", "Sub", "Unsqueeze"}

# Far below the smallest audible difference in level, far above single-precision noise.
TOLERANCE_DB = 1e-3
TOLERANCE_SECONDS = 1e-8


def export(model, latents, names, sample_rate_hz, training, out_dir):
    """Writes MODEL_NAME and DESCRIPTION_NAME into `out_dir`; returns the description."""
    out_dir = Path(out_dir)
    out_dir.mkdir(parents=True, exist_ok=True)
    path = out_dir / MODEL_NAME
    model = model.eval()
    example = (torch.eye(3), latents.flat()[:1].detach().expand(3, -1).contiguous())
    buffer = io.BytesIO()
    arguments = dict(input_names=["direction", "latent"], output_names=["magnitude_db", "itd_seconds"], opset_version=OPSET,
                     dynamic_axes={name: {0: "N"} for name in ("direction", "latent", "magnitude_db", "itd_seconds")})
    try:
        # PyTorch 2.5 and later prefer an exporter that may put the weights into a second file.
        torch.onnx.export(model, example, buffer, dynamo=False, **arguments)
    except TypeError:
        torch.onnx.export(model, example, buffer, **arguments)
    graph = onnx.load_from_string(buffer.getvalue())
    graph.producer_name, graph.producer_version = "pinna-training", ""
    graph.doc_string = data.ATTRIBUTION
    for node in graph.graph.node:
        node.doc_string = ""  # holds source paths of the machine that exported
    onnx.checker.check_model(graph)
    unknown = {node.op_type for node in graph.graph.node} - ALLOWED_OPERATORS
    if unknown:
        raise ValueError(f"the exported graph uses operators that are not known to run on every provider: {sorted(unknown)}")
    path.write_bytes(graph.SerializeToString())

    rows = [[round(float(v), 6) for v in row] for row in latents.flat().detach().numpy()]
    description = {
        "format": "pinna-hrtf-field",
        "version": 1,
        "sampleRateHz": sample_rate_hz,
        "fftSize": FFT_SIZE,
        "bins": BINS,
        "latentSize": model.latent_size,
        "model": MODEL_NAME,
        "modelSha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "generic": {"latent": rows[-1]},
        "subjects": [{"id": name, "latent": row} for name, row in zip(names, rows)],
        "license": data.LICENCE,
        "attribution": data.ATTRIBUTION,
        "training": training,
    }
    (out_dir / DESCRIPTION_NAME).write_text(_to_json(description), encoding="utf-8")
    return description


def _to_json(description):
    """Indented, but with each latent on one line: a page to read, not ten thousand lines."""
    latents = []

    def mark(value):
        if isinstance(value, dict):
            return {k: mark(v) for k, v in value.items()}
        if isinstance(value, list) and value and all(isinstance(v, float) for v in value):
            latents.append(json.dumps(value))
            return f"@latent{len(latents) - 1}@"
        return [mark(v) for v in value] if isinstance(value, list) else value

    text = json.dumps(mark(description), indent=2, ensure_ascii=True)
    for i, row in enumerate(latents):
        text = text.replace(f'"@latent{i}@"', row)
    return text + "\n"


def verify(model, out_dir, log=print, seed=0):
    """Compares the written files with the PyTorch model on random directions for every listener of the description.

    Returns the largest differences (dB, seconds), or None, with a message, where ONNX Runtime is not installed.
    """
    out_dir = Path(out_dir)
    description = json.loads((out_dir / DESCRIPTION_NAME).read_text(encoding="utf-8"))
    path = out_dir / description["model"]
    if hashlib.sha256(path.read_bytes()).hexdigest() != description["modelSha256"]:
        raise ValueError(f"{path} does not have the checksum that {DESCRIPTION_NAME} states")
    try:
        import onnxruntime
    except ImportError:
        log("not verified against ONNX Runtime: the Python package onnxruntime is not installed")
        return None
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(seed)
    worst_db = worst_seconds = 0.0
    for latent in [description["generic"]["latent"]] + [s["latent"] for s in description["subjects"]]:
        for rows in (1, 37):  # N is dynamic, and 1 is the batch size that most often breaks
            direction = rng.standard_normal((rows, 3)).astype(np.float32)
            direction /= np.linalg.norm(direction, axis=1, keepdims=True)
            latent_rows = np.tile(np.array(latent, dtype=np.float32), (rows, 1))
            magnitude_db, itd_seconds = session.run(["magnitude_db", "itd_seconds"], {"direction": direction, "latent": latent_rows})
            if magnitude_db.shape != (rows, 2, BINS) or itd_seconds.shape != (rows,):
                raise ValueError(f"wrong output shapes {magnitude_db.shape} and {itd_seconds.shape} for N = {rows}")
            with torch.no_grad():
                expected_db, expected_seconds = model(torch.from_numpy(direction), torch.from_numpy(latent_rows))
            worst_db = max(worst_db, float(np.abs(magnitude_db - expected_db.numpy()).max()))
            worst_seconds = max(worst_seconds, float(np.abs(itd_seconds - expected_seconds.numpy()).max()))
    log(f"ONNX Runtime agrees with PyTorch within {worst_db:.1e} dB and {worst_seconds:.1e} s")
    if worst_db > TOLERANCE_DB or worst_seconds > TOLERANCE_SECONDS:
        raise ValueError("the exported model differs from the trained one")
    return worst_db, worst_seconds
