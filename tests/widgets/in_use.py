"""What each control of a widget changes, and whether a reader sees both on one screen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness import show

from convbook.widgets import NetworkExplorer

SCRIPT = Path(__file__).with_suffix(".js")
#: Width and height of the two screens; what a published page's own header takes of the height.
SCREENS, HEADER = ((1280, 720), (360, 740)), 60
#: A network that is still fetched, a training that can't begin yet.
OPENING = ".cb-body :is([data-value=fetching], .cb-primary:disabled)"
#: Of an effect that is taller than this, so many pixels are enough to see that it changed.
ENOUGH = 160


@dataclass(frozen=True)
class Worked:
    """A control and its effects: name, pixels that hold both, and whether both can be seen."""

    control: str
    effects: tuple[tuple[str, int, bool], ...]

    @property
    def seen(self) -> int:
        """Effects that share a screen with the control."""
        return sum(seen for _, _, seen in self.effects)

    @property
    def unseen(self) -> list[str]:
        """Names of the effects for which one has to scroll."""
        return [name for name, _, seen in self.effects if not seen]


def work_all(page, widget, screen: tuple[int, int]) -> list[Worked]:
    """Works each control of ``widget``, from its opening state, on an empty page of its own."""
    width, height = screen
    page.set_viewport_size({"width": width, "height": height})
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    show(page, widget)
    page.wait_for_selector(".cb-widget:not(.cb-waiting) .cb-body > *")
    if isinstance(widget, NetworkExplorer):  # its network is compiled after its controls have come
        page.wait_for_selector("[data-cb-drawn]")
    page.wait_for_selector(OPENING, state="detached")
    rows = page.evaluate(
        "(screen) => workAll(screen)", {"height": height, "header": HEADER, "enough": ENOUGH}
    )
    return [
        Worked(
            row["control"],
            tuple((one["name"], one["span"], one["seen"]) for one in row["effects"]),
        )
        for row in rows
    ]
