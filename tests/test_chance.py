"""Seeds, orders and numbers that a page draws too."""

from collections import Counter

from convbook.chance import random_from, seed_of, shuffled


def test_numbers_are_even_and_the_seed_decides_them():
    draw = random_from(7)
    numbers = [draw() for _ in range(10_000)]
    assert 0 <= min(numbers) < max(numbers) < 1
    assert abs(sum(numbers) / len(numbers) - 0.5) < 0.01
    assert random_from(7)() == numbers[0] != random_from(8)()


def test_a_text_makes_a_seed():
    assert seed_of("") == 0x811C9DC5
    assert seed_of("a") == 0xE40C292C  # FNV-1a, 32 bits, as its authors list it
    assert seed_of("foobar") == 0xBF9CF968


def test_every_order_comes_about_as_often_as_any_other():
    orders = Counter(tuple(shuffled("abc", seed)) for seed in range(6_000))
    assert len(orders) == 6
    assert all(900 < count < 1_100 for count in orders.values())
    assert sorted(shuffled(range(50), 3)) == list(range(50))
