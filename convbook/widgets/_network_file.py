"""The file from which a page runs a network: what it says of itself, and weights."""

from __future__ import annotations

import json
from typing import Any


def network_file(head: dict[str, Any], weights: bytes) -> bytes:
    """The length of ``head`` as JSON in 4 bytes, that JSON, zeros up to a multiple of 4, weights.

    ``head`` holds ``nodes`` (``shared/nodes.js``), ``labels``, ``pictures``, and as ``form`` "f2"
    or "f4"; without a form the weights are those of ``_imagenet_network.imagenet_network``.
    ``shared/network_file.js`` reads it.
    """
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    return len(text).to_bytes(4, "little") + text + b"\0" * (-len(text) % 4) + weights
