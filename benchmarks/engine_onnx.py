"""The page's networks as ONNX models, for ``engine.py`` (``pip install onnx``)."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np


def write_onnx(folder: Path, network: dict) -> None:
    """The same nodes as an ONNX model, batch norm folded as in the page."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    nodes, raw = network["nodes"], base64.b64decode(network["weights"])
    eight = network["form"] == "i1"
    sizes = [
        node["out"] * (1 if node["op"] == "depthwise" else node["in"]) * node.get("size", 1) ** 2
        if "at" in node else 0
        for node in nodes
    ]  # fmt: skip
    weights = np.frombuffer(raw, "i1" if eight else "<f2", count=sum(sizes)).astype(np.float32)
    at = -(-sum(sizes) // 4) * 4
    made, parts = [], [numpy_helper.from_array(np.float32(v), n) for n, v in (("0", 0), ("6", 6))]
    names = ["x"]
    for i, node in enumerate(nodes[1:], 1):
        source = names[node["from"][0] if isinstance(node["from"], list) else node["from"]]
        name = "y" if i == len(nodes) - 1 else f"n{i}"
        if "at" in node:
            if eight:
                pair = np.frombuffer(raw, "<f4", count=2 * node["out"], offset=at)
                at += 8 * node["out"]
                scale, bias = np.split(pair, 2)
            else:
                scale = np.float32(node.get("scale", [1.0] * node["out"]))
                bias = np.float32(node["bias"])
            kernel = weights[node["at"] : node["at"] + sizes[i]].reshape(node["out"], -1)
            kernel = kernel * scale[:, None]
        if node["op"] in ("conv", "depthwise"):
            own = node["op"] == "depthwise"
            shape = (node["out"], 1 if own else node["in"], node["size"], node["size"])
            begin, end = node["pad"], node.get("padEnd", node["pad"])
            settings = {
                "pads": [begin, begin, end, end], "strides": [node.get("stride", 1)] * 2,
                "kernel_shape": [node["size"]] * 2, "group": node["out"] if own else 1,
            }  # fmt: skip
            parts += [
                numpy_helper.from_array(np.ascontiguousarray(kernel.reshape(shape)), f"k{i}"),
                numpy_helper.from_array(np.ascontiguousarray(bias), f"b{i}"),
            ]
            result = f"c{i}" if node.get("relu") else name
            made.append(helper.make_node("Conv", [source, f"k{i}", f"b{i}"], [result], **settings))
        elif node["op"] == "add":
            result = f"s{i}" if node.get("relu") else name
            made.append(helper.make_node("Add", [names[j] for j in node["from"]], [result]))
        elif node["op"] == "pool":
            shape = [node["size"]] * 2
            made.append(
                helper.make_node("MaxPool", [source], [name], kernel_shape=shape, strides=shape)
            )
        elif node["op"] == "mean":
            made.append(helper.make_node("GlobalAveragePool", [source], [f"m{i}"]))
            made.append(helper.make_node("Flatten", [f"m{i}"], [name]))
        else:
            parts += [
                numpy_helper.from_array(np.ascontiguousarray(kernel.T), f"k{i}"),
                numpy_helper.from_array(np.ascontiguousarray(bias), f"b{i}"),
            ]
            made.append(helper.make_node("Gemm", [source, f"k{i}", f"b{i}"], [name]))
        if node.get("relu") and node["op"] != "dense":
            limits = ["0", "6"] if node.get("ceiling") else ["0"]
            made.append(helper.make_node("Clip", [result, *limits], [name]))
        names.append(name)
    shape = [1, 3, nodes[0]["height"], nodes[0]["width"]]
    graph = helper.make_graph(
        made,
        "network",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, nodes[-1]["out"]])],
        parts,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, folder / f"{network['name']}.onnx")
