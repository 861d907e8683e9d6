// Colour maps; their evenness in Oklab is measured in tests/widgets/test_shared_modules.py.

import assert from "node:assert/strict";
import { test } from "node:test";
import { colourMap, colourOf, inkOn } from "../../convbook/widgets/shared/colour.js";

test("values beyond the ends of a map take the colours at its ends", () => {
  const { css } = colourMap("diverging");
  assert.deepEqual([colourOf(-9, "diverging", -1, 1), colourOf(9, "diverging", -1, 1)], [css[0], css[255]]);
  assert.equal(colourOf(5, "grey", 3, 3), colourMap("grey").css[128]);
});

test("a map is made once, and its canvas pixels are its colours", () => {
  assert.equal(colourMap("grey"), colourMap("grey"));
  assert.equal(colourMap("grey").packed[1], 0xff010101);
});

test("ink is dark on light colours and light on dark ones", () => {
  assert.deepEqual([inkOn("rgb(255,255,255)"), inkOn("rgb(20,20,60)")], ["#000", "#fff"]);
});
