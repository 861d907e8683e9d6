// The network engine: runs a list of nodes (nodes.js) on the kernels of engine/net.c.
//
// How a widget uses it (open_network.js chooses between this and plain JavaScript; both answer alike):
//
//   const { open, kind, words } = await openEngine();    // kind "relaxed", "plain" or "script"
//   const network = open(nodes, weights);                // words: what to tell the reader, or ""
//   network.run(planar);                                 // numbers 0 to 1, (channel, row, column): logits
//   network.values(index);                               // what a node gave, (channel, row, column)
//   network.gradient(index, classIndex);                 // of a logit, by what the node gave
//   network.gradient(0, upstream);                       // of logits weighed by `upstream`
//   network.gradCam(index, classIndex);                  // { data, height, width }, 0 to 1
//   network.nodes[index]                                 // the node with { channels, height, width }
//   network.weights(index)                               // (out, in, row, column), as they multiply
//
// Results are copies.

import { gradientOf } from "./engine_back.js";
import { BIG, allot, bordersOf, fill8, panelsOf, placeOf, rowAt } from "./layout.js";
import { nodeShapes, scaledWeights } from "./nodes.js";
import { joinStrips } from "./strips.js";

/** @typedef {import("./machine.js").Machine} Machine */
/** @typedef {import("./nodes.js").NodeDescription} NodeDescription */
/** @typedef {import("./nodes.js").Weights} Weights */
/** @typedef {import("./layout.js").Place} Place */
/** @typedef {import("./strips.js").Strips} Strips */

/**
 * @typedef {object} Plan
 * @property {NodeDescription & import("./nodes.js").Shape} node
 * @property {number[]} from
 * @property {Place} place
 * @property {number} low
 * @property {number} high
 * @property {number} [kernel]
 * @property {number} [bias]
 * @property {number} [winograd]
 * @property {number} [joined] of an `add`: the convolution that it finishes
 * @property {boolean} [late] of that convolution
 * @property {Place} [strip] of a map that passes: the rows that lie in memory, one after the other
 * @property {Strips} [within] of a map that passes
 * @property {Strips} [strips] of the node to which it passes
 * @property {number} [run] the run of which the whole map lies in memory
 */

export class EngineNetwork {
  /**
   * @param {Machine} machine a new one
   * @param {NodeDescription[]} nodes
   * @param {Weights} weights
   */
  constructor(machine, nodes, weights) {
    this.machine = machine;
    this.all = weights;
    const shapes = nodeShapes(nodes);
    const borders = bordersOf(nodes);
    const uses = nodes.map((_, i) => nodes.filter(({ from }) => [from].flat().includes(i)));
    /** @type {Plan[]} */
    this.plans = nodes.map((node, i) => {
      const plain = node.op === "input" && uses[i].every(({ op }) => op === "conv" || op === "dense");
      const step = plain ? node.channels : fill8(shapes[i].channels);
      const [low, high] = node.relu ? [0, node.ceiling ?? BIG] : [-BIG, BIG];
      const from = [node.from ?? []].flat();
      return { node: { ...node, ...shapes[i] }, from, place: placeOf(shapes[i], step, borders[i]), low, high };
    });
    this.nodes = this.plans.map(({ node }) => node);
    this.plans.forEach((plan, i) => this.prepare(plan, i, uses));
    for (const plan of this.plans) joinStrips(this.plans, plan, uses);
    this.makeRoom();
    this.runs = 0;
    this.scratch = this.winogradScratch();
    this.backward = gradientOf(this);
    // For Grad-CAM: a number a channel, and the map.
    const numbers = this.plans.map(({ place }) => place.height * place.width + place.step);
    this.heat = this.machine.floats(Math.max(...numbers));
  }

  /** @param {Plan} plan @param {number} i @param {NodeDescription[][]} uses */
  prepare(plan, i, uses) {
    const { machine, plans } = this;
    const { node } = plan;
    if (node.op === "add") {
      // A convolution that only leads here is finished here: its sums never lie in memory.
      plan.joined = plan.from.find((n) => plans[n].node.op === "conv" && !plans[n].node.relu && uses[n].length === 1);
      if (plan.joined !== undefined) plans[plan.joined].late = true;
    }
    if (!["conv", "depthwise", "dense"].includes(node.op)) return;
    const source = plans[plan.from[0]];
    const { step } = source.place;
    const kernel = scaledWeights(node, this.all);
    const bias = new Float32Array(fill8(node.out));
    bias.set(node.bias);
    plan.bias = machine.put(bias);
    if (node.op === "depthwise") {
      const taps = node.size ** 2;
      const turned = new Float32Array(taps * step);
      kernel.forEach((v, k) => (turned[(k % taps) * step + Math.floor(k / taps)] = v));
      plan.kernel = machine.put(turned);
      return;
    }
    const { channels, height, width } = source.node;
    const taps = node.op === "dense" ? height * width : node.size ** 2;
    plan.kernel = machine.put(panelsOf(kernel, node.out, channels, taps, step));
    if (fitsWinograd(node, step, i > 0)) {
      plan.winograd = machine.floats(16 * step * fill8(node.out));
      machine.kernels.winograd_kernel(plan.kernel, step, fill8(node.out), plan.winograd);
    }
  }

  /** Places for all maps that stay, and for strips: one after the other, they pass through the same place. */
  makeRoom() {
    const { machine, plans } = this;
    for (const { place, late, strip } of plans) if (!late && !strip) allot(machine, place);
    for (const kind of /** @type {const} */ (["wide", "deep"])) {
      const strips = plans.flatMap(({ strips: found }) => found?.[kind].strip ?? []);
      const at = machine.floats(Math.max(0, ...strips.map(({ ring, row }) => ring * row)));
      for (const one of strips) one.at = at;
    }
  }

  /** Room for what Winograd's convolutions see and sum up, both ways through the network. */
  winogradScratch() {
    let [seen, sums] = [0, 0];
    for (const { winograd, place, from } of this.plans) {
      if (!winograd) continue;
      const tiles = (place.height * place.width) / 4;
      const most = tiles * Math.max(place.step, this.plans[from[0]].place.step) + 16;
      seen = Math.max(seen, 16 * most);
      sums = Math.max(sums, 16 * most);
    }
    return { seen: this.machine.floats(seen), sums: this.machine.floats(sums) };
  }

  /**
   * The logits of one image, (channel, row, column), 0 to 1.
   * @param {ArrayLike<number>} pixels
   */
  run(pixels) {
    const { node, place } = this.plans[0];
    const area = node.height * node.width;
    const to = this.machine.view(place.at, place.size - (place.at - place.base) / 4);
    const { channels, height, width, scale, offset } = node;
    for (let y = 0; y < height; y += 1) {
      for (let c = 0; c < channels; c += 1) {
        for (let x = 0, i = y * place.row + c, n = c * area + y * width; x < width; x += 1, i += place.step, n += 1) {
          to[i] = pixels[n] * scale + offset;
        }
      }
    }
    return this.forward();
  }

  /**
   * The logits of one image as a canvas gives it: red, green, blue and opacity, 0 to 255.
   * @param {ArrayLike<number>} rgba
   */
  runColours(rgba) {
    const { node, place } = this.plans[0];
    const to = this.machine.view(place.at, place.size - (place.at - place.base) / 4);
    const scale = node.scale / 255;
    for (let y = 0, i = 0; y < node.height; y += 1) {
      for (let x = 0; x < node.width; x += 1, i += 4) {
        const at = y * place.row + x * place.step;
        for (let c = 0; c < node.channels; c += 1) to[at + c] = rgba[i + c] * scale + node.offset;
      }
    }
    return this.forward();
  }

  forward() {
    this.runs += 1;
    const passes = (/** @type {Strips | undefined} */ strips) => strips && strips.asked !== this.runs - 1;
    for (const plan of this.plans) {
      if (plan.late || passes(plan.within)) continue;
      plan.run = this.runs;
      if (passes(plan.strips)) this.pass(plan);
      else this.step(plan);
    }
    const { place, node } = this.plans[this.plans.length - 1];
    return this.machine.view(place.at, node.channels).slice();
  }

  /** @param {Plan} into */
  pass(into) {
    const { wide, deep, last, rows } = /** @type {Strips} */ (into.strips);
    const [from, between] = /** @type {Place[]} */ ([wide.strip, deep.strip]);
    const { size, stride = 1, pad, height } = deep.node;
    const source = this.plans[wide.from[0]].place;
    let made = 0;
    for (let y = 0; y < height; y += rows) {
      const to = Math.min(y + rows, height);
      const needed = Math.min((to - 1) * stride - pad + size, from.height);
      this.convolve(wide, source, from, wide, 0, made, needed);
      made = needed;
      this.depthwise(deep, from, between, y, to);
      this.convolve(last, between, into.place, into, this.shortcut(into), y, to);
    }
  }

  /** Where the other part of an addition lies that finishes a convolution; 0 without one. @param {Plan} plan */
  shortcut({ joined, from }) {
    return joined === undefined ? 0 : this.plans[from.find((n) => n !== joined) ?? joined].place.at;
  }

  /** One node by itself. @param {Plan} plan */
  step(plan) {
    const { kernels: x } = this.machine;
    const { node, place, low, high } = plan;
    if (node.op === "input") return;
    const source = this.plans[plan.from[0]];
    const from = source.place;
    if (node.op === "conv") this.convolve(plan, from, place, plan);
    else if (node.op === "depthwise") this.depthwise(plan, from, place);
    else if (node.op === "add" && plan.joined !== undefined) {
      const last = this.plans[plan.joined];
      this.convolve(last, this.plans[last.from[0]].place, place, plan, this.shortcut(plan));
    } else if (node.op === "add") {
      x.add(from.base, this.plans[plan.from[1]].place.base, low, high, place.size, place.base);
    } else if (node.op === "pool") {
      x.pool(from.at, from.row, node.size, node.stride ?? node.size, place.height, place.width, place.step, place.at,
        place.row);
    } else if (node.op === "mean") {
      this.machine.view(place.at, place.step).fill(0);
      x.sums(from.at, from.row, from.height, from.width, place.step, 1 / (from.height * from.width), place.at);
    } else if (node.op === "dense") {
      x.conv(from.at, from.row, 0, 0, from.height, from.width * from.step, Number(plan.kernel), Number(plan.bias),
        place.step, low, high, 1, 1, 0, place.at, place.step, 0);
    } else throw new Error(`the engine has no ${node.op}`);
  }

  /**
   * Rows `y` to `to` of a depthwise convolution.
   * @param {Plan} plan
   * @param {Place} from
   * @param {Place} place
   */
  depthwise({ node, kernel, bias, low, high }, from, place, y = 0, to = place.height) {
    this.machine.kernels.depthwise(from.at, from.row, from.ring, from.height, from.width, node.size, node.stride ?? 1,
      node.pad, Number(kernel), Number(bias), place.step, y, to, place.width, low, high, rowAt(place, y), place.row);
  }

  /**
   * Rows `y` to `to` of a convolution; an addition that finishes it gives its limits and its shortcut.
   * @param {Plan} plan
   * @param {Place} from
   * @param {Place} place
   * @param {{ low: number, high: number }} limits
   */
  convolve(plan, from, place, { low, high }, shortcut = 0, y = 0, to = place.height) {
    const { kernels: x } = this.machine;
    const { node } = plan;
    const [kernel, bias, stride] = [Number(plan.kernel), Number(plan.bias), node.stride ?? 1];
    const back = 4 * node.pad * (from.row + from.step);
    if (plan.winograd) {
      x.winograd(from.at - back, from.row, from.step, place.height, place.width, plan.winograd, bias, place.step, low,
        high, shortcut, place.at, place.row, this.scratch.seen, this.scratch.sums);
      return;
    }
    // A 1×1 convolution between maps without borders is one product of matrices.
    const flat = node.size === 1 && stride === 1 && !from.border && !place.border;
    for (let next; y < to; y = next) {
      next = Math.min(to, y + place.ring - (y % place.ring));
      const [rows, width] = flat ? [1, (next - y) * place.width] : [next - y, place.width];
      x.conv(rowAt(from, y * stride) - back, from.row, stride * from.step, stride * from.row, node.size,
        node.size * from.step, kernel, bias, place.step, low, high, rows, width,
        shortcut && shortcut + 4 * y * place.row, rowAt(place, y), place.step, place.row);
    }
  }

  /**
   * Puts a node's map into memory where only strips of it, or sums, went past in the last run.
   * @param {number} index
   */
  whole(index) {
    const plan = this.plans[index];
    if (plan.within) plan.within.asked = this.runs;
    if (plan.run === this.runs) return;
    plan.run = this.runs;
    for (const n of plan.from) this.whole(n);
    if (!plan.place.base) allot(this.machine, plan.place);
    this.step(plan);
  }

  /**
   * What a node gave in the last run, (channel, row, column).
   * @param {number} index
   */
  values(index) {
    this.whole(index);
    return this.planar(this.plans[index].place, this.nodes[index].channels);
  }

  /** @param {Place} place @param {number} channels */
  planar(place, channels) {
    const { height, width, row, step } = place;
    const from = this.machine.view(place.at, (height - 1) * row + width * step);
    const out = new Float32Array(channels * height * width);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const at = y * row + x * step;
        for (let c = 0; c < channels; c += 1) out[(c * height + y) * width + x] = from[at + c];
      }
    }
    return out;
  }

  /** @param {number} index */
  weights(index) {
    return scaledWeights(this.nodes[index], this.all);
  }

  /**
   * @param {number} index
   * @param {number | ArrayLike<number>} upstream a class, or a weight for each logit
   */
  gradient(index, upstream) {
    return this.planar(this.backward(index, upstream), this.nodes[index].channels);
  }

  /**
   * Grad-CAM of one class at one node, from 0 to 1; twin of explain.grad_cam.
   * @param {number} index
   * @param {number} classIndex
   */
  gradCam(index, classIndex) {
    const { kernels: x } = this.machine;
    this.whole(index);
    const { height, width, step, at, row } = this.plans[index].place;
    const gradient = this.backward(index, classIndex);
    const map = this.heat + 4 * step;
    this.machine.view(this.heat, step).fill(0);
    x.sums(gradient.at, gradient.row, height, width, step, 1 / (height * width), this.heat);
    x.cam(at, row, height, width, step, this.heat, map);
    const data = this.machine.view(map, height * width).slice();
    const most = data.reduce((a, b) => Math.max(a, b), 0) + 1e-8;
    return { data: data.map((v) => v / most), height, width };
  }
}

/** @param {NodeDescription & import("./nodes.js").Shape} node @param {number} step @param {boolean} inside */
function fitsWinograd({ op, size, stride = 1, pad, padEnd = pad, height, width }, step, inside) {
  return inside && op === "conv" && size === 3 && stride === 1 && pad === 1 && padEnd === 1 && step % 8 === 0 &&
    height % 2 === 0 && width % 2 === 0;
}
