"""``make widget NAME=...``: one widget on a page of its own, without a build of the book."""

import alone
import pytest
from browsing import new_page


def test_a_widget_alone_is_drawn_from_its_file_with_the_trait_that_was_set(
    browser, tmp_path, capsys
):
    alone.main(["PoolingLab", "--dark", "pool_size=3"])
    page = new_page(browser.new_context())
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(capsys.readouterr().out.strip())
    page.get_by_role("group").first.wait_for()
    assert errors == []
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("models[0].get('pool_size')") == 3
    page.context.close()


def test_a_trait_that_the_widget_lacks_is_named_beside_those_that_it_has(capsys):
    with pytest.raises(SystemExit):
        alone.main(["PoolingLab", "window=3"])
    assert "no trait window; it has" in capsys.readouterr().err


def test_what_sets_no_trait_is_refused(capsys):
    with pytest.raises(SystemExit):
        alone.main(["PoolingLab", "3"])
    assert "write NAME=VALUE" in capsys.readouterr().err
