"""Claims about the photographs: there without a network, and named with author and licence."""

import numpy as np
import pytest

from convbook.data import photograph
from convbook.data.photographs import PHOTOGRAPHS


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_a_photograph_comes_with_an_installed_package(name):
    found = photograph(name)
    assert found.image.dtype == np.uint8
    assert found.image.ndim == 2 or found.image.shape[2] == 3
    assert min(found.image.shape[:2]) >= 300


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_its_author_and_licence_are_listed(root, name):
    listed = (root / "LICENSE-CONTENT").read_text("utf-8")
    found = photograph(name)
    assert f"{name}: {found.shows}, {found.author}, {found.licence}" in listed


def test_an_unknown_photograph_lists_the_known_ones():
    with pytest.raises(ValueError, match="camera, chelsea, coffee"):
        photograph("lena")
