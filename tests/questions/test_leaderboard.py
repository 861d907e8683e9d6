"""Beat the loss: a board whose numbers follow from its networks, whatever its file says."""

import json
from pathlib import Path

import numpy as np
import pytest
from support import ROOT

from autograder.jail.elsewhere import QUIET
from convbook import nn, practice
from convbook.nn.exchange import from_network, to_text
from questions import leaderboard


@pytest.fixture(autouse=True)
def file(monkeypatch, tmp_path) -> Path:
    """The board of a machine on which nobody has entered yet."""
    path = tmp_path / "its own folder" / "board.json"
    monkeypatch.setenv(leaderboard.FILE, str(path))
    monkeypatch.delenv(QUIET, raising=False)
    monkeypatch.chdir(ROOT)
    return path


def linear(weights=0.0, biases=0.0):
    """A linear model with weights of one's own, as the two lists."""
    layers = [{"layer": "flatten"}, {"layer": "dense", "units": 10}]
    return layers, [[np.zeros((64, 10)) + weights, np.zeros(10) + biases]]


def recipe(images, labels):
    network = nn.Sequential([nn.Flatten(), nn.Dense(64, 10)], seed=1)
    network.fit(images[:, None], labels, optimizer=nn.Adam(0.01), seed=1, progress=False)
    return network


def row(name):
    return next(row for row in leaderboard.Board.read().rows() if row.name == name)


def changed(file, **entry):
    """Write something else into the file's last entry."""
    board = json.loads(file.read_text("utf8"))
    board["entries"][-1].update(entry)
    file.write_text(json.dumps(board), "utf8")


def test_two_rivals_stand_on_the_board_before_anybody_has_entered(file):
    rows = leaderboard.Board.read().rows()
    assert [row.name for row in rows] == ["plain convolutions", "linear model"]
    assert all(row.has_place for row in rows)
    assert rows[0].loss < 0.8 * rows[1].loss
    assert rows[1].loss < np.log(10)
    assert "Nobody has entered yet" in leaderboard.show()
    assert not file.exists(), "looking writes nothing"


def test_who_enters_is_judged_on_images_of_the_machine_s_own_and_stays(file):
    told = leaderboard.enter(recipe)
    assert "no name" in told
    board = leaderboard.Board.read()
    assert board.seed != leaderboard.PUBLIC
    leaderboard.enter(recipe, name="Asha  <b>Rao</b>\n| of the long, long, long name")
    assert leaderboard.Board.read().seed == board.seed
    assert leaderboard.Board.read().entries[0] == board.entries[0]
    assert row("Asha b Rao /b of the lon").has_place
    assert row("no name").loss == pytest.approx(board.entries[0].loss, abs=1e-3)
    public = leaderboard._judged(board.entries[0].network, leaderboard.PUBLIC)[0]
    assert public != pytest.approx(board.entries[0].loss, abs=1e-6)


def test_a_made_up_number_in_the_file_changes_nothing_but_the_remark(file):
    leaderboard.enter(recipe, "Ben")
    before = row("Ben")
    changed(file, loss=0.001)
    after = row("Ben")
    assert (after.loss, after.has_place) == (before.loss, True)
    assert after.note == "the file said 0.001; worked out from the network"


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"network": "", "loss": 0.0}, "no network"),
        ({"network": "[]best of all", "loss": 0.0}, "can't be judged"),
        ({"network": to_text(*linear(biases=np.nan))}, "can't be judged"),
        ({"network": to_text([{"layer": "lookup_table"}], [])}, "can't be judged"),
        ({"seconds": None}, "not trained within"),
        ({"seconds": 1e9}, "not trained within"),
        ({"seconds": -1}, "not trained within"),
        (
            {
                "network": to_text(
                    [
                        {"layer": "flatten"},
                        {"layer": "dense", "units": 40},
                        {"layer": "dense", "units": 10},
                    ],
                    [[np.zeros((64, 40)), np.zeros(40)], [np.zeros((40, 10)), np.zeros(10)]],
                )
            },
            "over the budget of 2,000 parameters",
        ),
    ],
)
def test_what_can_t_be_worked_out_or_is_over_the_budget_has_no_place(file, entry, why):
    leaderboard.enter(recipe, "Chen")
    changed(file, **entry)
    assert not row("Chen").has_place
    assert why in row("Chen").note
    assert "–" in leaderboard.show().splitlines()[3]


def test_a_network_that_was_fitted_to_the_board_s_images_is_given_away(file, monkeypatch):
    def drawn(seed):
        draw = np.random.default_rng(seed)
        return draw.normal(size=(60, 1, 8, 8)).astype(np.float32), draw.integers(0, 10, 60)

    leaderboard._judged.cache_clear()
    monkeypatch.setattr(leaderboard, "unseen", drawn)
    leaderboard.Board.read().add("honest", to_text(*linear()), 1.0)
    images, labels = drawn(leaderboard.Board.read().seed)
    fitted, *_ = np.linalg.lstsq(images.reshape(60, 64), 8 * np.eye(10)[labels], rcond=None)
    leaderboard.Board.read().add("cheat", to_text(*linear(fitted)), 1.0)
    assert row("cheat").loss < row("honest").loss
    assert not row("cheat").has_place
    assert "knows the images of this board" in row("cheat").note
    assert row("honest").has_place
    leaderboard._judged.cache_clear()


@pytest.mark.parametrize(
    ("train", "why"),
    [
        (lambda x, y: nn.Sequential([nn.Flatten(), nn.Dense(64, 90), nn.Dense(90, 10)]), "budget"),
        (lambda x, y: linear(weights=np.inf), "finite"),
        (lambda x, y: ([{"layer": lambda image: 3}], []), "can't be written down"),
        (lambda x, y: None, "returned a NoneType"),
        (lambda x, y: (linear()[0], []), "no entry left"),
        (nn.Sequential([nn.Flatten(), nn.Dense(64, 10)]), "takes the function that trains"),
    ],
    ids=["too large", "infinite", "a function", "nothing", "no weights", "trained already"],
)  # fmt: skip
def test_what_is_refused_is_not_kept(file, capsys, train, why):
    practice.enter(train, "Dina")
    said = capsys.readouterr().out
    assert said.startswith("Not on the board: ")
    assert why in said
    assert not file.exists()


def test_a_training_over_the_budget_is_refused(file, capsys, monkeypatch):
    monkeypatch.setattr(leaderboard, "SECONDS", 0.0)
    practice.enter(recipe)
    assert "processor seconds of training; the budget is 0" in capsys.readouterr().out
    assert not file.exists()


def test_a_file_that_can_t_be_read_is_told_and_left_as_it_is(file, capsys):
    file.parent.mkdir()
    file.write_text("{", "utf8")
    practice.leaderboard()
    practice.enter(recipe)
    assert capsys.readouterr().out.count("can't be read as a leaderboard") == 2
    assert file.read_text("utf8") == "{"


def test_the_book_s_recipe_returns_the_plain_rival_s_layers():
    page = ROOT / "book/19/19-13-beat-the-loss.ipynb"
    cells = {
        cell["id"]: "".join(cell["source"]) for cell in json.loads(page.read_text("utf8"))["cells"]
    }
    names: dict = {}
    exec(cells["baseline"].replace("copies = 8", "copies = 1"), names)
    draw = np.random.default_rng(0)
    made = names["train"](draw.random((32, 8, 8), np.float32), draw.integers(0, 10, 32))
    rival = json.loads(leaderboard._RIVALS.read_text("utf8"))[1]["network"]
    assert from_network(made)[0] == json.JSONDecoder().raw_decode(rival)[0]
