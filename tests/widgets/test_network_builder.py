"""NetworkBuilder: true totals, the same numbers in Python and on the page, Keras code that runs."""

import contextlib
import io
import itertools
import math
import random

import pytest
from harness import load_module, read_number
from traitlets import TraitError

from convbook.widgets import NetworkBuilder
from convbook.widgets._network import KINDS, NETWORKS, complete, describe

browser = pytest.mark.browser

TOTALS = {
    "first-network": (31_530, 31_530),
    "lenet5": (61_706, 61_706),
    "alexnet": (60_965_224, 60_965_224),
    "vgg16": (138_357_544, 138_357_544),
    "resnet18": (11_699_112, 11_689_512),
    "chapter-cifar10": (325_418, 324_010),
    "traffic-signs": (230_859, 229_195),
    "devanagari": (1_268_750, 1_268_750),
}


def random_setting(rng, rule):
    if isinstance(rule["default"], bool):
        return rng.random() < 0.5
    if "options" in rule:
        return rng.choice(rule["options"])
    if isinstance(rule["default"], float):
        return rng.choice([0.2, 0.5])
    return rng.randint(rule["min"], min(rule["max"], 12))


def random_layer(rng, kinds):
    kind = rng.choice(kinds)
    layer = {name: random_setting(rng, rule) for name, rule in KINDS[kind]["fields"].items()}
    if kind == "conv":
        layer["groups"] = rng.choice([1, 1, 1, 2])
        layer["filters"] = 2 * rng.randint(1, 12)
    for name in ("kernel", "size", "stride"):
        if name in layer:
            layer[name] = rng.choice([1, 2, 3, 3, 5] if name != "stride" else [1, 1, 2])
    return {"kind": kind, **layer}


def random_network(rng):
    before = [kind for kind in KINDS if kind not in ("gap", "flatten", "dense")]
    layers = [random_layer(rng, before) for _ in range(rng.randint(1, 6))]
    if rng.random() < 0.8:
        layers.append(random_layer(rng, ["gap", "flatten"]))
        layers += [random_layer(rng, ["dense", "dropout", "bn"]) for _ in range(rng.randint(0, 3))]
    if rng.random() < 0.1:
        rng.shuffle(layers)
    shape = [rng.randint(8, 40), rng.randint(8, 40), 2 * rng.randint(1, 3)]
    return {"input_shape": shape, "layers": layers}


def words(shape):
    return " × ".join(f"{n:,}" for n in shape)


@browser
def test_100_random_networks_display_what_python_computes(open_page):
    rng = random.Random(2015)
    page = open_page(NetworkBuilder())
    broken = 0
    for _ in range(100):
        state = random_network(rng)
        ours = NetworkBuilder(**state)
        page.evaluate("state => setState(state)", {**state, "layers": ours.layers, "selected": 0})
        shown = page.evaluate("shown()")
        broken += bool(ours.problem)
        assert shown["problem"].startswith(
            f"This network breaks at {ours.problem}." if ours.problem else ""
        )
        assert bool(shown["problem"]) == bool(ours.problem)
        assert read_number(shown["parameters"]) == ours.parameters
        for name, value in (
            ("trainable-parameters", ours.trainable_parameters),
            ("flops", ours.flops),
            ("activation-bytes", ours.activation_bytes),
        ):
            held = page.locator(f"[data-cb={name}]").get_attribute("data-value")
            assert int(held) == value, name
        cells = [
            row.split("\n")
            for row in page.evaluate(
                """[...document.querySelectorAll(".cb-network tbody tr:not(.cb-editor-row)")]
                .map((row) => [...row.cells].map((cell) => cell.textContent).join("\\n"))"""
            )
        ]
        for row, cell in zip(ours.rows, cells, strict=False):
            assert cell[1] == words(row.shape)
            assert read_number(cell[2]) == sum(row.parameters)
            assert cell[5] == ("all" if row.view is None else f"{row.view}²")
        for cell in cells[len(ours.rows) :]:
            assert cell[2] == "–"
    assert 5 < broken < 60


@pytest.mark.parametrize("name", TOTALS)
def test_ready_made_networks_have_their_true_totals(name):
    builder = NetworkBuilder(network=name)
    assert (builder.parameters, builder.trainable_parameters) == TOTALS[name]
    assert builder.problem == ""


@pytest.mark.keras
@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("lenet5", "lenet5"),
        ("chapter-cifar10", "chapter_cifar10_net"),
        ("traffic-signs", "traffic_sign_net"),
        ("devanagari", "devanagari_net"),
        ("pocket-net", "pocket_net"),
    ],
)
def test_ready_made_networks_are_the_books_own_models(name, model):
    from convbook import models

    theirs = getattr(models, model)()
    builder = NetworkBuilder(network=name)
    assert builder.parameters == theirs.count_params()
    assert tuple(builder.input_shape) == theirs.input_shape[1:]
    assert builder.rows[-1].shape == theirs.output_shape[1:]


def run_keras(code):
    """The model that a program builds; its summary is printed to nowhere."""
    names = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "<the widget's code>", "exec"), names)
    return names["model"]


def assert_same_as_keras(code, shape, layers):
    rows, problem = describe(shape, layers)
    assert problem == ""
    model = run_keras(code)
    assert model.output_shape[1:] == rows[-1].shape
    assert model.count_params() == sum(sum(row.parameters) for row in rows)
    trainable = sum(math.prod(weight.shape) for weight in model.trainable_weights)
    assert trainable == sum(row.parameters[0] for row in rows)


@browser
@pytest.mark.keras
@pytest.mark.parametrize("name", NETWORKS)
def test_the_keras_code_of_every_ready_made_network_runs_and_counts_the_same(open_page, name):
    page = open_page(NetworkBuilder(network=name))
    code = page.locator("[data-cb=keras-code]").text_content()
    builder = NetworkBuilder(network=name)
    assert_same_as_keras(code, builder.input_shape, builder.layers)


@browser
@pytest.mark.keras
def test_the_keras_code_of_50_random_networks_runs_and_counts_the_same(open_page):
    rng = random.Random(1998)
    page = open_page()
    load_module(page, "shared/keras_code.js")
    done = 0
    while done < 50:
        state = random_network(rng)
        layers = [complete(layer) for layer in state["layers"]]
        if describe(state["input_shape"], layers)[1]:
            continue
        code = page.evaluate(
            "([shape, layers]) => module.kerasCode(shape, layers)", [state["input_shape"], layers]
        )
        assert_same_as_keras(code, state["input_shape"], layers)
        done += 1


@pytest.mark.keras
def test_flops_and_receptive_field_are_those_of_the_layers_keras_builds():
    """MACs from Keras's own shapes, counted here weight by weight and place by place."""
    from convbook import models

    total = 0
    for layer in models.vgg16().layers:
        if layer.weights:
            kernel = layer.weights[0].shape
            places = layer.output.shape[1:-1] if len(kernel) == 4 else ()
            size = 1
            for n in (*kernel, *places):
                size *= n
            total += size
    assert NetworkBuilder(network="vgg16").flops == 2 * total
    assert NetworkBuilder(network="resnet18").rows[10].view == 435


@browser
def test_building_by_hand_with_mouse_and_keyboard(open_page):
    page = open_page(NetworkBuilder())
    page.get_by_text("Add a layer after the chosen one").click()
    page.get_by_role("button", name="Max pooling", exact=True).click()
    page.evaluate("frame()")
    kinds = "models[0].get('layers').map(({ kind }) => kind)"
    assert page.evaluate(kinds) == ["conv", "maxpool", "maxpool", "flatten", "dense"]
    page.get_by_role("button", name="Remove layer 2").press("Enter")
    page.evaluate("frame().then(frame)")
    assert page.evaluate("models[0].get('network')") == "first-network"
    page.get_by_label("filters").fill("8")
    page.evaluate("frame().then(frame)")
    assert page.evaluate("models[0].get('network')") == "own"
    assert read_number(page.evaluate("shown()")["parameters"]) == 80 + 8 * 14 * 14 * 10 + 10
    page.locator(".cb-layer").nth(3).press("Enter")
    page.evaluate("frame()")
    page.get_by_role("button", name="Move layer 4 up").click()
    page.evaluate("frame()")
    assert "put Flatten or Global average pooling before it" in page.evaluate("shown()")["problem"]
    assert "cannot be built" in page.evaluate("shown()")["keras-code"]


@browser
@pytest.mark.parametrize("width", [1280, 360])
def test_a_layer_is_dragged_to_another_place_by_its_handle(open_page, width):
    page = open_page(NetworkBuilder(), width=width)
    kinds = "models[0].get('layers').map(({ kind }) => kind)"
    assert page.evaluate(kinds) == ["conv", "maxpool", "flatten", "dense"]
    grips = page.locator(".cb-grip")

    def middle(locator):
        box = locator.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    grips.nth(3).scroll_into_view_if_needed()
    page.mouse.move(*middle(grips.nth(1)))
    page.mouse.down()
    x, y = middle(page.locator("tr:has(.cb-layer)").nth(3))
    page.mouse.move(x, y + 12, steps=4)
    assert page.locator("tr.cb-drop-after").count() == 1
    assert page.evaluate(kinds) == ["conv", "maxpool", "flatten", "dense"]
    page.mouse.up()
    page.evaluate("frame()")
    assert page.evaluate(kinds) == ["conv", "flatten", "dense", "maxpool"]
    assert page.evaluate("models[0].get('selected')") == 3
    grips.nth(3).scroll_into_view_if_needed()
    page.mouse.move(*middle(grips.nth(3)))
    page.mouse.down()
    _, y = middle(page.locator("tr:has(.cb-layer)").nth(1))
    page.mouse.move(x, y - 12, steps=4)
    page.mouse.up()
    page.evaluate("frame()")
    assert page.evaluate(kinds) == ["conv", "maxpool", "flatten", "dense"]


@browser
def test_a_layers_settings_open_below_its_row(open_page):
    page = open_page(NetworkBuilder(network="vgg16"))
    for index in (0, 9, 20):
        row = page.locator("tr:has(.cb-layer)").nth(index)
        row.locator(".cb-layer").click()
        page.evaluate("frame()")
        row, editor = row.bounding_box(), page.locator(".cb-editor-row").bounding_box()
        assert editor["y"] - (row["y"] + row["height"]) < 20
        assert f"Layer {index + 1}:" in page.locator(".cb-editor-row").inner_text()


@browser
@pytest.mark.parametrize("width", [1280, 360])
def test_no_number_of_a_layer_is_hidden_on_any_screen(open_page, width):
    page = open_page(NetworkBuilder(network="resnet18"), width=width)
    row = page.locator("tr:has(.cb-layer)").nth(3)
    assert [cell.is_visible() for cell in row.locator("td").all()] == [True] * 6


@browser
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("network", ["first-network", "vgg16", "resnet18"])
def test_volumes_are_drawn_to_scale(open_page, network, width):
    page = open_page(NetworkBuilder(network=network), width=width)
    builder = NetworkBuilder(network=network)
    shapes = [tuple(builder.input_shape), *(row.shape for row in builder.rows)]
    page.wait_for_selector(".cb-volume rect", state="attached")
    sizes = page.evaluate(
        """[...document.querySelectorAll(".cb-volume rect")]
        .map((rect) => [rect.width.baseVal.value, rect.height.baseVal.value])"""
    )
    assert len(sizes) == len(shapes)
    scales = [
        (high / shape[0], thick / shape[2])
        for shape, (thick, high) in zip(shapes, sizes, strict=True)
        if len(shape) == 3 and high > 1.5 and thick > 1.5
    ]
    for axis in zip(*scales, strict=True):
        assert max(axis) == pytest.approx(min(axis), rel=1e-6)
    right = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.cb-volume polygon')]"
        ".map((el) => el.getBoundingClientRect().right))"
    )
    assert right <= page.locator(".cb-volumes svg").bounding_box()["x"] + width


@browser
def test_a_volume_is_chosen_by_arrow_keys(open_page):
    page = open_page(NetworkBuilder())
    page.get_by_role("slider", name="What every layer makes").press("ArrowRight")
    page.evaluate("frame()")
    assert page.evaluate("models[0].get('selected')") == 1
    label = page.locator(".cb-volume.cb-chosen tspan")
    assert label.all_text_contents() == ["Max pooling", "14 × 14 × 16"]


@browser
@pytest.mark.parametrize(("width", "labels"), [(1280, 5), (360, 1)])
def test_volumes_have_names_and_shapes_where_these_fit_beside_one_another(open_page, width, labels):
    page = open_page(NetworkBuilder(), width=width)
    page.wait_for_selector(".cb-volume rect", state="attached")
    shown = [box for text in page.locator(".cb-volume text").all() if (box := text.bounding_box())]
    assert len(shown) == labels
    for left, right in itertools.pairwise(shown):
        assert left["x"] + left["width"] <= right["x"]


@browser
def test_the_window_of_the_chosen_layer_lies_on_the_maps_that_it_reads(open_page):
    page = open_page(NetworkBuilder())
    window = page.locator(".cb-reach polygon")
    page.wait_for_selector(".cb-reach polygon", state="attached")
    read = page.locator(".cb-volume.cb-input").bounding_box()
    box = window.bounding_box()
    assert read["x"] <= box["x"] + 1
    assert box["x"] + box["width"] <= read["x"] + read["width"] + 1
    page.evaluate("setState({ selected: 3 })")  # a dense layer has no window
    assert window.count() == 0


@browser
def test_a_ready_made_network_can_be_chosen(open_page):
    page = open_page(NetworkBuilder())
    page.locator("select").first.select_option("vgg16")
    page.evaluate("frame().then(frame)")
    assert page.evaluate("shown()")["parameters"] == "138,357,544"


@browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_sticks_out_at_360_pixels(open_page, theme):
    page = open_page(NetworkBuilder(network="resnet18"), width=360, theme=theme)
    page.locator("details").last.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_an_identity_shortcut_over_a_change_of_shape_is_explained():
    layers = [{"kind": "residual", "filters": 8, "stride": 2, "shortcut": "identity"}]
    builder = NetworkBuilder(input_shape=[10, 10, 4], layers=layers)
    assert "10 × 10 × 4 goes in and 5 × 5 × 8 comes out" in builder.problem


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"layers": []}, "1 to 60 layers"),
        ({"layers": [{"kind": "lstm"}]}, "one of conv, depthwise"),
        ({"layers": [{"kind": "gap", "filters": 3}]}, "a gap layer has no filters"),
        ({"layers": [{"kind": "conv", "filters": 0}]}, "filters of a conv layer must be a number"),
        ({"layers": [{"kind": "conv", "padding": "full"}]}, "one of"),
        ({"layers": [{"kind": "conv", "bias": 1}]}, "true or false"),
        ({"input_shape": [28, 28]}, "height, width, channels"),
        ({"input_shape": [28, 28, 0]}, "from 1 to"),
    ],
)
def test_bad_input_says_what_was_expected(state, message):
    with pytest.raises(TraitError, match=message):
        NetworkBuilder(**state)


@browser
@pytest.mark.parametrize("width", [360, 1280])
def test_what_stays_in_sight_is_a_line_that_covers_what_scrolls_below_it(open_page, width):
    kept = open_page(NetworkBuilder(), width).locator(".cb-totals-and-problem")
    assert kept.bounding_box()["height"] <= 48
    style = "kept => [getComputedStyle(kept).position, getComputedStyle(kept).backgroundColor]"
    assert kept.evaluate(style) == ["sticky", "rgb(255, 255, 255)"]


def test_it_stands_for_itself_on_paper():
    builder = NetworkBuilder(network="lenet5")
    assert "61,706 parameters" in builder.caption
    assert "61,706" in builder.picture()
