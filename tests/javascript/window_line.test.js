// The lines from a window to the output that is made of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { linesBetween } from "../../convbook/widgets/shared/window_line.js";

const box = (left, top, size) => ({ left, top, right: left + size, bottom: top + size });

test("a window and the output beside it span two lines, from corner to corner", () => {
  assert.deepEqual(linesBetween([box(0, 0, 60)], box(300, 10, 30)), [[60, 0, 300, 10], [60, 60, 300, 40]]);
});

test("an output below is reached from the window's lower side, and of several only from the last", () => {
  assert.deepEqual(linesBetween([box(0, 0, 60), box(0, 90, 60)], box(0, 200, 30)),
    [[0, 150, 0, 200], [60, 150, 30, 200]]);
});

test("several windows beside an output send a line each, from middle to middle", () => {
  assert.deepEqual(linesBetween([box(0, 0, 60), box(0, 90, 60)], box(300, 50, 30)),
    [[60, 30, 300, 65], [60, 120, 300, 65]]);
});
