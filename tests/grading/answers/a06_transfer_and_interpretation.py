"""Right and wrong answers for the assignment on transfer learning and interpretation."""

from textwrap import indent

ASSIGNMENT = "06-transfer-and-interpretation"

NAMES = {
    "ex12": [
        ("ex12_head_trainable", "value"),
        ("ex12_total", "value"),
        ("ex12_unfrozen_trainable", "value"),
    ],
    "ex12-features": [("ex12_features", "value")],
    "ex15": [("ex15_grad_cam", "function")],
    "ex15-true": [("ex15_true", "value")],
    "ex23": [("ex23_trainable", "value"), ("ex23_total", "value")],
    "ex23-preprocess": [("ex23_preprocess", "function")],
    "ex23-split": [("ex23_split", "function")],
    "ex23-steps": [("ex23_order", "value")],
    "added-shortcut": [("added_share", "function"), ("added_shortcut_network", "value")],
}
# Of the heat maps in the notebook, those of this network are hot in the same corner in all pictures.
SHORTCUT = "B"

# --- right values, counted from the layers --------------------------------------------------

BASE = 23_587_712
DENSE, NORM_TRAINED, NORM_FIXED, OUT = 2048 * 256 + 256, 2 * 256, 2 * 256, 256 * 5 + 5
HEAD = DENSE + NORM_TRAINED + OUT
TOTAL = BASE + DENSE + NORM_TRAINED + NORM_FIXED + OUT


def conv(kernel: int, inputs: int, filters: int) -> int:
    return kernel * kernel * inputs * filters + filters


# The last 20 layers of ResNet-50 without its classifier are its last two blocks, ten layers each:
# convolutions of 1×1, 3×3 and 1×1 with their normalisations; the rest has no parameters.
BLOCK = conv(1, 2048, 512) + conv(3, 512, 512) + conv(1, 512, 2048) + 2 * (512 + 512 + 2048)
UNFROZEN = HEAD + 2 * BLOCK

FEATURES = {"a": "early", "b": "late", "c": "early", "d": "late", "e": "late", "f": "early"}
MONUMENTS = 2048 * 10 + 10


def counts(head=HEAD, total=TOTAL, unfrozen=UNFROZEN) -> str:
    return (
        f"ex12_head_trainable = {head!r}\nex12_total = {total!r}\n"
        f"ex12_unfrozen_trainable = {unfrozen!r}"
    )


def features(**changes) -> str:
    return f"ex12_features = {FEATURES | changes!r}"


def cam(body: str) -> str:
    return "import numpy as np\ndef ex15_grad_cam(maps, gradients):\n" + indent(body, "    ")


GOOD_CAM = "alpha = {alpha}\nheat = {heat}\nheat = {relu}\ntop = heat.max()\nreturn {end}"


def camera(
    alpha="gradients.mean(axis=(0, 1))",
    heat="maps @ alpha",
    relu="np.maximum(heat, 0)",
    end="heat / top if top > 0 else np.zeros_like(heat)",
) -> str:
    return cam(GOOD_CAM.format(alpha=alpha, heat=heat, relu=relu, end=end))


def monuments(trainable=MONUMENTS, total=BASE + MONUMENTS) -> str:
    return f"ex23_trainable = {trainable!r}\nex23_total = {total!r}"


def preprocess(body: str) -> str:
    return "import numpy as np\ndef ex23_preprocess(images):\n" + indent(body, "    ")


MEANS = "np.array([103.939, 116.779, 123.68])"


def split(body: str, head="photographers, test_fraction=0.25, seed=0") -> str:
    return f"import numpy as np\nimport random\ndef ex23_split({head}):\n" + indent(body, "    ")


GROUPS = (
    "names = list(photographers)\n"
    "people = sorted(set(names))\n"
    "random.Random(seed).shuffle(people)\n"
    "test = set()\n"
)
FILL = (
    "for person in people[:-1]:\n"
    "    if sum(n in test for n in names) >= test_fraction * len(names):\n"
    "        break\n"
    "    test.add(person)\n"
)
PARTS = (
    "return ([i for i, n in enumerate(names) if n not in test], "
    "[i for i, n in enumerate(names) if n in test])"
)


def share(body: str = "", network: object = SHORTCUT) -> str:
    body = body or ("total = heat_map.sum()\nreturn heat_map[mask].sum() / total if total else 0.0")
    function = "import numpy as np\ndef added_share(heat_map, mask):\n" + indent(body, "    ")
    return f"{function}\nadded_shortcut_network = {network!r}"


RIGHT = {
    "ex12": {
        "integers": counts(),
        "separators": counts(f"{HEAD:,}", f"{TOTAL:_}", f"{UNFROZEN:,}"),
        "floats": counts(float(HEAD), float(TOTAL), float(UNFROZEN)),
        "computed": "import numpy as np\n"
        "dense, norm, out = 2048 * 256 + 256, 4 * 256, 256 * 5 + 5\n"
        "ex12_head_trainable = dense + norm // 2 + out\n"
        "ex12_total = np.int64(23587712 + dense + norm + out)\n"
        f"ex12_unfrozen_trainable = ex12_head_trainable + {UNFROZEN - HEAD}",
    },
    "ex12-features": {
        "dictionary": features(),
        "list": f"ex12_features = {list(FEATURES.values())!r}",
        "capitals": "ex12_features = "
        + repr({k.upper(): v.capitalize() + " " for k, v in FEATURES.items()}),
    },
    "ex15": {
        "matrix product": camera(),
        "einsum": cam(
            "heat = np.einsum('hwc,c->hw', maps, np.einsum('hwc->c', gradients) / gradients[..., 0].size)\n"
            "heat = heat.clip(0)\n"
            "return heat if heat.max() == 0 else heat / heat.max()"
        ),
        "loops": cam(
            "h, w, c = maps.shape\n"
            "heat = np.zeros((h, w))\n"
            "for k in range(c):\n    heat += gradients[:, :, k].mean() * maps[:, :, k]\n"
            "heat[heat < 0] = 0\n"
            "if heat.any():\n    heat /= heat.max()\n"
            "return heat"
        ),
        "lists": cam(
            "h, w, c = maps.shape\n"
            "a = [float(np.mean(gradients[:, :, k])) for k in range(c)]\n"
            "heat = [[max(0.0, sum(float(maps[i, j, k]) * a[k] for k in range(c))) for j in range(w)]"
            " for i in range(h)]\n"
            "top = max(map(max, heat))\n"
            "return [[v / top if top else 0.0 for v in row] for row in heat]"
        ),
        "by sums": camera(
            alpha="gradients.reshape(-1, gradients.shape[2]).sum(0)", heat="(maps * alpha).sum(-1)"
        ),
    },
    "ex15-true": {
        "list": 'ex15_true = ["b", "c", "d"]',
        "string": 'ex15_true = "bcd"',
        "capitals": 'ex15_true = "D, B, C"',
    },
    "ex23": {
        "integers": monuments(),
        "separators": monuments(f"{MONUMENTS:,}", f"{BASE + MONUMENTS:,}"),
        "computed": "ex23_trainable = (2048 + 1) * 10.0\nex23_total = 23587712 + ex23_trainable",
    },
    "ex23-preprocess": {
        "slices": preprocess(f"return images[..., ::-1].astype(float) - {MEANS}"),
        "single precision": preprocess(
            "x = np.array(images, dtype=np.float32)[:, :, :, [2, 1, 0]]\n"
            "x -= np.float32([103.939, 116.779, 123.68])\nreturn x"
        ),
        "channel by channel": preprocess(
            "out = np.empty(images.shape)\n"
            "for new, (old, mean) in enumerate(((2, 103.939), (1, 116.779), (0, 123.68))):\n"
            "    out[..., new] = images[..., old] - mean\n"
            "return out"
        ),
        "subtract first": preprocess(
            "return np.flip(images - np.array([123.68, 116.779, 103.939]), axis=-1)"
        ),
    },
    "ex23-split": {
        "shuffled people": split(GROUPS + FILL + PARTS),
        "in the order of their names": split(
            "names = list(photographers)\ntest = set()\n"
            "for person in sorted(set(names))[:-1]:\n"
            "    test.add(person)\n"
            "    if sum(n in test for n in names) >= test_fraction * len(names):\n        break\n"
            + PARTS
        ),
        "arrays": split(
            "names = np.array(photographers)\n"
            "people, counts = np.unique(names, return_counts=True)\n"
            "order = np.random.default_rng(seed).permutation(len(people))\n"
            "sizes = counts[order].cumsum()\n"
            "k = int(np.argmax(sizes >= test_fraction * len(names))) + 1\n"
            "chosen = people[order[:min(k, len(people) - 1)]]\n"
            "test = np.isin(names, chosen)\n"
            "return np.flatnonzero(~test), np.flatnonzero(test)"
        ),
        "another order of the indices": split(
            GROUPS + FILL + "a = [i for i, n in enumerate(names) if n not in test]\n"
            "b = [i for i, n in enumerate(names) if n in test]\n"
            "return [a[::-1], tuple(b)]"
        ),
    },
    "added-shortcut": {
        "mask as an index": share(),
        "product": share(
            "whole = float(np.sum(heat_map))\n"
            "return float(np.sum(heat_map * mask)) / whole if whole > 0 else 0",
            SHORTCUT.lower(),
        ),
        "loops": share(
            "part = whole = 0.0\n"
            "for heat, inside in zip(np.ravel(heat_map), np.ravel(mask)):\n"
            "    whole += heat\n"
            "    if inside:\n        part += heat\n"
            "return np.float32(part / whole) if whole else np.float32(0)",
            f"({SHORTCUT})",
        ),
        "average with weights": share(
            "if not heat_map.any():\n    return 0\n"
            "return np.average(np.where(mask, 1.0, 0.0), weights=heat_map)",
            f" {SHORTCUT} ",
        ),
    },
    "ex23-steps": {
        "list": 'ex23_order = ["b", "e", "c", "a", "d"]',
        "string": 'ex23_order = "becad"',
        "the other first": 'ex23_order = "e, b, c, a, d"',
        "capitals": 'ex23_order = ("E", "B", "C", "A", "D")',
    },
}

WRONG = {
    "ex12": {
        "all of normalisation trained": counts(HEAD + NORM_FIXED, TOTAL, UNFROZEN + NORM_FIXED),
        "no normalisation": counts(DENSE + OUT, BASE + DENSE + OUT),
        "the chapter's count for the trainable": counts(TOTAL, TOTAL, TOTAL),
        "no biases": counts(HEAD - 261, TOTAL - 261, UNFROZEN - 261),
        "last layer only": counts(OUT, TOTAL),
        "total without the base": counts(HEAD, HEAD + NORM_FIXED),
        "flattened maps": counts(49 * 2048 * 256 + 256 + NORM_TRAINED + OUT),
        "everything unfrozen": counts(unfrozen=TOTAL),
        "head left out": counts(unfrozen=UNFROZEN - HEAD),
        "frozen stays frozen": counts(unfrozen=HEAD),
        "moving statistics counted": counts(unfrozen=UNFROZEN + 12_288),
        "head and last number swapped": counts(UNFROZEN, TOTAL, HEAD),
        "off by one": counts(HEAD, TOTAL + 1, UNFROZEN),
    },
    "ex12-features": {
        "all early": f"ex12_features = {dict.fromkeys(FEATURES, 'early')!r}",
        "all late": f"ex12_features = {dict.fromkeys(FEATURES, 'late')!r}",
        "opposite": "ex12_features = "
        + repr({k: "late" if v == "early" else "early" for k, v in FEATURES.items()}),
        "early ones see more": features(e="early"),
        "early ones first unfrozen": features(d="early"),
        "late ones kept frozen": features(f="late"),
        "late ones alike": features(c="late"),
        "both": features(a="early or late"),
        "five": f"ex12_features = {list(FEATURES.values())[:5]!r}",
        "seven": f"ex12_features = {[*FEATURES.values(), 'early']!r}",
        "other word": features(b="deep"),
    },
    "ex15": {
        "no weights": camera(heat="maps.sum(-1)"),
        "maximum of the gradients": camera(alpha="gradients.max(axis=(0, 1))"),
        "gradients not averaged": camera(heat="(maps * gradients).sum(-1)"),
        "absolute gradients": camera(alpha="abs(gradients).mean(axis=(0, 1))"),
        "mean over the channels": camera(
            alpha="gradients.mean(axis=2)", heat="maps.mean(axis=2) * alpha"
        ),
        "no ReLU": camera(relu="heat"),
        "absolute value for ReLU": camera(relu="abs(heat)"),
        "ReLU on the maps": camera(heat="np.maximum(maps * alpha, 0).sum(-1)"),
        "ReLU on the weights": camera(alpha="np.maximum(gradients.mean(axis=(0, 1)), 0)"),
        "not divided": camera(end="heat"),
        "divided by zero": camera(end="heat / top"),
        "small number added to the top": camera(end="heat / (top + 1e-4)"),
        "divided by the sum": camera(end="heat / heat.sum() if top > 0 else heat"),
        "stretched from the least": camera(
            end="(heat - heat.min()) / (top - heat.min()) if top > heat.min() else 0 * heat"
        ),
        "scaled before ReLU": camera(
            relu="np.maximum(heat / abs(heat).max(), 0) if heat.any() else heat", end="heat"
        ),
        "transposed": camera(end="(heat / top if top > 0 else heat).T"),
        "channels first": camera(
            alpha="gradients.mean(axis=(1, 2))", heat="np.tensordot(alpha, maps, (0, 0))"
        ),
        "damages the maps": camera(
            end="(heat / top if top > 0 else heat) + 0 * maps.__imul__(0).sum()"
        ),
        "damages the gradients": camera(
            end="(heat / top if top > 0 else heat) + 0 * gradients.__imul__(0).sum()"
        ),
        "half precision": camera(end="(heat / top if top > 0 else heat).astype(np.float16)"),
        "whole numbers": camera(end="(heat / top if top > 0 else heat).round()"),
        "enlarged": camera(end="np.kron(heat / top if top > 0 else heat, np.ones((2, 2)))"),
        "small maps count as nothing": camera(end="heat / top if top > 1e-3 else 0 * heat"),
        "other class": camera(relu="np.maximum(-heat, 0)"),
    },
    "ex15-true": {
        "everything": 'ex15_true = "bacde"',
        "proof": 'ex15_true = "bacd"',
        "the same for every class": 'ex15_true = "bcde"',
        "fine": 'ex15_true = "bd"',
        "no ReLU": 'ex15_true = "bc"',
        "the opposite": 'ex15_true = "ae"',
        "one letter": 'ex15_true = "b"',
    },
    "ex23": {
        "weights only": monuments(20480, BASE + 20480),
        "one bias": monuments(20481, BASE + 20481),
        "everything trained": monuments(BASE + MONUMENTS),
        "flattened": monuments(49 * 2048 * 10 + 10, BASE + 49 * 2048 * 10 + 10),
        "base only": monuments(MONUMENTS, BASE),
        "swapped": monuments(BASE + MONUMENTS, MONUMENTS),
        "original classifier": monuments(2049 * 1000, 25_636_712),
        "eleven classes": monuments(2049 * 11, BASE + 2049 * 11),
    },
    "ex23-preprocess": {
        "red first": preprocess(f"return images.astype(float) - {MEANS}"),
        "means in the other order": preprocess(
            f"return images[..., ::-1].astype(float) - {MEANS}[::-1]"
        ),
        "flipped and not subtracted": preprocess("return images[..., ::-1].astype(float)"),
        "added": preprocess(f"return images[..., ::-1].astype(float) + {MEANS}"),
        "scaled to one": preprocess(f"return (images[..., ::-1].astype(float) - {MEANS}) / 255"),
        "minus one to one": preprocess("return images / 127.5 - 1.0"),
        "mirrored pictures": preprocess(f"return images[:, :, ::-1].astype(float) - {MEANS}"),
        "mirrored everywhere": preprocess(
            f"return images[:, ::-1, ::-1, ::-1].astype(float) - {MEANS}"
        ),
        "wraps round": preprocess(
            "return (images[..., ::-1] - np.array([104, 117, 124]).astype(images.dtype)).astype(float)"
        ),
        "whole means": preprocess(
            "return images[..., ::-1].astype(float) - np.round(" + MEANS + ")"
        ),
        "whole numbers": preprocess(f"return (images[..., ::-1] - {MEANS}).astype(int)"),
        "clipped at zero": preprocess(f"return np.maximum(images[..., ::-1] - {MEANS}, 0)"),
        "first picture only": preprocess(
            f"x = images.astype(float)\nx[0] = x[0, ..., ::-1] - {MEANS}\nreturn x"
        ),
        "channels first": preprocess(f"return (images[..., ::-1] - {MEANS}).transpose(0, 3, 1, 2)"),
        "half precision": preprocess(f"return (images[..., ::-1] - {MEANS}).astype(np.float16)"),
        "damages the pictures": preprocess(
            f"y = images[..., ::-1] - {MEANS}\nimages[:] = 0\nreturn y"
        ),
        "swaps in place": preprocess(
            f"images[..., [0, 2]] = images[..., [2, 0]]\nreturn images - {MEANS}"
        ),
        "own means": preprocess(
            "x = images[..., ::-1].astype(float)\nreturn x - x.mean((0, 1, 2))"
        ),
    },
    "ex23-split": {
        "ignores the photographers": split(
            "n = len(photographers)\norder = list(range(n))\nrandom.Random(seed).shuffle(order)\n"
            "k = int(n * (1 - test_fraction))\nreturn order[:k], order[k:]"
        ),
        "first quarter": split(
            "n = len(photographers)\nk = max(1, int(n * test_fraction))\n"
            "return list(range(k, n)), list(range(k))"
        ),
        "swapped": split(
            GROUPS + FILL + PARTS.replace("return (", "return tuple(reversed((") + "))"
        ),
        "one photographer too many": split(
            GROUPS
            + FILL.replace(">=", ">").replace("break", "test.add(person)\n        break")
            + PARTS
        ),
        "stops too early": split(
            GROUPS + "for person in people:\n"
            "    if test and sum(n in test | {person} for n in names) > test_fraction * len(names):\n"
            "        break\n"
            "    test.add(person)\n"
            "test = test if len(test) < len(people) else set(people[:-1])\n" + PARTS
        ),
        "a quarter of the people": split(
            GROUPS + "test = set(people[:max(1, round(len(people) * test_fraction))])\n"
            "if len(test) == len(people):\n    test.pop()\n" + PARTS
        ),
        "one person only": split(GROUPS + "test = {people[0]}\n" + PARTS),
        "ignores the fraction": split("test_fraction = 0.25\n" + GROUPS + FILL + PARTS),
        "takes all photographers": split(GROUPS + FILL.replace("people[:-1]", "people") + PARTS),
        "another result every time": split(
            "ex23_split.calls = getattr(ex23_split, 'calls', 0) + 1\n"
            + GROUPS
            + "k = ex23_split.calls % len(people)\npeople = people[k:] + people[:k]\n"
            + FILL
            + PARTS
        ),
        "names for indices": split(
            GROUPS
            + FILL
            + "return [n for n in names if n not in test], [n for n in names if n in test]"
        ),
        "truth values": split(
            GROUPS + FILL + "return [n not in test for n in names], [n in test for n in names]"
        ),
        "counts from one": split(
            GROUPS + FILL + PARTS.replace("enumerate(names)", "enumerate(names, 1)")
        ),
        "first picture of each": split(
            GROUPS + FILL + "firsts = [names.index(p) for p in people]\n"
            "return [i for i in firsts if names[i] not in test], [i for i in firsts if names[i] in test]"
        ),
        "a picture twice": split(
            GROUPS + FILL + PARTS.replace("return (", "a, b = (") + "\nreturn a + a[:1], b"
        ),
        "last picture lost": split(
            GROUPS + FILL + PARTS.replace("enumerate(names)", "enumerate(names[:-1])")
        ),
        "three parts": split(
            GROUPS + FILL + PARTS.replace("return (", "a, b = (") + "\nreturn a, [], b"
        ),
        "empty test": split("return list(range(len(photographers))), []"),
        "fails without the defaults": split(
            GROUPS + FILL + PARTS, "photographers, test_fraction, seed"
        ),
    },
    "added-shortcut": {
        "another network": share(network="A"),
        "yet another": share(network="C"),
        "all of them": share(network="ABC"),
        "two of them": share(network="A or B"),
        "list": share(network=["A", "B", "C"]),
        "number of the network": share(network=2),
        "function missing": f"added_shortcut_network = {SHORTCUT!r}",
        "share of the mask's area": share("return mask.mean()"),
        "mean for sum": share(
            "return heat_map[mask].mean() / heat_map.mean() if heat_map.any() else 0"
        ),
        "what lies outside": share(
            "return heat_map[~mask].sum() / heat_map.sum() if heat_map.any() else 0"
        ),
        "divided by the mask": share("return heat_map[mask].sum() / mask.sum()"),
        "divided by zero": share("return np.float64(heat_map[mask].sum()) / heat_map.sum()"),
        "whole counted as one": share("return heat_map[mask].sum()"),
        "largest values only": share(
            "return float(heat_map[mask].max(initial=0) >= heat_map.max()) if heat_map.any() else 0"
        ),
        "pixels that are hot": share(
            "hot = heat_map > 0\nreturn (hot & mask).sum() / hot.sum() if hot.any() else 0"
        ),
        "integer division": share(
            "return heat_map[mask].sum() // heat_map.sum() if heat_map.any() else 0"
        ),
        "damages the map": share(
            "total = heat_map.sum()\nheat_map[~mask] = 0\nreturn heat_map.sum() / total if total else 0"
        ),
        "one for no heat": share(
            "return heat_map[mask].sum() / heat_map.sum() if heat_map.any() else 1"
        ),
        "percent": share(
            "return 100 * heat_map[mask].sum() / heat_map.sum() if heat_map.any() else 0"
        ),
        "transposed mask": share(
            "m = mask.T if mask.shape[0] == mask.shape[1] else mask[::-1]\n"
            "return heat_map[m].sum() / heat_map.sum() if heat_map.any() else 0"
        ),
        "half precision": share(
            "return np.float16(heat_map[mask].sum() / heat_map.sum()) * np.float16(1.01) if heat_map.any() else 0"
        ),
    },
    "ex23-steps": {
        "fine-tuning first": 'ex23_order = "beacd"',
        "measured before fine-tuning": 'ex23_order = "becda"',
        "split last": 'ex23_order = "ecabd"',
        "split after training": 'ex23_order = "ecbad"',
        "backwards": 'ex23_order = "daceb"',
        "alphabet": 'ex23_order = "abcde"',
        "one missing": 'ex23_order = "beca"',
        "one twice": 'ex23_order = "beccad"',
        "both places": 'ex23_order = "ebebcad"',
        "several orders": 'ex23_order = ["becad", "ebcad"]',
    },
}

PARTIAL = {
    "added-shortcut": {
        "network only": (WRONG["added-shortcut"]["function missing"], 0),
        "function only": (share(network="A"), 2),
    },
    "ex12": {
        "all of normalisation trained": (counts(HEAD + NORM_FIXED, TOTAL, 5), 1),
        "unfrozen wrong": (counts(unfrozen=HEAD), 2),
    },
    "ex12-features": {
        "one wrong": (features(e="early"), 1.5),
        "all early": (WRONG["ex12-features"]["all early"], 0),
    },
    "ex15-true": {
        "one too many": ('ex15_true = "bacd"', 1.25),
        "everything": ('ex15_true = "bacde"', 0),
    },
    "ex23-split": {
        "images at random": (
            "import numpy as np\ndef ex23_split(photographers, test_fraction=0.25, seed=0):\n"
            "    order = np.random.default_rng(seed).permutation(len(photographers)).tolist()\n"
            "    cut = max(1, int(np.ceil(test_fraction * len(order))))\n"
            "    cut = min(cut, len(order) - 1)\n"
            "    return order[cut:], order[:cut]",
            0.75,
        ),
    },
    "ex23": {"head only": (monuments(total=5), 1), "total only": (monuments(5), 1)},
    "ex23-steps": {
        "neighbours swapped": ('ex23_order = "beacd"', 1),
        "last two swapped": ('ex23_order = "becda"', 1),
        "alphabet": ('ex23_order = "abcde"', 0),
    },
}
