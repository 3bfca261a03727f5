"""ONNX's ops that take parts of tensors, and those on sequences, which are lists of tensors."""

from __future__ import annotations

from archdb.sources.onnx_nodes import Node, Translated, translates


@translates("SequenceEmpty", "SequenceConstruct")
def made(node: Node) -> Translated:
    return "list", {"tensors": node.inputs}


@translates("SequenceInsert")
def inserted(node: Node) -> Translated:
    return "list_insert", {"input": node.at(0), "tensor": node.at(1), "at": node.at(2)}


@translates("SequenceErase")
def erased(node: Node) -> Translated:
    return "list_erase", {"input": node.at(0), "at": node.at(1)}


@translates("SequenceAt")
def at(node: Node) -> Translated:
    return "list_at", {"input": node.at(0), "at": node.at(1)}


@translates("SequenceLength")
def length(node: Node) -> Translated:
    return "list_length", {"input": node.at(0)}


@translates("SplitToSequence")
def split_to_list(node: Node) -> Translated:
    kept = node.given("keepdims", 1) and node.at(1) is None
    sizes = 1 if kept else node.at(1)
    return "list_split", {"input": node.at(0), "split_size": sizes, "dim": node.given("axis", 0)}


@translates("ReverseSequence")
def reversed_(node: Node) -> Translated:
    given = {"input": node.at(0), "lengths": node.at(1), "dim": node.given("time_axis", 0)}
    return "reverse_sequence", given


@translates("ConcatFromSequence")
def joined(node: Node) -> Translated:
    stack = bool(node.given("new_axis", 0))
    return "list_joined", {"input": node.at(0), "dim": node.given("axis", 0), "stack": stack}


@translates("Gather", "GatherElements")
def gathered(node: Node) -> Translated:
    kind = "gather" if node.op == "Gather" else "gather_elements"
    return kind, {"input": node.at(0), "index": node.at(1), "dim": node.given("axis", 0)}


@translates("Slice")
def sliced(node: Node) -> Translated:
    return "slice_many", {
        "input": node.at(0),
        "starts": node.either(1, "starts"),
        "ends": node.either(2, "ends"),
        "dims": node.either(3, "axes"),
        "steps": node.at(4),
    }


@translates("Split")
def split(node: Node) -> Translated:
    axis, sizes = node.given("axis", 0), node.either(1, "split")
    if sizes is not None:
        return "split", {"input": node.at(0), "split_size": sizes, "dim": axis}
    parts = node.given("num_outputs", len(node.outputs))
    return "chunk", {"input": node.at(0), "chunks": parts, "dim": axis}
