"""Builds the page's engine: ``net.c`` and ``train.c`` to WebAssembly, plain and relaxed SIMD.

``python -m convbook.widgets.engine.build`` (or ``make wasm``) writes the four files beside this
one. They are committed, so only who changes the C needs the compiler: ``pip install ziglang``, at
the version that ``pyproject.toml`` pins, because another one writes other bytes. ``zig cc`` is
used, and not clang, because clang hands its output to whatever ``wasm-opt`` it finds.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
RELAXED = ("-mrelaxed-simd", "-DRELAXED")
#: What each file is made of, and compiled with beside ``FLAGS``.
BINARIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "net.wasm": ("net.c", ()),
    "net-relaxed.wasm": ("net.c", RELAXED),
    "train.wasm": ("train.c", ()),
    "train-relaxed.wasm": ("train.c", RELAXED),
}
FLAGS = (
    "--target=wasm32-freestanding", "-Os", "-ffreestanding", "-fno-builtin", "-ffp-contract=off",
    "-msimd128", "-nostdlib", "-Wl,--no-entry,--strip-all,-z,stack-size=16384",
)  # fmt: skip


def build(folder: Path = HERE) -> None:
    """Write the four modules into ``folder``; raises ``RuntimeError`` with the compiler's words."""
    for name, (source, own) in BINARIES.items():
        command = [sys.executable, "-m", "ziglang", "cc", *FLAGS, *own]
        command += [str(HERE / source), "-o", str(folder / name)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{name} could not be built: {done.stderr.strip()}")


if __name__ == "__main__":
    build()
    for name in BINARIES:
        print(f"{name}: {(HERE / name).stat().st_size:,} bytes")
