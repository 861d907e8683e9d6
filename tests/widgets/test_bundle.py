"""Joining front-end modules: what is taken in, and what is refused before it can break a page."""

import re

import pytest

from convbook.widgets import _bundle


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder in place of the widgets' own."""
    monkeypatch.setattr(_bundle, "FOLDER", tmp_path)
    _bundle.bundle.cache_clear()
    yield tmp_path
    _bundle.bundle.cache_clear()


def write(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")


def test_imports_are_taken_in_once_and_in_order(folder):
    write(
        folder,
        base="export const one = 1;\n",
        left='import { one } from "./base.js";\nexport const two = one + 1;\n',
        right='import { one } from "./base.js";\nexport function three() { return one + 2; }\n',
        entry='import { two } from "./left.js";\nimport { three } from "./right.js";\n'
        "export default { two, three };\n",
    )
    joined = _bundle.bundle("entry.js")
    assert joined.count("const one") == 1
    assert joined.index("const one") < joined.index("const two") < joined.index("export default")
    assert not re.search(r"^import", joined, re.MULTILINE)


def test_comments_on_their_own_lines_are_left_behind(folder):
    write(folder, entry="// a remark\n/** more\n * of it */\nexport default 1; // stays\n")
    assert _bundle.bundle("entry.js") == "export default 1; // stays\n"


def test_types_are_left_behind_and_the_code_after_them_stays(folder):
    write(
        folder,
        entry="const f = (x) =>\n  /** @type {string} */ (x);\n/** more */\nexport default f;\n",
    )
    assert _bundle.bundle("entry.js") == "const f = (x) =>\n  (x);\nexport default f;\n"


def test_a_table_and_a_picture_come_along(folder):
    (folder / "t.json").write_text('{"a": [1, 2]}', encoding="utf-8")
    (folder / "p.png").write_bytes(b"\x89PNG")
    write(
        folder,
        entry='import t from "./t.json";\nimport p from "./p.png";\nexport default [t, p];\n',
    )
    joined = _bundle.bundle("entry.js")
    assert 'const t = {"a":[1,2]};' in joined
    assert 'const p = "data:image/png;base64,iVBORw==";' in joined


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"entry": 'import { a } from "./b.js";\n', "b": "const a = 1;\n"}, "does not export"),
        (
            {
                "entry": 'import { a } from "./b.js";\nconst x = a;\n',
                "b": "const x = 1;\nexport const a = x;\n",
            },
            "x stands at the top level of both b.js and entry.js",
        ),
        (
            {"entry": 'import { a } from "./b.js";\n', "b": 'import { c } from "./entry.js";\n'},
            "itself",
        ),
        ({"entry": 'import * as b from "./b.js";\n', "b": "\n"}, "cannot join"),
        ({"entry": "const a = 1;\nexport { a };\n"}, "cannot join"),
        ({"entry": 'import { a } from "./gone.js";\n'}, "no file"),
    ],
)
def test_what_cannot_be_joined_is_said(folder, files, message):
    write(folder, **files)
    with pytest.raises(ValueError, match=message):
        _bundle.bundle("entry.js")
