"""What the instructors' pages say of speed is what was measured, or simulated from it."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = " ".join((ROOT / "book/instructors/deployment.md").read_text().split())
RESULTS = ROOT / "benchmarks/results"


@pytest.fixture(scope="module")
def growth():
    spec = importlib.util.spec_from_file_location("growth", ROOT / "benchmarks/growth.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def simulated():
    return json.loads((RESULTS / "growth.json").read_text())


def test_the_simulation_gives_its_kept_figures_again(growth, simulated):
    small = [size for size in growth.SIZES if size <= 3_000]
    for name, plan in growth.PLANS.items():
        found = [growth.hours(simulated["parts"], size, *plan) for size in small]
        assert found == pytest.approx(simulated["simulated_hours"][name][: len(small)], rel=0.01)


def test_time_grows_with_submissions_and_shrinks_with_cores(simulated):
    hours = simulated["simulated_hours"]
    assert all(values == sorted(values) for values in hours.values())
    last = [values[-1] for values in hours.values()]
    assert last == sorted(last, reverse=True)


def test_by_hand_one_worker_takes_the_sum_of_all_parts(growth, monkeypatch):
    parts = {"scoring": [2.0], "reading": 0.5, "recording": 1.5, "start": 10, "time_limit": 5}
    monkeypatch.setattr(growth, "HANGING_SHARE", 0)
    assert growth.hours(parts, 3, 1, True) == pytest.approx((10 + 3 * 4) / 3600)
    assert growth.hours(parts, 3, 3, True) == pytest.approx((10 + 3 * 2) / 3600)  # writer-bound
    assert growth.hours(parts, 1, 1, False) == pytest.approx((10 + 0.5 + 2 + 1.5) / 3600)


def test_the_page_quotes_what_was_measured():
    measured = json.loads((RESULTS / "grading-01-shapes-and-counts.json").read_text())
    small, large = measured["classes"]
    ours, stock = large["ours"], large["stock"]
    for text in (
        f"{large['students']} honest submissions",
        f"{ours['processor_seconds']:.2g} seconds of processor time",
        f"{stock['processor_seconds']:.2f} seconds",
        f"{large['times_faster']['processor']} times less",
        f"{large['times_faster']['wall']} times faster",
        f"a class of {small['students']} was marked {small['times_faster']['wall']} times faster",
    ):
        assert text in PAGE
    assert ours["largest_worker_mb"] < 100
    assert "below 100 MB" in PAGE


def test_the_page_says_what_the_simulation_says(simulated):
    hours = simulated["simulated_hours"]
    assert f"in {hours['one machine, 2 cores'][-1]:.2g} hours" in PAGE
    assert f"in {60 * hours['cluster, 64 workers'][-1]:.0f} minutes" in PAGE
    assert "Simulated" in PAGE
