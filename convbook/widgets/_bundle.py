"""Joins a widget's front end into the one file that a page, or JupyterLab, can load by itself.

A published page opened from disk may import nothing, so each widget is delivered as one ES module.
The sources stay real modules. ``import { a, b } from "./shared/x.js";`` takes in another file,
``import url from "./shared/x.webp";`` a picture, as a data URL, and ``import table from
"./shared/x.json";`` a table that Python reads too, ``import url from "./engine/net.wasm";`` a
WebAssembly module as a data URL, and ``import text from "./shared/x.js?source";`` the whole bundle
of another module as a text, without its exports: a worker runs it from a ``blob:`` address.
Everything else lands in one scope, which is why a name may stand at the top level of one module
only.

Why not esbuild when the wheel is made: the same sources must also work without a wheel, in a clone
where a reader edits a widget and reloads the page, and nobody there has Node. The front ends have
no dependency to resolve. Minified, they would be 9 to 21 % smaller after compression (3 to 4 kB a
widget, where a page may take 100): that does not pay for a second way to make the same file, which
could differ from the one that was tested. Types, style and unit tests of the sources do use Node's
tools; they are for whoever changes them.
"""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent

_IMPORT = re.compile(
    r"^import\s+(?:\{(?P<names>[^}]*)\}|(?P<whole>\w+))\s+from\s+\"(?P<path>[^\"]+)\";[ \t]*\n",
    re.MULTILINE,
)
_EXPORT = re.compile(r"^export\s+(?=(?:async\s+)?(?:const|let|function|class)\b)", re.MULTILINE)
_EXPORTED = re.compile(
    r"^export\s+(?:async\s+)?(?:const|let|function\*?|class)\s+(\w+)", re.MULTILINE
)
_TOP_LEVEL = re.compile(
    r"^(?:export\s+)?(?:async\s+)?(?:const|let|var|function\*?|class)\s+(\w+)", re.MULTILINE
)
_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*(?:(?!\*/)[\s\S])*\*/[ \t]*)\n", re.MULTILINE)
#: Types stand in the sources for whoever changes them; a page has no use for them.
_TYPE = re.compile(r"/\*\* @type \{[^\n]*?\} \*/ ?")
_MEDIA = {
    ".webp": "image/webp", ".png": "image/png", ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}  # fmt: skip
_SOURCE = "?source"


@cache
def bundle(entry: str) -> str:
    """One self-contained ES module: ``entry`` (a file beside this one) with its imports inside.

    Raises ``ValueError`` for an import or export that this joiner does not read, for a name that
    its module does not export, and for a name that two modules define at their top level.
    """
    parts: list[str] = []
    owner: dict[str, str] = {}
    for path in _joined(entry):
        if path.suffix == ".js":
            text = path.read_text(encoding="utf-8")
            _claim_names(path, text, owner)
            parts.append(_without_modules(path, text))
    return "\n".join(parts)


@cache
def style(*names: str) -> str:
    """The shared style sheet, followed by each named file beside this one; without comments, and
    without the space that only people need: 300 bytes of each widget, compressed."""
    paths = [FOLDER / "shared" / "base.css", *(FOLDER / name for name in names)]
    text = "\n".join(_COMMENT.sub("", path.read_text(encoding="utf-8")) for path in paths)
    text = re.sub(r" ?([{};,]) ?", r"\1", re.sub(r"\s+", " ", text))
    return text.replace(": ", ":").replace(";}", "}")


def sources(entry: str) -> list[Path]:
    """Every file that ``entry`` is made of, each once, what is imported before what imports it."""
    found: list[Path] = []
    for path in _joined(entry):
        for text in _embedded(path):
            found += [inner for inner in sources(text) if inner not in found]
        if path not in found:
            found.append(path)
    return found


def _joined(entry: str) -> list[Path]:
    """The files that end in one scope with ``entry``."""
    found: list[Path] = []
    _collect((FOLDER / entry).resolve(), found, ())
    return found


def module_text(entry: str) -> str:
    """The bundle of a module, with what the module itself exports."""
    names = _EXPORTED.findall((FOLDER / entry).read_text(encoding="utf-8"))
    return f"{bundle(entry)}\nexport {{ {', '.join(names)} }};\n"


def _embedded(path: Path) -> list[str]:
    """The modules that ``path`` takes in as texts, as names below the folder of the widgets."""
    if path.suffix != ".js":
        return []
    paths = [match["path"] for match in _IMPORT.finditer(path.read_text(encoding="utf-8"))]
    return [_module(path, name) for name in paths if name.endswith(_SOURCE)]


def _module(importer: Path, name: str) -> str:
    return str((importer.parent / name.removesuffix(_SOURCE)).resolve().relative_to(FOLDER))


def _collect(path: Path, found: list[Path], importing: tuple[Path, ...]) -> None:
    if path in importing:
        raise ValueError(f"{path.name} imports itself, through {importing[-1].name}")
    if not path.is_file():
        raise ValueError(f"{importing[-1].name if importing else 'a widget'} needs {path}: no file")
    if path in found:
        return
    if path.suffix == ".js":
        for match in _IMPORT.finditer(path.read_text(encoding="utf-8")):
            if match["path"].endswith(_SOURCE):
                continue
            _collect((path.parent / match["path"]).resolve(), found, (*importing, path))
    found.append(path)


def _claim_names(path: Path, text: str, owner: dict[str, str]) -> None:
    names = _TOP_LEVEL.findall(text) + [m["whole"] for m in _IMPORT.finditer(text) if m["whole"]]
    for name in names:
        if owner.setdefault(name, path.name) != path.name:
            raise ValueError(
                f"{name} stands at the top level of both {owner[name]} and {path.name}; "
                f"rename one, since both end in one file"
            )


def _without_modules(path: Path, text: str) -> str:
    text = _IMPORT.sub(lambda match: _inlined(path, match), text)
    text = _COMMENT.sub("", _TYPE.sub("", _EXPORT.sub("", text)))
    stray = re.search(r"^(?:import\b.*|export\s+(?!default\b).*)", text, re.MULTILINE)
    if stray:
        raise ValueError(
            f"{path.name}: cannot join {stray[0]!r}; write "
            'import { a, b } from "./x.js"; or export before const, let, function or class'
        )
    return text


def _inlined(importer: Path, match: re.Match) -> str:
    if match["path"].endswith(_SOURCE):
        text = json.dumps(bundle(_module(importer, match["path"])), ensure_ascii=False)
        return f"const {match['whole']} = {text};\n"
    path = (importer.parent / match["path"]).resolve()
    if path.suffix == ".json":
        table = json.loads(path.read_text("utf-8"))
        text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
        return f"const {match['whole']} = {text};\n"
    if match["whole"]:
        data = base64.b64encode(path.read_bytes()).decode()
        return f'const {match["whole"]} = "data:{_MEDIA[path.suffix]};base64,{data}";\n'
    exported = _EXPORTED.findall(path.read_text(encoding="utf-8"))
    for name in filter(None, (name.strip() for name in match["names"].split(","))):
        if name not in exported:
            raise ValueError(f"{importer.name} imports {name!r}, which {path.name} does not export")
    return ""
