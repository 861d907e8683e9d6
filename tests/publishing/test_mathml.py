"""Formulas are MathML in a page: readers without scripts see no TeX in them."""

import pytest
from claims import for_each

from convbook.publishing.formulas import mathml

ALIGNED = r"\begin{aligned} y_1 &= w_1 x_1 \\ y_2 &= w_2 x_2 \end{aligned}"


@for_each(
    "tex",
    [ALIGNED, rf"\begin{{split}} {ALIGNED} \end{{split}}", ALIGNED.replace("aligned", "split")],
)
def test_aligned_lines_stand_below_each_other(tex):
    assert mathml(tex, "block").count("<mtr>") == 2


@for_each("tex", [r"\begin{gathered} a & b \end{gathered}", r"a \\ b", r"\unknown x"])
def test_what_the_converter_does_not_understand_is_said(tex):
    with pytest.raises(ValueError, match="is not understood"):
        mathml(tex, "block")
