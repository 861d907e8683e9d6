// What the training lab says of a run, and what it offers to do.

import assert from "node:assert/strict";
import { test } from "node:test";
import { verdictOf, settingsInWords } from "../../convbook/widgets/shared/training_words.js";
import { chainOf, parametersOf } from "../../convbook/widgets/shared/training_network.js";
import { newNetwork } from "../../convbook/widgets/shared/new_network.js";

const settings = { optimiser: "sgd", rate: 0.01, batch_size: 32, depth: 2, filters: 8, weight_scale: 1,
  batch_norm: false, skip: false, dropout: 0, augmentation: false, examples: 1437, label_noise: 0, seed: 1 };
const point = (step, loss, accuracy, validationLoss = loss, validationAccuracy = accuracy) =>
  ({ step, loss, accuracy, validationLoss, validationAccuracy });
const start = point(0, 2.4, 0.1);

function heard({ points, own = {}, broken = 0, gradients = [0.1, 0.1], losses = [] }) {
  const last = points[points.length - 1];
  return verdictOf({ settings: { ...settings, ...own }, step: broken || last.step, points, broken, losses,
    gradients: gradients.map((size, i) => ({ name: String(i), size })) });
}

const chance = [start, point(450, 2.3, 0.1)];
const cases = {
  fresh: { points: [start] },
  nan: { points: [start], broken: 3, losses: [13.7, 2.31e15, NaN] },
  growing: { points: [start, point(45, 36, 0.1)] },
  dead: { points: chance, gradients: [0, 0, 0.1] },
  vanishing: { points: chance, gradients: [1e-8, 1e-5, 0.02] },
  stuck: { points: chance, own: { rate: 1e-4 } },
  overfitting: { points: [start, point(45, 0.5, 0.9), point(450, 0.01, 1, 0.9, 0.8)] },
  slow: { points: [start, point(450, 1.4, 0.7)] },
  learning: { points: [start, point(90, 0.5, 0.85)] },
  reached: { points: [start, point(90, 0.1, 0.98)] },
};

for (const [kind, run] of Object.entries(cases)) {
  test(`a run that is ${kind} is called so, and what is offered would change it`, () => {
    const verdict = heard(run);
    assert.equal(verdict.kind, kind);
    for (const { settings: offered } of verdict.remedies) {
      assert.ok(Object.entries(offered).some(([name, value]) => ({ ...settings, ...run.own })[name] !== value));
    }
  });
}

test("a loss that is no number is told with the losses before it and two ways out", () => {
  const { text, remedies } = heard({ ...cases.nan, own: { rate: 10 } });
  assert.match(text, /step 3 .*NaN.*13\.7, then 2\.31 × 10¹⁵/);
  assert.deepEqual(remedies.map((one) => one.settings), [{ rate: 1 }, { batch_norm: true }]);
});

test("a rate is lowered while it is high and raised while it is low", () => {
  assert.deepEqual(heard(cases.stuck).remedies[0].settings, { rate: 0.001 });
  assert.deepEqual(heard({ points: chance, own: { rate: 3 } }).remedies[0].settings, { rate: 0.3 });
});

test("what is kept of a run names all that differs from the plain one", () => {
  const words = settingsInWords({ ...settings, skip: true, label_noise: 0.4, seed: 3 });
  for (const part of ["SGD 0.01", "skips", "40\u00a0% wrong labels", "seed 3"]) assert.ok(words.includes(part), words);
});

test("the parameters that are stated are those that the network has", () => {
  for (const own of [{}, { depth: 8, batch_norm: true, skip: true, filters: 16, dropout: 0.5 }, { depth: 1 }]) {
    const { nodes, weights } = newNetwork(chainOf({ ...settings, ...own }), 1);
    const others = nodes.map(({ op, bias, out }) =>
      (op === "bn" ? 2 * (own.filters ?? settings.filters) : Number(Boolean(bias)) * (out ?? 0)));
    assert.equal(parametersOf({ ...settings, ...own }), weights.length + others.reduce((a, b) => a + b, 0));
  }
});
