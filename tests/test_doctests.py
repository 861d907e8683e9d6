"""The examples in docstrings say what happens."""

import doctest
import importlib
import pkgutil

PACKAGES = ("convbook.shapes", "convbook.nn", "convbook.explain")


def modules():
    for name in PACKAGES:
        package = importlib.import_module(name)
        yield package
        for found in pkgutil.iter_modules(package.__path__, f"{name}."):
            yield importlib.import_module(found.name)


def test_every_example_of_a_docstring_runs():
    results = {module.__name__: doctest.testmod(module) for module in modules()}
    assert {name: result.failed for name, result in results.items() if result.failed} == {}
    for package in PACKAGES:
        tried = sum(r.attempted for name, r in results.items() if name.startswith(package))
        assert tried >= 4, f"{package} has hardly an example"


def test_every_public_function_of_the_arithmetic_shows_an_example():
    from convbook import shapes

    functions = [getattr(shapes, name) for name in shapes.__all__]
    bare = [f.__name__ for f in functions if callable(f) and ">>>" not in (f.__doc__ or "")]
    assert sorted(set(bare) - {"ReceptiveField"}) == []
