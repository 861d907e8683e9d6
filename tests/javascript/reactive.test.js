// Computed values and reactions, whatever the order in which they were declared.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Computed, Graph, sameValue } from "../../convbook/widgets/shared/reactive.js";

function made(values) {
  const graph = new Graph((trait) => values[trait]);
  const set = (changes) => {
    Object.assign(values, changes);
    Object.keys(changes).forEach((trait) => graph.note(trait));
  };
  return { graph, set };
}

test("a computed value is computed once for each change, and only when it is read", () => {
  const { graph, set } = made({ a: 1, b: 2 });
  let runs = 0;
  const sum = new Computed(graph, ["a", "b"], (a, b) => {
    runs += 1;
    return a + b;
  });
  assert.equal(runs, 0);
  assert.deepEqual([sum.value, sum.value, runs], [3, 3, 1]);
  set({ a: 5 });
  set({ b: 6 });
  assert.deepEqual([sum.value, runs], [11, 2]);
});

test("a reaction sees values that were declared after it up to date", () => {
  const { graph, set } = made({ a: 1 });
  const seen = [];
  const later = [];
  graph.watch(["a"], () => seen.push(later[0]?.value));
  later.push(new Computed(graph, ["a"], (a) => 2 * a));
  set({ a: 4 });
  graph.flush();
  assert.deepEqual(seen, [undefined, 8]);
});

test("a value that comes out the same wakes nobody", () => {
  const { graph, set } = made({ row: 3, last: 9 });
  const clamped = new Computed(graph, ["row", "last"], (row, most) => Math.min(row, most));
  let drawn = 0;
  graph.watch([clamped], () => {
    drawn += 1;
  });
  set({ last: 7 });
  graph.flush();
  assert.equal(drawn, 1);
  set({ row: 2 });
  graph.flush();
  assert.equal(drawn, 2);
});

test("an object that was filled anew counts as changed", () => {
  const { graph, set } = made({ a: 1 });
  const reused = new Computed(graph, ["a"], (a, last = []) => {
    last[0] = a;
    return last;
  });
  const seen = [];
  graph.watch([reused], () => seen.push(reused.value[0]));
  set({ a: 2 });
  graph.flush();
  assert.deepEqual(seen, [1, 2]);
});

test("a reaction that is forgotten during a redraw does not run once more", () => {
  const { graph, set } = made({ size: 3 });
  let cells = 0;
  let forget = () => {};
  graph.watch(["size"], () => {
    forget();
    forget = graph.scope(() => graph.watch(["size"], () => {
      cells += 1;
    }));
  });
  assert.equal(cells, 1);
  set({ size: 5 });
  graph.flush();
  assert.equal(cells, 2, "the old one is gone, and the new one ran when it was made");
  forget();
  set({ size: 6 });
  assert.equal(graph.watchers.size, 1);
});

test("one reaction that throws keeps no other from running", () => {
  const { graph, set } = made({ a: 1 });
  const seen = [];
  graph.watch(["a"], (changed) => {
    if (changed.has("a") && seen.length > 0) throw new Error("no");
  });
  graph.watch(["a"], () => seen.push("drawn"));
  set({ a: 2 });
  assert.equal(graph.flush().length, 1);
  assert.deepEqual(seen, ["drawn", "drawn"]);
});

test("a reaction that was stopped hears nothing more", () => {
  const { graph, set } = made({ a: 1 });
  let runs = 0;
  const stop = graph.watch(["a"], () => {
    runs += 1;
  });
  stop();
  set({ a: 2 });
  assert.deepEqual([graph.flush(), runs], [[], 1]);
});

test("values are compared by what they hold", () => {
  assert.ok(sameValue([[1, 2]], [[1, 2]]));
  assert.ok(!sameValue({ a: 1 }, { a: 2 }));
});
