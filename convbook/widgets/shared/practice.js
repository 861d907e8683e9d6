// How much a reader has practised, objective by objective: { "2": [right, tried] }.

import { keep, recall } from "./memory.js";

/** What the reader's browser knows of the fourteen objectives. */
export const PROGRESS = "progress";

const OBJECTIVES = Array.from({ length: 14 }, (_, i) => i + 1);
/** @param {any} value */
const isCount = (value) => Number.isInteger(value) && value >= 0;

/**
 * What can be used of a record, however old or damaged: known objectives, whole counts.
 * @param {any} record
 */
export function cleanRecord(record) {
  const { done, practised } = record ?? {};
  const counts = Object.entries(practised ?? {}).filter(([objective, count]) =>
    OBJECTIVES.includes(Number(objective)) && Array.isArray(count) && count.length === 2 &&
    count.every(isCount) && count[0] <= count[1]);
  return {
    done: OBJECTIVES.filter((one) => Array.isArray(done) && done.includes(one)),
    practised: Object.fromEntries(counts),
  };
}

/**
 * A tally with one more attempt at an objective; the given one stays as it is.
 * @param {Record<string, number[]>} tally
 * @param {number} objective
 * @param {boolean} right
 */
export function tallied(tally, objective, right) {
  const [good, tried] = tally[objective] ?? [0, 0];
  return { ...tally, [objective]: [good + (right ? 1 : 0), tried + 1] };
}

/**
 * Notes an attempt in the reader's own browser, for the list of objectives (section 1).
 * @param {number} objective
 * @param {boolean} right
 */
export function notePractice(objective, right) {
  const { done, practised } = cleanRecord(recall(PROGRESS));
  keep(PROGRESS, { done, practised: tallied(practised, objective, right) });
}
