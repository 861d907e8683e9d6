"""The practice bank is whole, true, and made of siblings of the graded questions."""

import json
import re
import shutil
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from claims import for_each

import convbook.items as items
from convbook import shapes, widgets
from convbook.items import drill

ROOT = Path(__file__).resolve().parents[2]
every_question = for_each("question", items.questions(), ids=lambda q: q.id)
every_template = for_each("name", drill.templates())


def computed(answer):
    arguments = [
        [tuple(layer) for layer in argument] if isinstance(argument, list) else argument
        for argument in answer["arguments"]
    ]
    result = getattr(shapes, answer["function"])(*arguments)
    if "part" in answer:
        part = answer["part"]
        result = result[part] if isinstance(part, int) else getattr(result, part)
    return result


@every_question
def test_a_right_number_is_what_the_books_arithmetic_gives(question):
    if not question.answer:
        return
    result = computed(question.answer)
    numbers = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", question.right.text)]
    wanted = list(result) if isinstance(result, tuple) else [result]
    assert set(numbers) == set(wanted), (question.right.text, result)


@every_question
def test_a_wrong_choice_leads_to_a_widget_that_can_show_it(question):
    if "widget" in question.look:
        getattr(widgets, question.look["widget"])(**question.look["state"])


@every_question
def test_every_question_has_a_sibling_of_its_family(question):
    assert len(items.siblings(question)) >= 2


def test_every_objective_has_questions_and_flashcards():
    asked = Counter(question.objective for question in items.questions())
    assert all(asked[objective] >= 3 for objective in items.OBJECTIVES)
    assert {card.objective for card in items.flashcards()} == set(items.OBJECTIVES)


def test_there_is_a_family_for_each_graded_multiple_choice_question():
    families = {question.family for question in items.questions()}
    assert families >= {
        "output-size",
        "parameters",
        "non-linearity",
        "residual",
        "transfer",
        "global-pooling",
        "pointwise",
        "grad-cam",
        "augmentation",
        "where-parameters-are",
    }


def test_no_question_is_one_of_the_graded_ones():
    stems = {re.sub(r"\W+", " ", question.stem).lower() for question in items.questions()}
    for path in (ROOT / "solutions").glob("*/*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.metadata.get("convbook", {}).get("question"):
                text = re.sub(r"\W+", " ", cell.source).lower()
                assert not [stem for stem in stems if stem in text], path.name


def test_questions_can_be_chosen_by_what_they_are_about():
    assert {q.objective for q in items.questions(objective=8)} == {8}
    assert {q.level for q in items.questions(level=3)} == {3}
    assert items.questions(family="no such family") == ()


@every_template
def test_a_drill_problem_is_what_the_books_arithmetic_gives(name):
    template = drill.templates()[name]
    for seed in range(30):
        problem = drill.draw(name, seed)
        assert problem.answer == drill.evaluate(template.answer, problem.values)
        assert problem.answer not in problem.mistakes
        assert "{" not in problem.stem + "".join(problem.solution)
        assert f"{problem.answer:,}" in problem.solution[-1]


@every_template
def test_a_template_has_more_than_one_problem_and_the_seed_chooses(name):
    stems = {drill.draw(name, seed).stem for seed in range(30)}
    assert len(stems) > 5
    assert drill.draw(name, 7) == drill.draw(name, 7)


def test_drill_has_three_levels_of_the_four_topics():
    found = {(template.topic, template.level) for template in drill.templates().values()}
    topics = {"output size", "parameters", "operations", "receptive field"}
    assert {topic for topic, _ in found} == topics
    assert {level for _, level in found} == {1, 2, 3}


def test_an_unknown_template_is_named():
    with pytest.raises(ValueError, match="no template 'nothing'; there are size-plain"):
        drill.draw("nothing", 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda entry: entry["options"][0].update(right=False), "exactly one option has to be"),
        (lambda entry: entry["options"][1].update(text=entry["options"][0]["text"]), "different"),
        (lambda entry: entry["options"][2].update(reason=" "), "has no reason"),
        (lambda entry: entry.update(objective=15), "not one of 1 to 14"),
        (lambda entry: entry.update(level=4), "is not one of 1, 2, 3"),
        (lambda entry: entry.update(colour="red"), "colour"),
        (lambda entry: entry.pop("stem"), "stem"),
    ],
)
def test_a_broken_entry_is_named_and_explained(tmp_path, monkeypatch, change, message):
    entries = json.loads((items.FOLDER / "questions.json").read_text("utf8"))
    change(entries[3])
    shutil.copy(items.FOLDER / "answers.json", tmp_path)
    (tmp_path / "questions.json").write_text(json.dumps(entries), "utf8")
    monkeypatch.setattr(items, "FOLDER", tmp_path)
    with pytest.raises(items.BadItem, match=message) as raised:
        items._questions.__wrapped__()
    assert entries[3]["id"] in str(raised.value)


def test_two_entries_with_one_id_are_refused(tmp_path, monkeypatch):
    entries = json.loads((items.FOLDER / "questions.json").read_text("utf8"))
    shutil.copy(items.FOLDER / "answers.json", tmp_path)
    (tmp_path / "questions.json").write_text(json.dumps([*entries, entries[0]]), "utf8")
    monkeypatch.setattr(items, "FOLDER", tmp_path)
    with pytest.raises(items.BadItem, match="two entries"):
        items._questions.__wrapped__()


def test_an_answer_without_its_question_is_refused(tmp_path, monkeypatch):
    entries = json.loads((items.FOLDER / "questions.json").read_text("utf8"))
    shutil.copy(items.FOLDER / "answers.json", tmp_path)
    left = [entry for entry in entries if entry["id"] != "receptive-field-1"]
    (tmp_path / "questions.json").write_text(json.dumps(left), "utf8")
    monkeypatch.setattr(items, "FOLDER", tmp_path)
    with pytest.raises(items.BadItem, match="no question is called receptive-field-1"):
        items._questions.__wrapped__()


def test_the_objectives_are_those_of_section_1():
    page = nbformat.read(ROOT / "book" / "01-learning-objectives.ipynb", as_version=4)
    rows = re.findall(r"^\| (\d+)\. (.+?) \| (.+?) \|", page.cells[0].source.replace("`", ""), re.M)
    assert rows
    for (number, text, taught), objective in zip(rows, items.objectives(), strict=True):
        assert (int(number), text) == (objective.number, objective.text)
        assert re.findall(r"\[([\d.]+)\]", taught) == list(objective.taught)


def test_places_are_pages_of_the_book_that_show_what_they_should():
    places = json.loads((items.FOLDER / "places.json").read_text("utf8"))
    contents = (ROOT / "_toc.yml").read_text("utf8")
    for page in places["sections"].values():
        assert re.search(rf"file: {re.escape(page)}$", contents, re.M), page
    for widget, pages in places["widgets"].items():
        for page in pages:
            assert re.search(rf"\b{widget}\(", (ROOT / f"{page}.ipynb").read_text("utf8")), page


def test_whatever_the_bank_points_at_has_a_place():
    places = json.loads((items.FOLDER / "places.json").read_text("utf8"))
    sections = {item.section for item in (*items.questions(), *items.flashcards())}
    sections |= {template.section for template in drill.templates().values()}
    sections |= {q.look["section"] for q in items.questions() if "section" in q.look}
    sections |= {section for objective in items.objectives() for section in objective.taught}
    for section in sections:
        assert section in places["sections"] or section.split(".")[0] in places["sections"]
    assert {q.look["widget"] for q in items.questions() if "widget" in q.look} <= {
        *places["widgets"]
    }


LAYERS_SHOWN = [q for q in items.questions() if "layers" in q.look.get("state", {})]
LAYERS_SHOWN = [q for q in LAYERS_SHOWN if q.look["widget"] == "NetworkBuilder"]


@for_each("question", LAYERS_SHOWN, ids=lambda q: q.id)
def test_the_layers_that_a_mistake_leads_to_are_those_of_the_question(question):
    network = widgets.NetworkBuilder(**question.look["state"])
    assert not network.problem
    last = network.rows[-1]
    shown = {network.parameters, network.trainable_parameters, last.macs, *last.shape}
    numbers = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", question.stem)]
    right = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", question.right.text)]
    assert not numbers or shown & {*right, *numbers}
    if question.answer and question.family != "global-pooling":
        assert set(right) <= shown, (right, shown)
