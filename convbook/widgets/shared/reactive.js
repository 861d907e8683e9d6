// Values that follow from others, and reactions to a change, each with its dependencies written down.
//
// Why not @preact/signals-core: the state lives in a model that others own (a kernel, other views), a
// reaction runs once a frame, and a list of sources can be searched for. Seventy lines hold that; with
// a library, an adapter of the same size would still be ours.

/**
 * What a value depends on: a trait's name, or a computed value. `T` is what the traits hold.
 * @template [T=any]
 * @typedef {(keyof T & string) | Computed<any>} Source
 */

/**
 * The values that sources have.
 * @template T
 * @template {readonly any[]} S
 * @typedef {{ [I in keyof S]: S[I] extends Computed<infer V> ? V : S[I] extends keyof T ? T[S[I]] : never }} Values
 */

/**
 * A value that follows from its sources. It is computed when it is read after a source has changed,
 * never before, so the order in which values are declared says nothing.
 * @template T
 */
export class Computed {
  /**
   * @param {Graph} graph
   * @param {readonly Source[]} sources
   * @param {(...values: any[]) => T} compute gets the sources' values, then its own last value.
   */
  constructor(graph, sources, compute) {
    this.graph = graph;
    this.sources = sources;
    this.compute = compute;
    this.version = 0;
    /** @type {number[]} */
    this.seen = [];
    /** @type {T | undefined} */
    this.last = undefined;
  }

  /** The value, up to date. @returns {T} */
  get value() {
    const versions = this.sources.map((source) => this.graph.versionOf(source));
    if (this.version === 0 || !sameVersions(versions, this.seen)) {
      const next = this.compute(...this.sources.map((source) => this.graph.read(source)), this.last);
      // An object that comes back may have been filled anew: only plain values can be told unchanged.
      const kept = this.version > 0 && Object.is(next, this.last) && Object(next) !== next;
      if (!kept) this.version += 1;
      this.seen = versions;
      this.last = next;
    }
    return /** @type {T} */ (this.last);
  }
}

/** Whether two values of traits are the same. @param {any} a @param {any} b */
export const sameValue = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);

/** @param {number[]} a @param {number[]} b */
const sameVersions = (a, b) => a.length === b.length && a.every((version, i) => version === b[i]);

/**
 * A reaction, and the versions of its sources when it last ran.
 * @typedef {object} Watcher
 * @property {readonly Source[]} sources
 * @property {(changed: Set<string>) => void} react
 * @property {number[]} seen
 * @property {boolean} stopped
 */

/** The traits of one view, what is computed from them, and who wants to hear of changes. */
export class Graph {
  /** @param {(trait: string) => any} readTrait */
  constructor(readTrait) {
    this.readTrait = readTrait;
    /** @type {Map<string, number>} */
    this.versions = new Map();
    /** @type {Set<Watcher>} */
    this.watchers = new Set();
    /** @type {Set<string>} */
    this.changed = new Set();
  }

  /** The value of a trait or of a computed value. @param {Source} source */
  read(source) {
    return typeof source === "string" ? this.readTrait(source) : source.value;
  }

  /** A number that grows whenever the source changes. @param {Source} source @returns {number} */
  versionOf(source) {
    if (typeof source === "string") return this.versions.get(source) ?? 0;
    return source.value, source.version;
  }

  /** Takes note that a trait has changed; returns whether it is the first since the last `flush`. */
  note(/** @type {string} */ trait) {
    const first = this.changed.size === 0;
    this.changed.add(trait);
    this.versions.set(trait, (this.versions.get(trait) ?? 0) + 1);
    return first;
  }

  /**
   * Runs `react` now, and in each later `flush` before which a source has changed. `react` gets the
   * names of the traits that changed. Returns a function that ends it.
   * @param {readonly Source[]} sources
   * @param {(changed: Set<string>) => void} react
   */
  watch(sources, react) {
    /** @type {Watcher} */
    const watcher = { sources, react, seen: [], stopped: false };
    this.watchers.add(watcher);
    this.run(watcher, new Set(sources.filter((source) => typeof source === "string")));
    return () => this.stop(watcher);
  }

  /** @param {Watcher} watcher */
  stop(watcher) {
    watcher.stopped = true;
    this.watchers.delete(watcher);
  }

  /** @param {Watcher} watcher @param {Set<string>} changed */
  run(watcher, changed) {
    watcher.seen = watcher.sources.map((source) => this.versionOf(source));
    watcher.react(changed);
  }

  /**
   * Runs every reaction whose sources have changed, in the order in which they were added. One that
   * throws does not keep the others from running; what they threw comes back.
   * @returns {unknown[]}
   */
  flush() {
    const { changed } = this;
    this.changed = new Set();
    const problems = [];
    for (const watcher of [...this.watchers]) {
      try {
        const stale = !watcher.stopped &&
          !sameVersions(watcher.sources.map((source) => this.versionOf(source)), watcher.seen);
        if (stale) this.run(watcher, changed);
      } catch (error) {
        problems.push(error);
      }
    }
    return problems;
  }

  /** Runs `make()`, and returns a function that ends every reaction added meanwhile. */
  scope(/** @type {() => void} */ make) {
    const before = new Set(this.watchers);
    make();
    const mine = [...this.watchers].filter((watcher) => !before.has(watcher));
    return () => mine.forEach((watcher) => this.stop(watcher));
  }
}
