"""What lets others run the book elsewhere names only what is there."""

import ast
import os
import re
from types import SimpleNamespace

import nbformat
import pytest
import yaml
from docutils import nodes
from IPython.core.inputtransformer2 import TransformerManager

from convbook.publishing.launch import MARK, drop_dead_buttons, drop_what_needs_buttons, prepare

CONFIG = 'repository:\n  url: "https://example.org/you/copy"\n  branch: launch\n'


@pytest.fixture
def copy(tmp_path, root):
    """A repository with two of the book's notebooks."""
    (tmp_path / "_config.yml").write_text(CONFIG)
    for name in ("notebooks/00-start.ipynb", "notebooks/06-derivations.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text((root / name).read_text("utf-8"))
    return tmp_path


def test_a_launched_notebook_begins_by_installing_the_book_on_colab_only(copy):
    (changed,) = prepare(copy)
    assert changed.name == "06-derivations.ipynb", "the other has no code"
    first = nbformat.read(changed, as_version=4).cells[0]
    code = ast.parse(TransformerManager().transform_cell(first.source))
    (choice,) = [node for node in code.body if isinstance(node, ast.If)]
    assert "google.colab" in ast.unparse(choice.test)
    assert "git+https://example.org/you/copy@launch" in ast.unparse(choice.body[0])
    nbformat.validate(nbformat.read(changed, as_version=4))


def test_a_notebook_is_prepared_once(copy):
    prepare(copy)
    assert prepare(copy) == []


def test_without_a_repository_nothing_is_prepared(copy):
    (copy / "_config.yml").write_text(CONFIG.replace("https://example.org/you/copy", ""))
    with pytest.raises(ValueError, match="names no repository"):
        prepare(copy)


def test_launch_buttons_wait_for_the_repositorys_address(root):
    config = yaml.safe_load((root / "_config.yml").read_text())
    buttons = config["launch_buttons"]
    assert config["repository"]["branch"] == "launch"
    assert buttons.keys() >= {"binderhub_url", "colab_url"}
    for address, left in (("", {}), ("https://example.org/you/copy", buttons)):
        options = {"repository_url": address, "launch_buttons": buttons}
        drop_dead_buttons(None, SimpleNamespace(html_theme_options=options))
        assert options["launch_buttons"] == left


@pytest.mark.parametrize("address", ["", "https://example.org/you/copy"])
def test_what_speaks_of_the_buttons_stands_only_where_they_are(address):
    def marked(text):
        return nodes.paragraph("", "", nodes.Text(text), nodes.raw("", MARK, format="html"))

    lists = nodes.bullet_list("", *(nodes.list_item("", one) for one in (marked("a"), marked("b"))))
    kept = nodes.paragraph("", "kept")
    lists += nodes.list_item("", kept)
    page = nodes.section("", marked("A rocket."), lists)
    options = {"repository_url": address, "launch_buttons": {"colab_url": "https://colab"}}
    config = SimpleNamespace(html_theme_options=options)
    drop_dead_buttons(None, config)
    drop_what_needs_buttons(SimpleNamespace(config=config), page, "page")
    assert len(page) == (2 if address else 1)
    assert len(lists) == (3 if address else 1)
    assert kept.parent.parent is lists


def test_the_images_files_are_there(root):
    dockerfile = (root / "Dockerfile").read_text()
    named = re.findall(r"(?:-[rc]|cp) ([\w./-]+)", dockerfile)
    assert {"requirements.txt", "requirements.lock", "book/lab-overrides.json"} <= set(named)
    for name in named:
        assert (root / name).is_file(), name
    ignored = (root / ".dockerignore").read_text().split()
    assert {"solutions", "autograder/*", "questions", "tests"} <= set(ignored), (
        "not for a student's container"
    )
    assert not {"requirements.txt", "requirements.lock", "convbook", "exercises"} & set(ignored)


def test_binder_installs_what_the_book_needs(root):
    binder = root / "binder"
    for line in (binder / "requirements.txt").read_text().split():
        assert line == "-r" or (binder / line).resolve().is_file()
    assert os.access(binder / "postBuild", os.X_OK)
    for name in re.findall(r"cp ([\w./-]+)", (binder / "postBuild").read_text()):
        assert (root / name).is_file(), name
