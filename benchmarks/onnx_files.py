"""ONNX files that packages ship, held to the tensors in them and to one run of each.

    python benchmarks/onnx_files.py FOLDER_OR_FILE_OR_WHEEL…

Of each: the parameters that archdb places beside the elements of its initialisers, and
multiply-accumulates beside a count from the shapes that onnxruntime finds when it runs the file
with nothing optimised. A file that differs or fails ends the run with status 1. Needs onnx and
onnxruntime, and archdb installed beside them.
"""

from __future__ import annotations

import argparse
import json
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy
import onnx
import onnxruntime

from archdb.analysis.profile import derive
from archdb.errors import ArchdbError
from archdb.sources.base import from_onnx
from archdb.sources.report import EXACT, OPEN

DIFFERS, FAILED = "differs", "failed"
#: Extents that files leave open, by the name of the file, as --input takes them; the number of an
#: input that is one number stands behind its name as well.
SIZES = {
    "*silero_vad_16k_sequence*": "",
    "*silero_vad_v6*": "",
    "*silero_vad*openvino*": "",
    "*__silero_vad.onnx": "input=512,state=2x1x128,sr=16000",
    "*ifless*": "input=512,sr=16000",
    "*silero_vad*": "input=512",
    "*onnx_asr*": "N=16000",
    "*piper*__model*": "seq=50",
    "*nakdimon*": "unk__1916=80",
    "*swift_f0*": "samples=16000",
    "*_rec_*": "3x48x320",
    "*_det_*": "3x320x320",
    "*_cls_*": "3x48x192",
    "*320n*": "3x320x320",
    "*captcha_crnn*": "",
    "*common_det*": "3x416x416",
    "*common*": "1x64x200",
}
#: Initialisers of these types are numbers that say what a node does.
WHOLE = {onnx.TensorProto.INT64, onnx.TensorProto.INT32, onnx.TensorProto.BOOL}
WHOLE |= {onnx.TensorProto.UINT64, onnx.TensorProto.STRING}
#: Inputs that are statistics, or numbers that say what a node does, by op.
NO_PARAMETERS = {
    "BatchNormalization": (3, 4),
    "Resize": (1, 2),
    "Upsample": (1,),
    "QuantizeLinear": (1, 2),
    "DequantizeLinear": (1, 2),
    "ConvInteger": (2, 3),
    "MatMulInteger": (2, 3),
    "QLinearConv": (1, 2, 4, 5, 6, 7),
    "QLinearMatMul": (1, 2, 4, 5, 6, 7),
    "DynamicQuantizeLSTM": (8, 9, 10, 11),
}
#: Whole numbers that are learned, by op.
LEARNED = {"DequantizeLinear": (0,), "QLinearConv": (8,)}
PRODUCTS = ("MatMul", "Gemm")
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


def size_of(path: Path) -> str | None:
    """What is said of the extents that a file leaves open."""
    return next((size for name, size in SIZES.items() if fnmatchcase(path.name, name)), "") or None


def graphs(graph: Any) -> Iterator[Any]:
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                yield from graphs(inner) if inner.node else ()


def parameters(model: Any) -> int:
    """Elements of the initialisers and constants that are learned."""
    others, learned = (
        {
            node.input[at]
            for graph in graphs(model.graph)
            for node in graph.node
            for at in places.get(node.op_type, ())
            if at < len(node.input)
        }
        for places in (NO_PARAMETERS, LEARNED)
    )
    found = 0
    for graph in graphs(model.graph):
        tensors = {tensor.name: tensor for tensor in graph.initializer}
        for node in graph.node:
            for one in node.attribute if node.op_type == "Constant" else ():
                tensors[node.output[0]] = one.t
        for name, tensor in tensors.items():
            count = prod(tensor.dims)
            if name not in others and (tensor.data_type not in WHOLE or name in learned):
                found += count if count > 1 or (len(tensor.dims) > 1 and name not in learned) else 0
    return found


def fed(model: Any, given: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    """Numbers for each input, of one sample."""
    stored = {tensor.name for tensor in model.graph.initializer}
    chance = numpy.random.default_rng(0)
    found = {}
    for entry in model.graph.input:
        if entry.name in stored:
            continue
        kind = entry.type.tensor_type
        dtype = onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type)
        words = [dim.dim_value or dim.dim_param for dim in kind.shape.dim]
        if not words:
            found[entry.name] = numpy.array(given.get(entry.name, (1,))[0], dtype)
            continue
        size = given.get(entry.name) or given.get("", ())
        shape = [given.get(word, word) if isinstance(word, str) else word for word in words]
        shape = [n[0] if isinstance(n, tuple) else n for n in shape]
        if size and any(isinstance(n, str) for n in shape[1:]):
            shape = [1, *size] if len(size) < len(shape) else list(size)
        shape = [1 if isinstance(n, str) else n for n in shape]
        whole = numpy.issubdtype(dtype, numpy.integer)
        values = numpy.ones(shape) if whole else chance.random(shape)
        found[entry.name] = values.astype(dtype)
    return found


def branched(model: Any, feed: dict[str, Any]) -> Any:
    """The model with each If as the branch that is taken."""
    graph = model.graph
    while at := next((i for i, n in enumerate(graph.node, 1) if n.op_type == "If"), None):
        call = graph.node[at - 1]
        own = onnx.ModelProto.FromString(model.SerializeToString())
        (taken,) = run(own, [call.input[0]], feed)
        name = "then_branch" if taken.item() else "else_branch"
        branch = next(a.g for a in call.attribute if a.name == name)
        ends = zip(branch.output, call.output, strict=True)
        copies = [onnx.helper.make_node("Identity", [e.name], [out]) for e, out in ends]
        nodes = [*graph.node[: at - 1], *branch.node, *copies, *graph.node[at:]]
        stored = list(branch.initializer)
        del graph.node[:]
        graph.node.extend(nodes)
        graph.initializer.extend(stored)
    return model


def looped(model: Any) -> list[tuple[str, str]]:
    """What products within loops read and give, as outputs of the loops: names by product."""
    found = []
    for loop in [node for node in model.graph.node if node.op_type == "Loop"]:
        body = next(a.g for a in loop.attribute if a.name == "body")
        for node in [one for one in body.node if one.op_type in PRODUCTS]:
            names = [f"{loop.output[0]}/{node.output[0]}/{end}" for end in ("read", "given")]
            for name, end in zip(names, (node.input[0], node.output[0]), strict=True):
                body.node.append(onnx.helper.make_node("Identity", [end], [name]))
                body.output.append(onnx.ValueInfoProto(name=name))
                loop.output.append(name)
            found.append((names[0], names[1]))
    return found


def run(model: Any, names: list[str], feed: dict[str, Any]) -> list[Any]:
    """What tensors of a graph come to, with nothing optimised."""
    own = {entry.name for entry in model.graph.output}
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in own)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    found: list[Any] = session.run(names, feed)
    return found


def shapes(model: Any, feed: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor of a graph, by running it."""
    known = {name: value.shape for name, value in feed.items()}
    known |= {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    names = [name for node in model.graph.node for name in node.output if name]
    values = run(model, names, feed)
    return known | {n: v.shape for n, v in zip(names, values, strict=True) if hasattr(v, "shape")}


def macs(model: Any, sizes: dict[str, tuple[int, ...]], inputs: set[str]) -> int:
    """Multiply-accumulates of what depends on an input."""
    alive, found = set(inputs), 0
    for node in model.graph.node:
        if alive.isdisjoint(node.input):
            continue
        alive.update(node.output)
        found += _macs(node, [sizes.get(name, ()) for name in node.input], sizes)
    return found


def _macs(node: Any, read: list[tuple[int, ...]], sizes: dict[str, tuple[int, ...]]) -> int:
    given = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    out, op = prod(sizes.get(node.output[0], ())), node.op_type
    if op in ("Conv", "ConvInteger"):
        return out * prod(read[1][1:])
    if op == "QLinearConv":
        return out * prod(read[3][1:])
    if op == "ConvTranspose":
        return prod(read[0]) * prod(read[1][1:])
    if op == "Gemm":
        return out * read[0][0 if given.get("transA") else 1]
    if op in ("MatMul", "MatMulInteger", "FusedMatMul", "QLinearMatMul"):
        return out * read[0][-1]
    if op == "Einsum":
        terms = given["equation"].decode().partition("->")[0].split(",")
        letters: dict[str, int] = {}
        for term, shape in zip(terms, read, strict=True):
            letters |= dict(zip(term.strip(), shape, strict=True))
        return prod(letters.values())
    op = op.removeprefix("DynamicQuantize")
    if op in GATES:
        steps = prod(read[0][:2]) * read[1][0]
        return int(steps * GATES[op] * given["hidden_size"] * (read[0][2] + given["hidden_size"]))
    return 0


def weigh(path: Path) -> tuple[str, str]:
    """How a file comes out, and what is said of it."""
    size = size_of(path)
    try:
        found = from_onnx(path, input=size)
    except ArchdbError as error:
        return FAILED, " ".join(str(error).split())
    report, totals = found.report, derive(found.network).totals
    model = onnx.load(path, load_external_data=False)
    own, told = parameters(model), []
    placed = next(
        line for line in report.lines if (line.subject, line.item) == ("parameters", "all")
    )
    if placed.stated != own:
        told.append(f"{own:,} elements of initialisers, {placed.stated:,} read")
    if report.verdict == OPEN:
        first = [str(one.note) for one in report.lines if one.subject == "unknown"]
        causes = [words for words in first if "follows an op" not in words]
        return (DIFFERS if told else OPEN), "; ".join([*told, *causes[:4]])
    if report.verdict != EXACT:
        told += [str(report.lines[-1])]
    try:
        given = _given(size)
        feed = fed(model, given)
        model = branched(model, feed)
        within = looped(model)
        sizes = shapes(model, feed)
        counted = macs(model, sizes, set(feed))
        counted += sum(prod(sizes[given]) * sizes[read][-1] for read, given in within)
    except Exception as error:  # whatever the runtime raises is the answer
        return (DIFFERS if told else EXACT), f"not run: {error}".splitlines()[0][:200]
    if counted != totals["macs"]:
        told.append(f"{counted:,} MACs counted, {totals['macs']:,} derived")
    return (DIFFERS if told else EXACT), "; ".join(told) or f"{own:,} params, {counted:,} MACs"


def _given(size: str | None) -> dict[str, tuple[int, ...]]:
    found = {}
    for word in (size or "").split(","):
        name, _, extents = word.rpartition("=")
        if extents:
            found[name] = tuple(int(n) for n in extents.split("x"))
    return found


def files(words: list[str], place: Path) -> Iterator[Path]:
    """The ONNX files of folders and wheels; those of wheels laid into `place`."""
    for word in map(Path, words):
        if word.is_dir():
            yield from sorted(word.rglob("*.onnx"))
        elif word.suffix == ".whl":
            with zipfile.ZipFile(word) as wheel:
                for name in wheel.namelist():
                    if name.endswith(".onnx"):
                        target = place / f"{word.name.partition('-')[0]}__{Path(name).name}"
                        target.write_bytes(wheel.read(name))
                        yield target
        else:
            yield word


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", nargs="+", help="files, folders, wheels")
    parser.add_argument("--json", action="store_true", help="one line of JSON a file")
    given = parser.parse_args()
    ends: Counter[str] = Counter()
    with TemporaryDirectory() as place:
        for path in files(given.path, Path(place)):
            begun = time.process_time()
            end, told = weigh(path)
            ends[end] += 1
            if given.json:
                print(json.dumps({"file": path.name, "end": end, "told": told}), flush=True)
            else:
                took = time.process_time() - begun
                print(f"{end:8} {path.name}: {told} ({took:.1f} s)", flush=True)
    print(dict(ends))
    raise SystemExit(1 if ends[DIFFERS] or ends[FAILED] else 0)


if __name__ == "__main__":
    main()
