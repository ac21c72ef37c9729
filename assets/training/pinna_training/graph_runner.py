"""Runs the graphs of graph.py without ONNX Runtime: node by node, in NumPy or, on a GPU too, in PyTorch. For tests, and for measurements where there is a GPU and no ONNX Runtime that can use it."""

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

NUMPY_TYPES = {TensorProto.FLOAT: np.float32, TensorProto.INT32: np.int32, TensorProto.INT64: np.int64}


class NumpyBackend:
    name = "numpy"

    @staticmethod
    def array(value):
        return np.asarray(value)

    @staticmethod
    def numpy(value):
        return value

    matmul, cos, sin, exp, clip = staticmethod(np.matmul), staticmethod(np.cos), staticmethod(np.sin), staticmethod(np.exp), staticmethod(np.clip)
    transpose = staticmethod(np.transpose)

    @staticmethod
    def cast(value, dtype):
        return value.astype(dtype)

    @staticmethod
    def gather(rows, index, axis):
        return np.take(rows, index, axis=axis)

    @staticmethod
    def concat(parts, axis):
        return np.concatenate(parts, axis=axis)

    @staticmethod
    def total(value, axes, keepdims):
        return value.sum(axis=axes, keepdims=keepdims)


class TorchBackend:
    """On a device of PyTorch, "cpu" or "cuda". Products of matrices keep single precision."""

    def __init__(self, device):
        import torch

        self.torch, self.device, self.name = torch, device, f"torch {torch.__version__} on {device}"
        torch.backends.cuda.matmul.allow_tf32 = False
        self.matmul, self.cos, self.sin, self.exp, self.clip = torch.matmul, torch.cos, torch.sin, torch.exp, torch.clamp

    def array(self, value):
        return self.torch.from_numpy(np.ascontiguousarray(value)).to(self.device)

    @staticmethod
    def numpy(value):
        return value.cpu().numpy()

    @staticmethod
    def transpose(value, order):
        return value.permute(*order)

    def cast(self, value, dtype):
        return value.to(getattr(self.torch, np.dtype(dtype).name))

    def gather(self, rows, index, axis):
        if axis != 0:
            raise ValueError(f"Gather along axis {axis}; only 0 is allowed")
        # One read and one write of the rows, where rows[index] makes 64-bit indices first.
        return self.torch.nn.functional.embedding(index, rows.reshape(len(rows), -1)).reshape(*index.shape, *rows.shape[1:])

    def concat(self, parts, axis):
        return self.torch.cat(list(parts), dim=axis)

    @staticmethod
    def total(value, axes, keepdims):
        return value.sum(dim=axes, keepdim=keepdims)


class Runner:
    """A model, given as a file or as bytes, on a backend."""

    def __init__(self, model, backend):
        loaded = onnx.load_model_from_string(model) if isinstance(model, bytes) else onnx.load(str(model))
        self.backend, self.graph = backend, loaded.graph
        # Shapes, axes and bounds are read here; everything else is an array of the backend.
        self.known = {t.name: numpy_helper.to_array(t) for t in self.graph.initializer}
        self.constants = {n: backend.array(v) for n, v in self.known.items() if v.dtype != np.int64}
        self.inputs = [i.name for i in self.graph.input]
        self.outputs = [o.name for o in self.graph.output]
        self.steps = [self._step(n) for n in self.graph.node]
        last = {}
        for i, (names, _, _) in enumerate(self.steps):
            last.update({n: i for n in names})
        self.released = [[n for n, at in last.items() if at == i and n not in self.constants and n not in self.inputs] for i in range(len(self.steps))]

    def _step(self, node):
        """(inputs that are arrays, output, function of them)"""
        b, known = self.backend, self.known
        attribute = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        arrays, rest = list(node.input), []
        if node.op_type in ("Reshape", "ReduceSum", "Slice"):
            arrays, rest = arrays[:1], [known[n] for n in arrays[1:]]
        if node.op_type == "Reshape":
            shape = [int(d) for d in rest[0]]

            def function(x):
                return x.reshape([x.shape[i] if d == 0 else d for i, d in enumerate(shape)])
        elif node.op_type == "ReduceSum":
            axes, keep = tuple(int(a) for a in rest[0]), bool(attribute.get("keepdims", 1))

            def function(x):
                return b.total(x, axes, keep)
        elif node.op_type == "Slice":
            first, end, axis = (int(r[0]) for r in rest)

            def function(x):
                return x[(slice(None),) * (axis % x.ndim) + (slice(first, end),)]
        elif node.op_type == "Flatten":
            def function(x):
                return x.reshape([int(np.prod(x.shape[:attribute["axis"]])), -1])
        elif node.op_type == "Gather":
            def function(x, i):
                return b.gather(x, i, attribute.get("axis", 0))
        elif node.op_type == "Concat":
            def function(*x):
                return b.concat(x, attribute["axis"])
        elif node.op_type == "Transpose":
            def function(x):
                return b.transpose(x, attribute["perm"])
        elif node.op_type == "Cast":
            def function(x):
                return b.cast(x, NUMPY_TYPES[attribute["to"]])
        else:
            function = {"Add": lambda x, y: x + y, "Sub": lambda x, y: x - y, "Mul": lambda x, y: x * y, "MatMul": b.matmul, "Cos": b.cos, "Sin": b.sin, "Exp": b.exp,
                        "Clip": b.clip}[node.op_type]
        return arrays, node.output[0], function

    def __call__(self, inputs):
        """{name: array of the backend} to {name: array of the backend}. Memory that is not needed any more is released on the way."""
        values = {**self.constants, **inputs}
        for (names, output, function), released in zip(self.steps, self.released):
            values[output] = function(*(values[n] for n in names))
            for name in released:
                del values[name]
        return {o: values[o] for o in self.outputs}
