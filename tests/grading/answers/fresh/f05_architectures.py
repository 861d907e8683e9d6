"""Architectures, from the students' notebook alone."""

from .writing import PRELUDE, several

ASSIGNMENT = "05-architectures"

SCALE = (
    PRELUDE
    + """
ex20_growth = {growth}
def ex20_flops_factor(depth, width, resolution):
    {body}
"""
)


def scale(growth="1.2 * 1.1**2 * 1.15**2", body="return depth * width**2 * resolution**2") -> str:
    return SCALE.format(growth=growth, body=body)


FRESH = {
    "ex20": {
        "RIGHT": {
            "computed": scale(),
            "two decimals": scale(growth="1.92"),
            "text": scale(growth="'1.92'"),
            "by squares": scale(body="return depth * (width * resolution) ** 2"),
            "NumPy": scale(body="return np.prod([depth, np.square(width), np.square(resolution)])"),
        },
        "WRONG": {
            "about two": scale(growth="2"),
            "product": scale(growth="1.2 * 1.1 * 1.15"),
            "width once": scale(growth="1.2 * 1.1 * 1.15**2"),
            "resolution once": scale(growth="1.2 * 1.1**2 * 1.15"),
            "all squared": scale(growth="(1.2 * 1.1 * 1.15) ** 2"),
            "sum": scale(growth="1.2 + 1.1**2 + 1.15**2"),
            "percent": scale(growth="92"),
            "growth less one": scale(growth="0.92"),
            "function: all once": scale(body="return depth * width * resolution"),
            "function: depth squared": scale(body="return depth**2 * width**2 * resolution**2"),
            "function: parameters": scale(body="return depth * width**2"),
            "function: the example": scale(body="return 1.2 * 1.1**2 * 1.15**2"),
            "function: rounded": scale(body="return round(depth * width**2 * resolution**2)"),
            "function: two to the phi": scale(body="return 2 ** (depth - 1)"),
        },
    },
    "ex20-choice": several(
        ASSIGNMENT,
        "ex20-choice",
        "ex20_true",
        [
            "One coefficient",
            "brings less and less",
            "FLOPs roughly double",
            "leaves the parameters",
        ],
    ),
}
