"""Ops on whole numbers that stand for others by a scale and a zero, ONNX's and onnxruntime's.

Beside each tensor stand its scale and zero, which say what a node does and are no parameters.
"""

from __future__ import annotations

from archdb.sources.onnx_nodes import Node, Translated, translates

#: Which inputs of a node are scales and zeros.
SCALES = {
    "QuantizeLinear": (1, 2),
    "DequantizeLinear": (1, 2),
    "ConvInteger": (2, 3),
    "MatMulInteger": (2, 3),
    "QLinearConv": (1, 2, 4, 5, 6, 7),
    "QLinearMatMul": (1, 2, 4, 5, 6, 7),
    "DynamicQuantizeMatMul": (2, 3),
    "MatMulIntegerToFloat": (2, 3, 4, 5),
    "DynamicQuantizeLSTM": (8, 9, 10, 11),
}
#: Which are learned though they are whole numbers.
WHOLE_BUT_LEARNED = {"DequantizeLinear": (0,), "QLinearConv": (8,)}
#: Ops by the one that they are on other numbers, and the places of what that one reads.
SAME = {
    "QLinearAdd": ("Add", (0, 3)),
    "QLinearMul": ("Mul", (0, 3)),
    "QLinearSigmoid": ("Sigmoid", (0,)),
    "QLinearLeakyRelu": ("LeakyRelu", (0,)),
    "QLinearSoftmax": ("Softmax", (0,)),
    "QLinearAveragePool": ("AveragePool", (0,)),
    "QLinearGlobalAveragePool": ("GlobalAveragePool", (0,)),
}


@translates("DynamicQuantizeLinear")
def quantised(node: Node) -> Translated:
    return "quantised", {"input": node.at(0)}


@translates("MatMulInteger", "QLinearMatMul")
def quantised_product(node: Node) -> Translated:
    return "matmul", {
        "input": node.at(0),
        "other": node.at(1 if node.op == "MatMulInteger" else 3),
    }


@translates(*SAME)
def same(node: Node) -> Translated:
    op, places = SAME[node.op]
    return node.as_op(op, places)


@translates("QLinearConcat")
def concat(node: Node) -> Translated:
    return node.as_op("Concat", range(2, len(node.inputs), 3))


@translates("DynamicQuantizeMatMul", "MatMulIntegerToFloat")
def product(node: Node) -> Translated:
    bias = node.at(4 if node.op == "DynamicQuantizeMatMul" else 6)
    if bias is None:
        return "matmul", {"input": node.at(0), "other": node.at(1)}
    given = {"input": node.at(0), "weight": node.at(1), "bias": bias, "turned": True}
    return "linear", given
