"""Transfer and interpretation, from the students' notebook alone."""

from .writing import PRELUDE, function, letter, several, table, values

ASSIGNMENT = "06-transfer-and-interpretation"

BASE = 23_587_712
HEAD = 256 * 2049 + 2 * 256 + 5 * 257
ALL = BASE + HEAD + 2 * 256
BLOCK = 512 * 2049 + 2 * 512 + 512 * (9 * 512 + 1) + 2 * 512 + 2048 * 513 + 2 * 2048
UNFROZEN = HEAD + 2 * BLOCK

CAM = """
weights = {weights}
heat = {heat}
heat = {relu}
return {scale}
"""


def cam(
    weights="gradients.mean(axis=(0, 1))",
    heat="(maps * weights).sum(axis=-1)",
    relu="np.maximum(heat, 0)",
    scale="heat / heat.max() if heat.max() > 0 else heat",
) -> str:
    return CAM.format(weights=weights, heat=heat, relu=relu, scale=scale)


MEANS = "np.array([103.939, 116.779, 123.68])"
SPLIT = """
people = {people}
{shuffle}
taken, count, wanted = [], 0, test_fraction * len(photographers)
for person in people{last}:
    if count >= wanted{early}:
        break
    taken.append(person)
    count += photographers.count(person)
test = [i for i, who in enumerate(photographers) if who in taken]
train = [i for i, who in enumerate(photographers) if who not in taken]
return {result}
"""


def split(
    people="sorted(set(photographers))",
    shuffle="people = list(np.random.default_rng(seed).permutation(people))",
    last="[:-1]",
    early="",
    result="train, test",
) -> str:
    return SPLIT.format(people=people, shuffle=shuffle, last=last, early=early, result=result)


ORDER = [
    letter(ASSIGNMENT, "ex23-steps", says)
    for says in (
        "Split by photographer",
        "Load ResNet-50",
        "Train the new head",
        "Unfreeze the last block",
        "Measure once",
    )
]


def moved(*places: int) -> str:
    return "".join(ORDER[place] for place in places)


SHARE = (
    PRELUDE
    + """
def added_share(heat_map, mask):
    {body}
added_shortcut_network = {network}
"""
)


def share(
    body="total = heat_map.sum(); return heat_map[mask].sum() / total if total else 0.0",
    network="'B'",
) -> str:
    return SHARE.format(body=body, network=network)


FRESH = {
    "ex12": values(
        "ex12_head_trainable, ex12_total, ex12_unfrozen_trainable",
        [
            f"{HEAD}, {ALL}, {UNFROZEN}",
            f"{HEAD:_}, {ALL:_}, {UNFROZEN:_}",
            f"'{HEAD:,}', '{ALL:,}', '{UNFROZEN:,}'",
            f"{HEAD}.0, {ALL}.0, {UNFROZEN}.0",
        ],
        [
            f"{HEAD + 512}, {ALL}, {UNFROZEN}",
            f"{HEAD}, {ALL - 512}, {UNFROZEN}",
            f"{HEAD}, {ALL}, {HEAD + BLOCK}",
            f"{HEAD}, {ALL}, {2 * BLOCK}",
            f"{HEAD}, {ALL}, {ALL}",
            f"{HEAD - 512}, {ALL}, {UNFROZEN}",
            f"{HEAD}, {BASE}, {UNFROZEN}",
            f"{256 * 100353 + 512 + 1285}, {ALL}, {UNFROZEN}",
            f"{HEAD}, {ALL}, {UNFROZEN + 4 * 3072}",
            f"{BASE}, {ALL}, {UNFROZEN}",
            f"{HEAD}, {ALL}, {HEAD}",
            f"{ALL}, {HEAD}, {UNFROZEN}",
            f"{HEAD - 261}, {ALL - 261}, {UNFROZEN - 261}",
        ],
    ),
    "ex12-features": table(
        ASSIGNMENT,
        "ex12-features",
        "ex12_features",
        {
            "edges and colour blobs": "early",
            "wheels or faces": "late",
            "most alike in networks": "early",
            "first to be unfrozen": "late",
            "largest part of the input": "late",
            "usually kept frozen": "early",
        },
    ),
    "ex15": function(
        "def ex15_grad_cam(maps, gradients):",
        {
            "by the text": cam(),
            "tensordot": cam(heat="np.tensordot(maps, weights, 1)"),
            "section 4.12's line": cam(scale="heat / (heat.max() + 1e-8)"),
            "early return": "heat = np.clip(maps @ gradients.mean((0, 1)), 0, None)\nif not heat.any():\n    return np.zeros(maps.shape[:2])\nreturn heat / np.max(heat)",
        },
        {
            "no relu": cam(relu="heat"),
            "absolute": cam(relu="np.abs(heat)"),
            "not scaled": cam(scale="heat"),
            "to the sum": cam(scale="heat / heat.sum() if heat.sum() > 0 else heat"),
            "NaN": cam(scale="heat / heat.max()"),
            "weights positive": cam(weights="np.maximum(gradients.mean(axis=(0, 1)), 0)"),
            "relu first": cam(heat="(np.maximum(maps * weights, 0)).sum(axis=-1)"),
            "maps' means": cam(weights="maps.mean(axis=(0, 1))"),
            "gradients only": cam(heat="gradients.sum(axis=-1)"),
            "position by position": cam(heat="(maps * gradients).sum(axis=-1)"),
            "mean over channels of weights": cam(weights="gradients.mean(axis=-1, keepdims=True)"),
            "min–max": cam(
                scale="(heat - heat.min()) / (heat.max() - heat.min()) if heat.max() > heat.min() else heat * 0"
            ),
            "unweighted": cam(weights="np.ones(maps.shape[-1])"),
            "to 255": cam(scale="255 * heat / heat.max() if heat.max() > 0 else heat"),
            "damages maps": "maps *= gradients.mean(axis=(0, 1))\nheat = np.maximum(maps.sum(-1), 0)\nreturn heat / heat.max() if heat.max() > 0 else heat",
        },
    ),
    "ex15-true": several(
        ASSIGNMENT,
        "ex15-true",
        "ex15_true",
        ["added to the score", "as fine as the feature map", "ReLU removes the places"],
    ),
    "ex23": values(
        "ex23_trainable, ex23_total",
        [
            "20490, 23608202",
            "10 * 2049, 23587712 + 10 * 2049",
            "'20,490', '23,608,202'",
            "20490.0, 23608202.0",
        ],
        [
            "20480, 23608192",
            "1003530, 24591242",
            "20490, 23587712",
            "23608202, 20490",
            "20490, 20490",
            "2058, 23589770",
            "20490, 23567222",
            "21, 23587733",
            "490, 23588202",
            "2049, 23589761",
            "20490, '23.6 million'",
        ],
    ),
    "ex23-preprocess": function(
        "def ex23_preprocess(images):",
        {
            "by the text": f"return images[..., ::-1].astype(float) - {MEANS}",
            "float32": f"return images[..., ::-1].astype(np.float32) - {MEANS}.astype(np.float32)",
            "channel by channel": "out = np.empty(images.shape)\nfor c, mean in enumerate((103.939, 116.779, 123.68)):\n    out[..., c] = images[..., 2 - c] - mean\nreturn out",
            "subtract": f"return np.subtract(np.flip(images, -1), {MEANS}, dtype=float)",
        },
        {
            "colours kept": f"return images.astype(float) - {MEANS}",
            "means turned": f"return images[..., ::-1].astype(float) - {MEANS}[::-1]",
            "subtracted first": f"return (images.astype(float) - {MEANS})[..., ::-1]",
            "8-bit": f"return (images[..., ::-1] - {MEANS}.astype(np.uint8)).astype(float)",
            "scaled": f"return (images[..., ::-1] / 255 - {MEANS}) ",
            "divided by 255": "return images / 255.0",
            "nothing subtracted": "return images[..., ::-1].astype(float)",
            "whole means": "return images[..., ::-1].astype(float) - np.array([104, 117, 124])",
            "mirrored": f"return images[:, :, ::-1].astype(float) - {MEANS}",
            "added": f"return images[..., ::-1].astype(float) + {MEANS}",
            "clipped": f"return np.maximum(images[..., ::-1].astype(float) - {MEANS}, 0)",
            "rounded": f"return np.round(images[..., ::-1].astype(float) - {MEANS}).astype(int)",
            "in place": f"if images.dtype != np.uint8:\n    images -= {MEANS}[::-1]\n    return images[..., ::-1]\nreturn images[..., ::-1].astype(float) - {MEANS}",
        },
    ),
    "ex23-split": function(
        "def ex23_split(photographers, test_fraction=0.25, seed=0):",
        {
            "shuffled": split(),
            "in order": split(shuffle="", result="np.array(train), np.array(test)"),
            "random module": split(shuffle="import random; random.Random(seed).shuffle(people)"),
            "as they come": split(people="list(dict.fromkeys(photographers))"),
            "by size": split(
                people="sorted(set(photographers), key=lambda who: (photographers.count(who), who))",
                shuffle="",
            ),
        },
        {
            "of a set": split(people="list(set(photographers))", shuffle=""),
            "shuffled from a set": split(people="list(set(photographers))"),
            "sorted by hash": split(people="sorted(set(photographers), key=hash)", shuffle=""),
            "seeded by hash": split(
                shuffle="people = list(np.random.default_rng(hash(people[0]) % 999).permutation(people))"
            ),
            "no seed": split(shuffle="people = list(np.random.permutation(people))"),
            "pictures split": "n = len(photographers)\norder = np.random.default_rng(seed).permutation(n)\ncut = max(1, int(np.ceil(test_fraction * n)))\nreturn order[cut:].tolist(), order[:cut].tolist()",
            "one too many": split(early=" + 1"),
            "may take all": split(last=""),
            "swapped": split(result="test, train"),
            "names": split(result="[p for p in people if p not in taken], taken"),
            "share of photographers": split()
            .replace("test_fraction * len(photographers)", "test_fraction * len(people)")
            .replace("count += photographers.count(person)", "count += 1"),
            "stops before": split(early=" or count + photographers.count(person) > wanted"),
            "sorts the caller's": "photographers.sort()\n" + split(),
            "a dictionary": split(result="{'train': train, 'test': test}"),
            "train twice": split(result="train + test, test"),
            "always a quarter": "test_fraction = 0.25\n" + split(),
        },
    ),
    "ex23-steps": values(
        "ex23_order",
        [
            repr(moved(0, 1, 2, 3, 4)),
            repr(list(ORDER)),
            repr(", ".join(ORDER)),
            repr(moved(0, 1, 2, 3, 4).upper()),
            repr(" → ".join(ORDER)),
        ],
        [
            repr(moved(1, 0, 2, 4, 3)),
            repr(moved(0, 2, 1, 3, 4)),
            repr(moved(0, 1, 3, 2, 4)),
            repr(moved(0, 1, 2, 4, 3)),
            repr(moved(4, 3, 2, 1, 0)),
            repr(moved(0, 1, 2, 3)),
            repr(moved(0, 1, 2, 3, 4, 4)),
            repr(moved(1, 2, 3, 4, 0)),
            "'12345'",
            repr(moved(0, 3, 1, 2, 4)),
            "''",
            repr(set(ORDER)) + " and 5",
        ],
    ),
    "added-shortcut": {
        "RIGHT": {
            "by the text": share(),
            "product": share(
                "total = float(np.sum(heat_map)); return float((heat_map * mask).sum()) / total if total > 0 else 0"
            ),
            "where": share(
                "return 0 if not heat_map.any() else np.where(mask, heat_map, 0).sum() / heat_map.sum()",
                "'b'",
            ),
        },
        "WRONG": {
            "off the object": share(
                "t = heat_map.sum(); return heat_map[~mask].sum() / t if t else 0.0"
            ),
            "mean on the object": share("return heat_map[mask].mean() if mask.any() else 0.0"),
            "share of pixels": share("return mask.mean()"),
            "not a share": share("return heat_map[mask].sum()"),
            "NaN for none": share("return heat_map[mask].sum() / heat_map.sum()"),
            "percent": share(
                "t = heat_map.sum(); return 100 * heat_map[mask].sum() / t if t else 0.0"
            ),
            "of the largest": share(
                "m = heat_map.max(); return heat_map[mask].sum() / m if m else 0.0"
            ),
            "one for none": share(
                "t = heat_map.sum(); return heat_map[mask].sum() / t if t else 1.0"
            ),
            "network A": share(network="'A'"),
            "network C": share(network="'C'"),
            "two networks": share(network="'AB'"),
            "no network": share(network="None"),
            "mask times": share(
                "t = (heat_map * ~mask).sum(); return (heat_map * mask).sum() / t if t else 0.0"
            ),
            "zeroes the map": share(
                "t = heat_map.sum(); s = heat_map[mask].sum(); heat_map[...] = 0; return s / t if t else 0.0"
            ),
        },
    },
}
