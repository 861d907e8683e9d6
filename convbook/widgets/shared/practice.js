// How much a reader has practised, objective by objective: { "2": [right, tried] }.

import { keep, recall } from "./memory.js";

/** What the reader's browser knows of the fourteen objectives. */
export const PROGRESS = "progress";

/** A tally with one more attempt at an objective; the given one stays as it is. */
export function tallied(tally, objective, right) {
  const [good, tried] = tally[objective] ?? [0, 0];
  return { ...tally, [objective]: [good + (right ? 1 : 0), tried + 1] };
}

/** Notes an attempt in the reader's own browser, for the list of objectives (section 1). */
export function notePractice(objective, right) {
  const { done = [], practised = {} } = recall(PROGRESS) ?? {};
  keep(PROGRESS, { done, practised: tallied(practised, objective, right) });
}
