"""One claim about many cases is one test: every case is tried, and each that fails is named."""

import functools
import inspect
from collections.abc import Callable, Iterable

import pytest


def _case_of(number: int, case: object, names: list[str], ids: Callable | None) -> tuple[str, dict]:
    """Return a case's name and its arguments by their names."""
    if hasattr(case, "values") and hasattr(case, "marks"):  # pytest.param
        if case.marks:
            raise ValueError(f"case {number}: a mark belongs to a test, not to a case")
        values, name = case.values, case.id
    else:
        values, name = (case,) if len(names) == 1 else tuple(case), None
    if name is None:
        name = ids(*values) if ids else ", ".join(map(str, values))
    if len(values) != len(names):
        raise ValueError(f"case {number} has {len(values)} values for {', '.join(names)}")
    return str(name), dict(zip(names, values, strict=True))


def for_each(
    names: str | tuple[str, ...], cases: Iterable, ids: Callable[..., str] | None = None
) -> Callable[[Callable], Callable]:
    """Try a claim on every case in one test, as `pytest.mark.parametrize` would in one test each.

    `names`, `cases` and `ids` are those of `parametrize`; a case may be a `pytest.param` with an
    id. All cases are tried; each failing one is reported by its name, with its own traceback.
    ``pytest --case TEXT`` tries only the cases whose names contain TEXT, ``--assignment NAME`` of
    those with an `assignment` only that one's; ``NAME,OTHER`` are two. Fixtures are shared by the
    cases of a test, so a claim that changes the world (`monkeypatch`, `tmp_path`) keeps
    `parametrize`.
    """
    names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    table = [_case_of(number, case, names, ids) for number, case in enumerate(cases)]

    def decorate(claim: Callable) -> Callable:
        if not table:
            raise ValueError(f"{claim.__name__} has no case, so it could not fail")

        @functools.wraps(claim)
        def tried(request, subtests, **fixtures):
            wanted = request.config.getoption("--case")
            only = request.config.getoption("--assignment")
            chosen = [
                (name, values)
                for name, values in table
                if wanted in name
                and (not only or values.get("assignment", only) in (only, *only.split(",")))
            ]
            if not chosen:
                pytest.skip(f"no case{only and f' of {only}'} has {wanted!r} in its name")
            request.node.user_properties.append(("cases", len(chosen)))
            for name, values in chosen:
                with subtests.test(msg=name):
                    claim(**values, **fixtures)

        parameters = inspect.signature(claim).parameters
        left = [parameter for name, parameter in parameters.items() if name not in names]
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        own = [inspect.Parameter(name, kind) for name in ("request", "subtests")]
        tried.__signature__ = inspect.Signature([*own, *left])
        return tried

    return decorate
