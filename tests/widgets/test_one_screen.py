"""What a reader touches and what it changes stand on one screen, on a desk and on a telephone."""

import pytest
from in_use import SCREENS, work_all

from convbook import widgets

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("screen", SCREENS, ids=["1280x720", "360x740"])
@pytest.mark.parametrize("name", widgets.__all__)
def test_every_control_is_seen_together_with_what_it_changes(open_page, name, screen):
    worked = work_all(open_page(), getattr(widgets, name)(), screen)
    assert worked, "no control was found"
    assert any(row.effects for row in worked), "nothing changed anything"
    assert [row.control for row in worked if row.effects and not row.seen] == []
    effects = sum(len(row.effects) for row in worked)
    assert sum(row.seen for row in worked) >= 0.65 * effects
