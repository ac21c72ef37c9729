#!/usr/bin/env python3
"""Measures the graph of the binaural mix: milliseconds a block for numbers of sources and listeners.

With --runtime onnxruntime on a provider of ONNX Runtime, in two ways: "bound", the tables and the inputs' memory on the device, to which each block's inputs are copied, and the output copied back, as an engine would by
IoBinding; and "run", the tables as initializers and the inputs in ordinary memory, which is what the engine's Java code does. With --runtime torch the same graph node by node in PyTorch, for machines whose ONNX
Runtime has no GPU provider: "eager", and on a GPU "captured", the whole block replayed as one CUDA graph, both with the copies. Every source moves: it has two filters for each listener, and all listeners share its samples. With --fields the graph that makes the filters itself, in three directions for
each.
"""

import argparse
import json
import platform
import sys
import time
from pathlib import Path

import numpy as np

from pinna_training import graph_runner, mix_graph, mix_inputs

MODELS = Path(__file__).resolve().parents[1] / "src/main/resources/io/pinna/assets/models"
PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider", "tensorrt": "TensorrtExecutionProvider", "coreml": "CoreMLExecutionProvider", "directml": "DmlExecutionProvider"}
TABLE_ROWS = 2562
NEAR_CELLS = 601
HARMONICS = 1089
COMPONENTS = 54
# Of a transform: what is left beside a block of half its length and the bulk of a filter.
SHORTENED_PART = 0.36
# Near or steep: a few in a hundred.
SPECIAL_PART = 32


def parse(arguments):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--fields", action="store_true", help="the graph of HRTF fields, not that of filter tables")
    p.add_argument("--model", type=Path, help="another file than the shipped one")
    p.add_argument("--runtime", choices=("onnxruntime", "torch"), default="onnxruntime")
    p.add_argument("--provider", choices=sorted(PROVIDERS), default="cuda", help="with --runtime torch: cuda or cpu")
    p.add_argument("--sources", type=int, nargs="+", default=[64, 256, 1024, 4096])
    p.add_argument("--listeners", type=int, nargs="+", default=[1, 4, 16])
    p.add_argument("--transform", type=int, default=512)
    p.add_argument("--block", type=int, default=256)
    p.add_argument("--rate", type=float, default=48000.0, help="hertz, for the length of a block")
    p.add_argument("--blocks", type=int, default=300, help="timed for each size")
    p.add_argument("--seconds", type=float, default=5.0, help="no longer than this for each size")
    p.add_argument("--gigabytes", type=float, default=32.0, help="sizes that need more memory than this are left out")
    p.add_argument("--json", type=Path, help="also write the figures here")
    a = p.parse_args(arguments)
    a.model = a.model or MODELS / (mix_graph.FIELD_NAME if a.fields else mix_graph.NAME)
    if a.runtime == "torch" and a.provider not in ("cpu", "cuda"):
        p.error("--runtime torch runs on cpu or cuda")
    if not 0 < a.block < a.transform:
        p.error("--block must be less than --transform")
    return a


def gigabytes(a, sources, listeners):
    """Of what lies in memory at once, about: gathered corners, and some tensors of the size of all filters."""
    made = min(TABLE_ROWS, 6 * sources) * listeners * 2 * (a.transform * 2) * 5 if a.fields else 0
    return 4e-9 * (2 * sources * listeners * (a.transform // 2 + 1) * (2 * 2 * 3 + 2 * 2 + 12) + made)


def field_design(a):
    """As long as the engine's filters of fields, in proportion."""
    return mix_inputs.FilterDesign(a.transform, 4 * a.transform, taps=int(0.36 * a.transform), lead=a.transform // 21, at=a.transform // 21)


def make_inputs(a, sources, listeners, seed=1):
    """(constants, two blocks' inputs)"""
    rng = np.random.default_rng(seed)
    constants = {**mix_inputs.constants(a.transform, a.block, int(SHORTENED_PART * a.transform)), **mix_inputs.near_cells(rng, a.transform, NEAR_CELLS)}
    special = max(4, 2 * sources // SPECIAL_PART)
    directions = min(TABLE_ROWS, 3 * (2 * sources + special))
    if a.fields:
        constants.update(mix_inputs.fields(rng, field_design(a), listeners, directions, TABLE_ROWS, HARMONICS, COMPONENTS))
        del constants["direction"]
        rows = listeners * directions
    else:
        constants.update(mix_inputs.table(rng, a.transform, TABLE_ROWS * listeners, a.transform // 3))
        rows = TABLE_ROWS * listeners
    blocks = []
    for _ in range(2):
        block = mix_inputs.block(rng, a.transform, listeners, sources, 2 * sources, special, rows, NEAR_CELLS)
        if a.fields:
            block["direction"] = np.stack([rng.permutation(TABLE_ROWS)[:directions] for _ in range(listeners)]).astype(np.int32)
        blocks.append(block)
    return constants, blocks


def timed(a, step):
    """[ms] of a step, called with the block's number, after some that are not timed."""
    for i in range(10):
        step(i)
    times, begin = [], time.perf_counter()
    while len(times) < a.blocks and (len(times) < 2 or time.perf_counter() - begin < a.seconds):
        start = time.perf_counter()
        step(len(times))
        times.append(1e3 * (time.perf_counter() - start))
    return np.array(times)


def with_initializers(model, constants):
    """The model's bytes with the constants in it, and no longer among its inputs."""
    import onnx
    from onnx import numpy_helper

    loaded = onnx.load(str(model))
    inputs = [i for i in loaded.graph.input if i.name not in constants]
    del loaded.graph.input[:]
    loaded.graph.input.extend(inputs)
    loaded.graph.initializer.extend(numpy_helper.from_array(v, n) for n, v in constants.items())
    return loaded.SerializeToString()


def onnxruntime_ways(a, constants, blocks):
    """{way: step(number) -> blocks}"""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    provider = (PROVIDERS[a.provider], {"use_tf32": "0"} if a.provider == "cuda" else {})
    if a.provider != "cpu":
        options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    device = "cuda" if a.provider in ("cuda", "tensorrt") else "cpu"
    session = ort.InferenceSession(str(a.model), options, providers=[provider])
    if session.get_providers()[0] != PROVIDERS[a.provider]:
        raise RuntimeError(f"ONNX Runtime fell back to {session.get_providers()}")
    binding = session.io_binding()
    values = {n: ort.OrtValue.ortvalue_from_numpy(v, device, 0) for n, v in {**constants, **blocks[0]}.items()}
    for name, value in values.items():
        binding.bind_ortvalue_input(name, value)
    binding.bind_output("blocks", "cpu")

    def bound(i):
        for name, value in blocks[i % len(blocks)].items():
            values[name].update_inplace(value)
        session.run_with_iobinding(binding)
        return binding.copy_outputs_to_cpu()[0]
    resident = ort.InferenceSession(with_initializers(a.model, constants), options, providers=[provider])
    return {"bound": bound, "run": lambda i: resident.run(["blocks"], blocks[i % len(blocks)])[0]}


def torch_ways(a, constants, blocks):
    """{way: step(number) -> blocks}"""
    import torch

    backend = graph_runner.TorchBackend(a.provider)
    runner = graph_runner.Runner(a.model, backend)
    runner.constants.update({n: backend.array(v) for n, v in constants.items()})
    host = [{n: torch.from_numpy(v) for n, v in b.items()} for b in blocks]
    if a.provider == "cuda":
        host = [{n: v.pin_memory() for n, v in b.items()} for b in host]
    inputs = {n: backend.array(v) for n, v in blocks[0].items()}

    def upload(i):
        for name, value in host[i % len(host)].items():
            inputs[name].copy_(value, non_blocking=True)

    def eager(i):
        upload(i)
        return runner(inputs)["blocks"].cpu().numpy()
    ways = {"eager": torch.inference_mode()(eager)}
    if a.provider == "cuda":
        with torch.inference_mode():
            side = torch.cuda.Stream()
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                for _ in range(3):
                    runner(inputs)
            torch.cuda.current_stream().wait_stream(side)
            captured = torch.cuda.CUDAGraph()
            with torch.cuda.graph(captured):
                output = runner(inputs)["blocks"]

        def replay(i):
            upload(i)
            captured.replay()
            return output.cpu().numpy()
        ways["captured"] = torch.inference_mode()(replay)
    return ways


def agreement_db(a, ways_of):
    """The worst of all ways against the definition in double precision, on a small block."""
    constants, blocks = make_inputs(a, 6, 2, seed=7)
    everything = {**constants, **blocks[0]}
    want = mix_inputs.expected(mix_inputs.with_table(everything, field_design(a)) if a.fields else everything)
    worst = -np.inf
    for step in ways_of(a, constants, blocks).values():
        got = step(0)
        worst = max(worst, 10 * np.log10(np.sum((got - want) ** 2) / np.sum(want ** 2)))
    return float(worst)


def runtime_name(a):
    if a.runtime == "torch":
        name = graph_runner.TorchBackend(a.provider).name
        if a.provider == "cuda":
            import torch

            name += ", " + torch.cuda.get_device_name()
        return name
    import onnxruntime

    return f"ONNX Runtime {onnxruntime.__version__}, {PROVIDERS[a.provider]}"


def main(arguments=None):
    a = parse(arguments)
    try:
        __import__(a.runtime)
    except ImportError as e:
        print(f"not measured: {e}; install the Python package {a.runtime}, or take the other --runtime")
        return 0
    if a.runtime == "onnxruntime":
        import onnxruntime

        if PROVIDERS[a.provider] not in onnxruntime.get_available_providers():
            print(f"not measured: this ONNX Runtime has {onnxruntime.get_available_providers()}, not {PROVIDERS[a.provider]}; install onnxruntime-gpu, or take --provider cpu or --runtime torch")
            return 0
    elif a.provider == "cuda":
        import torch

        if not torch.cuda.is_available():
            print("not measured: PyTorch finds no GPU; take --provider cpu")
            return 0
    ways_of = onnxruntime_ways if a.runtime == "onnxruntime" else torch_ways
    figures = {"runtime": runtime_name(a), "machine": platform.machine(), "filters": "fields" if a.fields else "tables", "transform": a.transform, "block": a.block, "block_ms": 1e3 * a.block / a.rate, "agreement_db": agreement_db(a, ways_of), "sizes": []}
    print(f"{figures['runtime']}: blocks of {a.block} frames ({figures['block_ms']:.2f} ms), transform {a.transform}, {'fields' if a.fields else 'tables'}, all sources moving; against the definition {figures['agreement_db']:.1f} dB")
    print(f"{'sources':>8} {'listeners':>9} {'way':>9} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8} {'blocks':>7} {'ns/source/listener/sample':>26}")
    for listeners in a.listeners:
        for sources in a.sources:
            if gigabytes(a, sources, listeners) > a.gigabytes:
                print(f"{sources:8} {listeners:9}  left out: about {gigabytes(a, sources, listeners):.0f} GB of memory")
                continue
            constants, blocks = make_inputs(a, sources, listeners)
            for way, step in ways_of(a, constants, blocks).items():
                t = timed(a, step)
                size = {"sources": sources, "listeners": listeners, "way": way, "p50_ms": float(np.percentile(t, 50)), "p99_ms": float(np.percentile(t, 99)), "max_ms": float(t.max()), "blocks": len(t)}
                figures["sizes"].append(size)
                print(f"{sources:8} {listeners:9} {way:>9} {size['p50_ms']:8.3f} {size['p99_ms']:8.3f} {size['max_ms']:8.3f} {len(t):7} {1e6 * size['p50_ms'] / sources / listeners / a.block:26.3f}", flush=True)
    if a.json:
        a.json.write_text(json.dumps(figures, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
