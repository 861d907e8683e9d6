// The runs of the training lab: the one that trains, and those kept beside it. No page in here.

import { stepsPerEpoch } from "./training_network.js";

/** @typedef {import("./training_network.js").Settings} Settings */
/** @typedef {import("./training_session.js").Report} Report */
/** @typedef {import("./training_session.js").Look} Look */
/** @typedef {import("./training_session.js").Point} Point */
/** @typedef {import("./training_remote.js").TrainingRemote} TrainingRemote */
/** @typedef {{ number: number, settings: Settings, points: Point[], step: number, broken: number }} Kept */
/** @typedef {{ steps: number, milliseconds: number, wait: number }} Pace */

const MOST_KEPT = 4;

export class Runs {
  /**
   * @param {Promise<TrainingRemote>} remote
   * @param {() => void} changed hears of everything new
   */
  constructor(remote, changed) {
    this.remote = remote;
    this.changed = changed;
    /** @type {Settings | null} */
    this.settings = null;
    /** @type {Report | null} */
    this.report = null;
    /** @type {Point[]} */
    this.points = [];
    /** @type {number[]} */
    this.losses = [];
    /** @type {Kept[]} */
    this.kept = [];
    this.number = 1;
    this.running = false;
    /** Epochs at which training pauses by itself. */
    this.target = 0;
    /** Grows with every new run, and `turn` with every start and pause: what comes later is stale. */
    this.version = 0;
    this.turn = 0;
  }

  get step() {
    return this.report?.step ?? 0;
  }

  /**
   * Begins anew with fresh weights; what was trained before is kept to compare with.
   * @param {Settings} settings @param {number} epochs @param {Look} look
   */
  async begin(settings, epochs, look) {
    this.keep();
    this.version += 1;
    this.turn += 1;
    this.running = false;
    Object.assign(this, { settings, report: null, points: [], losses: [], target: epochs });
    this.changed();
    const { version } = this;
    const remote = await this.remote;
    if (version !== this.version) return;
    const report = await remote.start(settings, look);
    if (version === this.version) this.take(report);
  }

  keep() {
    if (!this.settings || this.step === 0) return;
    this.kept.push({ number: this.number, settings: this.settings, points: this.points, step: this.step,
      broken: this.report?.broken ?? 0 });
    this.number += 1;
    this.kept.splice(0, this.kept.length - MOST_KEPT);
  }

  /** @param {number} number */
  forget(number) {
    this.kept = this.kept.filter((run) => run.number !== number);
    this.changed();
  }

  /** @param {Report} report */
  take(report) {
    this.report = report;
    this.points.push(...report.points);
    this.losses.push(...report.losses);
    this.changed();
  }

  get done() {
    return !this.settings || Boolean(this.report?.broken) || this.step >= this.target * stepsPerEpoch(this.settings);
  }

  /**
   * Trains until it is paused or the target is reached; `pace` is asked before each round.
   * @param {() => Pace} pace
   * @param {() => Look} look
   * @param {(wait: number) => Promise<void>} pause
   */
  async play(pace, look, pause) {
    if (this.running || !this.report || this.report.broken) return;
    this.running = true;
    this.turn += 1;
    this.changed();
    const { turn } = this;
    const mine = () => turn === this.turn;
    while (mine() && !this.done) {
      const { steps, milliseconds, wait } = pace();
      await this.advance(steps, milliseconds, look());
      if (mine() && !this.done) await pause(wait);
    }
    if (mine()) this.pause();
  }

  pause() {
    this.running = false;
    this.turn += 1;
    this.changed();
  }

  /** @param {number} steps @param {number} milliseconds @param {Look} look */
  async advance(steps, milliseconds, look) {
    const { version, settings } = this;
    if (!settings) return;
    const left = Math.max(1, this.target * stepsPerEpoch(settings) - this.step);
    const report = await (await this.remote).advance(Math.min(steps, left), milliseconds, look);
    if (version === this.version) this.take(report);
  }

  /** Looks at another digit or layer, without training. @param {Look} look */
  async look(look) {
    if (!this.report || this.running) return;
    const { version } = this;
    const report = await (await this.remote).look(look);
    if (version === this.version && !this.running) this.take(report);
  }
}
