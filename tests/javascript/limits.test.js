// What a trait may hold; that Python says the same is tested in tests/widgets/test_limits.py.

import assert from "node:assert/strict";
import { test } from "node:test";
import { admit, fits, limitInWords, readLimits } from "../../convbook/widgets/shared/limits.js";

const stride = { type: "integer", minimum: 1, maximum: 4 };
const kernel = { type: "table", sizes: [[3, 5], [3, 5]], square: true, minimum: -9, maximum: 9 };
const filled = (rows, columns, value = 0) => Array.from({ length: rows }, () => Array(columns).fill(value));

test("numbers fit within their ends, and only as numbers", () => {
  for (const value of [1, 4]) assert.ok(fits(value, stride));
  for (const value of [0, 5, 2.5, "2", null, true, NaN, [2]]) assert.ok(!fits(value, stride), String(value));
  assert.ok(fits(null, { ...stride, nullable: true }));
  assert.ok(!fits(Infinity, { type: "number" }));
});

test("a table is even, of an allowed size, and holds numbers only", () => {
  assert.ok(fits(filled(3, 3), kernel));
  const ragged = [[0, 0, 0], [0, 0], [0, 0, 0]];
  for (const value of [filled(4, 4), filled(3, 5), filled(3, 3, 10), filled(3, 3, "1"), ragged, [], [[]], 3]) {
    assert.ok(!fits(value, kernel), JSON.stringify(value));
  }
});

test("a key that every object has is no key of a map or a kind", () => {
  assert.ok(!fits({ kind: "toString" }, { type: "variant", variants: {} }));
  assert.ok(!fits(JSON.parse('{"__proto__": 1}'), { type: "map", entries: { a: stride } }));
});

test("one of several descriptions is enough", () => {
  const layer = { either: [{ type: "tuple", parts: [stride] },
    { type: "tuple", parts: [stride, { enum: ["pool"] }] }] };
  assert.ok(fits([2], layer) && fits([2, "pool"], layer));
  assert.ok(!fits([2, "conv"], layer));
});

test("a link gets what fits, and words about the rest; what has no limits it cannot set", () => {
  const { admitted, refused } = admit({ stride, kernel }, { stride: 2, kernel: "x", image: "bytes" });
  assert.deepEqual(admitted, { stride: 2 });
  assert.deepEqual(refused, ['kernel = "x" does not fit; it must be a table of 2 axes with numbers from -9 to 9']);
});

test("every sort of limit has words", () => {
  for (const limit of [stride, kernel, { enum: ["a", "b"] }, { enum: Array(20).fill("a") }, { type: "boolean" }, {},
    { type: "text", nullable: true }, { type: "number", minimum: 0 }, { type: "map" }]) {
    assert.match(limitInWords(limit), /\w{3}/);
  }
});

test("a model without limits has none", () => {
  assert.deepEqual(readLimits({ get: () => undefined }), {});
});
