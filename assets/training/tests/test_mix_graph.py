"""The graph of the binaural mix against its definition; needs no data."""

import contextlib
import hashlib
import importlib.util
import io
import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx

import build_mix_graph
import measure_mix_graph
from pinna_training import graph, graph_runner, mix_graph, mix_inputs


def decibels(got, want):
    return 10 * np.log10(np.sum((got - want) ** 2) / np.sum(want ** 2))


def random_inputs(seed, n, block, listeners, corners=3, lanes=5, count=7, special=4, variants=1):
    rng = np.random.default_rng(seed)
    return {**mix_inputs.table(rng, n, 30, n // 4), **mix_inputs.constants(n, block, n // 3, variants), **mix_inputs.near_cells(rng, n, 9),
            **mix_inputs.block(rng, n, listeners, lanes, count, special, 30, 9, corners, still=0.3)}


class MixGraphTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "mix.onnx"
            cls.sha256 = mix_graph.write(path)
            cls.model = path.read_bytes()

    def run_graph(self, inputs):
        return graph_runner.Runner(self.model, graph_runner.NumpyBackend)(inputs)["blocks"]

    def test_graph_meets_the_definition(self):
        for seed, (n, block, listeners, corners, variants) in enumerate([(32, 16, 1, 3, 1), (64, 20, 3, 6, 3), (128, 50, 2, 3, 1)]):
            inputs = random_inputs(seed, n, block, listeners, corners, variants=variants)
            got, want = self.run_graph(inputs), mix_inputs.expected(inputs)
            self.assertEqual(got.shape, (listeners, 2, block))
            self.assertLess(decibels(got, want), -115)

    def test_every_input_matters(self):
        inputs = random_inputs(9, 32, 16, 2)
        want = self.run_graph(inputs)
        for name, value in inputs.items():
            changed = dict(inputs)
            if value.dtype == np.int32:
                changed[name] = (value + 1) % 5
            else:
                changed[name] = 0.5 * value + np.float32(0.1)
            self.assertGreater(decibels(self.run_graph(changed), want), -60, name)

    def test_padding_is_silent(self):
        inputs = random_inputs(4, 32, 16, 2)
        padded = dict(inputs)
        for name in inputs:
            if name in ("samples", "lane", "vertex", "weight", "exponent") or name.startswith(("special_", "near_cell", "near_weight", "steep")):
                axis = 0 if name == "samples" else 2 if name.endswith("bus_gain") else 1
                padded[name] = np.pad(inputs[name], [(0, 3 if a == axis else 0) for a in range(inputs[name].ndim)])
        padded["bus_gain"] = np.pad(inputs["bus_gain"], [(0, 0), (0, 0), (0, 3)])
        self.assertLess(decibels(self.run_graph(padded), self.run_graph(inputs)), -120)

    def test_operators_run_everywhere(self):
        model = onnx.load_model_from_string(self.model)
        self.assertLessEqual({n.op_type for n in model.graph.node}, graph.ALLOWED_OPERATORS)
        self.assertEqual([(o.domain, o.version) for o in model.opset_import], [("", graph.OPSET)])
        self.assertLessEqual(graph.OPSET, 17)
        with self.assertRaises(ValueError):
            graph.Graph().node("DFT", ["x"], "y")

    def test_nothing_has_a_fixed_size(self):
        model = onnx.load_model_from_string(self.model)
        for value in model.graph.input:
            sizes = [d.dim_value for d in value.type.tensor_type.shape.dim if d.HasField("dim_value")]
            self.assertLessEqual(set(sizes), {1, 2, 5}, value.name)

    def test_the_file_of_the_engine_is_this_one(self):
        shipped = (build_mix_graph.MODELS / mix_graph.NAME).read_bytes()
        self.assertEqual(onnx.load_model_from_string(shipped).graph, onnx.load_model_from_string(self.model).graph)
        self.assertEqual(hashlib.sha256(self.model).hexdigest(), self.sha256)


class MixFieldGraphTest(unittest.TestCase):
    def inputs(self, seed, design, block, listeners, directions):
        rng = np.random.default_rng(seed)
        return {**mix_inputs.constants(design.n, block, design.n // 3), **mix_inputs.near_cells(rng, design.n, 9), **mix_inputs.fields(rng, design, listeners, directions),
                **mix_inputs.block(rng, design.n, listeners, 5, 7, 4, listeners * directions, 9, still=0.3)}

    def test_graph_meets_the_definition(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "field.onnx"
            mix_graph.write_field(path)
            runner = graph_runner.Runner(path, graph_runner.NumpyBackend)
        for seed, (n, block, listeners, directions) in enumerate([(64, 20, 1, 6), (128, 50, 3, 11)]):
            design = mix_inputs.FilterDesign(n)
            inputs = self.inputs(seed, design, block, listeners, directions)
            want = mix_inputs.expected(mix_inputs.with_table(inputs, design))
            self.assertLess(decibels(runner(inputs)["blocks"], want), -110)
            inputs["delay_row"] = np.zeros(mix_inputs.EXPONENTS, dtype=np.float32)
            self.assertGreater(decibels(runner(inputs)["blocks"], want), -40, "the fields' delays are heard")

    def test_phase_is_minimum(self):
        # 1 - 0.5 z^-1 has its zero inside the unit circle.
        spectrum = np.fft.rfft([1, -0.5] + [0] * 510)
        np.testing.assert_allclose(mix_inputs.minimum_phase(np.log(np.abs(spectrum))), np.angle(spectrum), atol=1e-12)

    def test_the_file_of_the_engine_is_this_one(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "field.onnx"
            mix_graph.write_field(path)
            model = onnx.load(str(path))
        self.assertEqual(onnx.load(str(build_mix_graph.MODELS / mix_graph.FIELD_NAME)).graph, model.graph)
        self.assertLessEqual({n.op_type for n in model.graph.node}, graph.ALLOWED_OPERATORS)


class MeasureTest(unittest.TestCase):
    SIZES = ["--provider", "cpu", "--transform", "64", "--block", "32", "--sources", "3", "--listeners", "1", "2", "--blocks", "4"]

    def measure(self, *arguments):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as out:
            path = Path(folder) / "figures.json"
            self.assertEqual(measure_mix_graph.main([*self.SIZES, "--json", str(path), *arguments]), 0)
            return out.getvalue(), json.loads(path.read_text()) if path.exists() else None

    def test_each_runtime_measures_or_says_why_not(self):
        for runtime, fields in (("onnxruntime", []), ("torch", []), ("torch", ["--fields"])):
            text, figures = self.measure("--runtime", runtime, *fields)
            if importlib.util.find_spec(runtime) is None:
                self.assertIn("not measured", text)
                self.assertIsNone(figures)
            else:
                self.assertLess(figures["agreement_db"], -100)
                self.assertEqual({(s["sources"], s["listeners"]) for s in figures["sizes"]}, {(3, 1), (3, 2)})
                for size in figures["sizes"]:
                    self.assertTrue(0 < size["p50_ms"] <= size["p99_ms"] <= size["max_ms"])

    def test_sizes_that_need_too_much_memory_are_left_out(self):
        if importlib.util.find_spec("torch") is None:
            self.skipTest("torch is missing")
        text, figures = self.measure("--runtime", "torch", "--gigabytes", "0")
        self.assertIn("left out", text)
        self.assertEqual(figures["sizes"], [])

    def test_constants_become_part_of_the_model(self):
        arguments = measure_mix_graph.parse(self.SIZES)
        constants, blocks = measure_mix_graph.make_inputs(arguments, 3, 2)
        model = measure_mix_graph.with_initializers(arguments.model, constants)
        self.assertEqual({i.name for i in onnx.load_model_from_string(model).graph.input}, set(blocks[0]))
        got = graph_runner.Runner(model, graph_runner.NumpyBackend)(blocks[1])["blocks"]
        self.assertLess(decibels(got, mix_inputs.expected({**constants, **blocks[1]})), -115)


if __name__ == "__main__":
    unittest.main()
