// Numbers as the book prints them, and as people type them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, fixed, inWords, megabytes, number, percent, plural, readNumber, scientific, signed }
  from "../../convbook/widgets/shared/format.js";

test("numbers are printed as in the book", () => {
  const printed = [
    [number(150528), "150,528"], [number(-0.25), "−0.25"], [number(-0.0001), "0"], [number(1 / 3), "0.333"],
    [number(NaN), "not a number"], [number(Infinity), "∞"], [number(-Infinity), "−∞"],
    [fixed(2.5, 2), "2.50"], [fixed(-1234, 1), "−1,234.0"], [fixed(-0.001, 1), "0.0"], [fixed(2.4, 0), "2"],
    [signed(3), "+3"], [signed(-3), "−3"], [signed(0), "0"], [percent(0.0157), "1.6\u00a0%"],
    [inWords(138357544), "138.36\u00a0million"], [inWords(999999), "999,999"], [inWords(3.87e9), "3.87\u00a0billion"],
    [bytes(602112), "602.11\u00a0kB"], [bytes(0), "0\u00a0B"],
    [megabytes(564320), "0.6\u00a0MB"], [megabytes(4920000), "4.9\u00a0MB"], [megabytes(3000), "0.1\u00a0MB"],
    [plural(1, "pixel"), "1 pixel"], [plural(0, "pixel"), "0 pixels"], [plural(2, "class", "classes"), "2 classes"],
    [scientific(0.0421), "0.0421"], [scientific(2.31e-14), "2.31 × 10⁻¹⁴"], [scientific(1e6), "10⁶"],
      [scientific(0), "0"],
  ];
  for (const [found, expected] of printed) assert.equal(found, expected);
});

test("decimals with a comma, fractions, signs and powers are read", () => {
  const decimal = { whole: false };
  for (const [typed, value] of [["0,5", 0.5], ["0,125", 0.125], [".5", 0.5], ["−1/4", -0.25], ["1/3", 1 / 3],
    ["+2", 2], ["0,5 / 2", 0.25], ["1e3", 1000], ["5.", 5]]) {
    assert.equal(readNumber(typed, decimal).value, value, typed);
  }
});

test("whole numbers may be grouped, and a fraction may come to one", () => {
  for (const [typed, value] of [["12", 12], [" −3 ", -3], ["1e3", 1000], ["1,728", 1728], ["6/3", 2]]) {
    assert.equal(readNumber(typed).value, value, typed);
  }
});

test("what cannot be read is answered in words", () => {
  for (const [typed, limits, words] of [
    ["abc", {}, "is not a number; give a whole number"], ["0x10", {}, "is not a number"],
      ["1/0", {}, "is not a number"],
    ["1 3", {}, "is not a number"], ["", { min: 1 }, "this field is empty; give a whole number of at least 1"],
    ["1e9", { min: 1, max: 100 }, "1e9 does not fit here; give a whole number from 1 to 100"],
    ["2.5", {}, "does not fit"], ["1,728", { whole: false }, "write 1728 or 1.728"],
  ]) {
    const { value, problem } = readNumber(typed, limits);
    assert.equal(value, undefined, typed);
    assert.ok(problem?.includes(words), problem);
  }
});
