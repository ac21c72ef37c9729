"""Writing ONNX graphs by hand, with the operators that every execution provider of ONNX Runtime implements itself."""

import hashlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Debian 12's onnx reads up to 17, and nothing in the graphs needs more than 13.
OPSET = 17

# Operators with native kernels in the CPU, CUDA, TensorRT, CoreML and DirectML providers. No DFT (a matrix product does it, where DFT would go to the CPU with copies both ways), no If and no Loop.
ALLOWED_OPERATORS = {"Add", "Cast", "Clip", "Concat", "Cos", "Exp", "Flatten", "Gather", "MatMul", "Mul", "ReduceSum", "Reshape", "Sin", "Slice", "Sub", "Transpose"}


class Graph:
    """Nodes and constants of a graph, one after the other."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, name, value):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, operator, inputs, output, **attributes):
        if operator not in ALLOWED_OPERATORS:
            raise ValueError(f"the operator {operator} is not known to run on every provider")
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def reshape(self, value, shape, output):
        """In `shape` a 0 keeps a dimension, and a -1 takes what is left."""
        return self.node("Reshape", [value, self.constant(output + "_shape", np.array(shape, dtype=np.int64))], output)

    def slice(self, value, axis, first, end, output):
        bounds = [self.constant(f"{output}_{k}", np.array([v], dtype=np.int64)) for k, v in (("first", first), ("end", end), ("axis", axis))]
        return self.node("Slice", [value] + bounds, output)

    def write(self, path, name, inputs, outputs, doc_string):
        """`inputs` and `outputs`: {name: shape} of float32, or {name: (shape, type)}. Returns the SHA-256 of the file."""
        def values(tensors):
            typed = {n: s if isinstance(s, tuple) else (s, TensorProto.FLOAT) for n, s in tensors.items()}
            return [helper.make_tensor_value_info(n, t, s) for n, (s, t) in typed.items()]
        model = helper.make_model(helper.make_graph(self.nodes, name, values(inputs), values(outputs), self.constants),
                                  opset_imports=[helper.make_opsetid("", OPSET)], producer_name="pinna-training", doc_string=doc_string)
        model.ir_version = 8  # of opset 17
        onnx.checker.check_model(model, full_check=True)
        path.write_bytes(model.SerializeToString())
        return hashlib.sha256(path.read_bytes()).hexdigest()
