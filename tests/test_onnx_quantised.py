"""Quantised ONNX files: the layers and parameters of the file that they were made of."""

from pathlib import Path

import pytest
from onnx_writer import data, graph, model, node, number, value_info

from archdb.analysis.layer_table import params
from archdb.analysis.profile import derive
from archdb.sources.base import from_onnx

INT8, INT32 = 3, 6
#: A convolution of 8 filters of 3 x 3 on 3 channels, its biases, and a sum with itself.
PARAMETERS, MACS = 8 * 27 + 8, 8 * 27 * 8 * 8


def numbers(name: str, kind: int, *shape: int) -> bytes:
    """Numbers of a type that are not in the file."""
    told = b"".join(number(1, n) for n in shape)
    return told + number(2, kind) + data(8, name) + number(14, 1)


SCALES = [numbers(f"{name}s", 1, *shape) for name, shape in (("x", ()), ("w", (8,)), ("b", (8,)))]
ZEROS = [numbers(f"{name}z", INT8, *shape) for name, shape in (("x", ()), ("w", (8,)))]
WEIGHT, BIAS = numbers("w", INT8, 8, 3, 3, 3), numbers("b", INT32, 8)

FORMS = {
    "QDQ": [
        node("QuantizeLinear", ["x", "xs", "xz"], "q"),
        node("DequantizeLinear", ["q", "xs", "xz"], "xd"),
        node("DequantizeLinear", ["w", "ws", "wz"], "wd", axis=0),
        node("DequantizeLinear", ["b", "bs"], "bd", axis=0),
        node("Conv", ["xd", "wd", "bd"], "c", pads=[1, 1, 1, 1]),
        node("Add", ["c", "c"], "y"),
    ],
    "QOperator": [
        node("QuantizeLinear", ["x", "xs", "xz"], "q"),
        node("QLinearConv", ["q", "xs", "xz", "w", "ws", "wz", "xs", "xz", "b"], "c", pads=[1] * 4),
        node(
            "QLinearAdd",
            ["c", "xs", "xz", "c", "xs", "xz", "xs", "xz"],
            "a",
            domain="com.microsoft",
        ),
        node("DequantizeLinear", ["a", "xs", "xz"], "y"),
    ],
}


@pytest.mark.parametrize("form", FORMS)
def test_whole_numbers_for_others_are_layers_of_as_many_parameters(
    tmp_path: Path, form: str
) -> None:
    path = tmp_path / "q.onnx"
    stored = [*SCALES[: 3 if form == "QDQ" else 2], *ZEROS, WEIGHT, BIAS]
    inputs, outputs = [value_info("x", ["n", 3, 8, 8])], [value_info("y", None)]
    path.write_bytes(model(graph(FORMS[form], stored, inputs, outputs)))
    made = from_onnx(path)
    found = derive(made.network)
    assert made.report.verdict == "exact"
    assert [layer.op.name for layer in made.network] == ["input", "conv2d", "add"]
    assert (params(found.totals), found.totals["macs"]) == (PARAMETERS, MACS)
    (said,) = (
        line for line in made.report.lines if (line.subject, line.item) == ("parameters", "all")
    )
    assert said.stated == PARAMETERS, "scales and zeros are none"
    assert "quantised" in str(made.report.printed())


def test_a_product_that_chooses_its_scale_may_have_a_bias(tmp_path: Path) -> None:
    path = tmp_path / "q.onnx"
    own = node("DynamicQuantizeMatMul", ["x", "w", "ws", "wz", "b"], "y", domain="com.microsoft")
    stored = [numbers("w", INT8, 12, 5), numbers("b", 1, 5)]
    stored += [numbers("ws", 1, 5), numbers("wz", INT8, 5)]
    inputs, outputs = [value_info("x", ["n", 12])], [value_info("y", None)]
    path.write_bytes(model(graph([own], stored, inputs, outputs)))
    found = derive(from_onnx(path).network)
    assert (params(found.totals), found.totals["macs"]) == (60 + 5, 60)
