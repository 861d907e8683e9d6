// Colour maps; their evenness in Oklab is measured in tests/widgets/test_shared_modules.py.

import assert from "node:assert/strict";
import { test } from "node:test";
import { colourMap, colourOf, cssOf, inkOn, mapFor } from "../../convbook/widgets/shared/colour.js";

test("values beyond the ends of a map take the colours at its ends", () => {
  const { css } = colourMap("sequential");
  assert.deepEqual([colourOf(-9, "sequential", -1, 1), colourOf(9, "sequential", -1, 1)], [css[0], css[255]]);
  assert.equal(colourOf(5, "grey", 3, 3), colourMap("grey").css[128]);
});

test("a map is made once, and its canvas pixels are its colours", () => {
  assert.equal(colourMap("grey"), colourMap("grey"));
  assert.equal(colourMap("grey").packed[1], 0xff010101);
});

test("ink is dark on light colours and light on dark ones", () => {
  assert.deepEqual([inkOn("rgb(255,255,255)"), inkOn("rgb(20,20,60)")], ["#000", "#fff"]);
});

test("signs have colours of their own on a dark page, and ink for each", () => {
  const [light, dark] = ["diverging", "diverging-dark"].map((name) => colourMap(name).css[128]);
  assert.equal(cssOf("diverging", 128), `light-dark(${light},${dark})`);
  assert.equal(colourOf(9, "diverging", -1, 1), cssOf("diverging", 255));
  assert.equal(inkOn(cssOf("diverging", 128)), "light-dark(#000,#fff)");
  assert.equal(inkOn("light-dark(rgb(255,255,255),rgb(250,250,250))"), "#000");
  assert.deepEqual([mapFor("diverging", true), mapFor("diverging", false), mapFor("grey", true)],
    ["diverging-dark", "diverging", "grey"]);
  assert.equal(cssOf("grey", 7), "rgb(7,7,7)");
});
