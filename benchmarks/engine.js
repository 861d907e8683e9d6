// In the page of benchmarks/engine.py: every network in every library; window.runs[name]() runs once.
window.runs = {};
const opened = {};

const encodeBytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const worst = (a, b) => Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i])));

window.setUp = async ({ networks, tensorflow, onnx, digits }) => {
  const apart = {};
  for (const { name, nodes, weights, form, image, cams } of networks) {
    const bytes = encodeBytes(weights);
    const read = form === "i1" ? module.readImagenet(nodes, bytes.buffer)
      : { nodes, weights: module.readHalves(new DataView(bytes.buffer)) };
    const pixels = new Float32Array(encodeBytes(image).buffer);
    let reference = null;
    const kinds = form === "i1" ? ["relaxed", "plain"] : ["script", "relaxed", "plain"];
    for (const kind of kinds) {
      const { open } = await module.openEngine(kind);
      // Two of them: after a Grad-CAM the next run keeps maps for another one.
      const network = open(read.nodes, read.weights);
      const asked = opened[`${name} ${kind}`] = open(read.nodes, read.weights);
      asked.run(pixels);
      const logits = network.run(pixels);
      reference ??= logits;
      apart[`${name} ${kind}`] = worst(logits, reference);
      window.runs[`${name} forward, ${kind}`] = () => network.run(pixels);
      for (const cam of cams) {
        window.runs[`${name} Grad-CAM at ${nodes[cam].name}, ${kind}`] = () => asked.gradCam(cam, 3);
      }
    }
    if (tensorflow) {
      const { channels, height, width, scale, offset } = read.nodes[0];
      const planar = tf.tensor(pixels, [1, channels, height, width]);
      const input = planar.transpose([0, 2, 3, 1]).mul(scale).add(offset);
      input.dataSync();
      const run = tensorflowModel(read.nodes, read.weights);
      const forward = () => tf.tidy(() => run(input).dataSync());
      apart[`${name} tfjs-wasm`] = worst(forward(), reference);
      window.runs[`${name} forward, tfjs-wasm`] = forward;
    }
    if (onnx) {
      const session = await ort.InferenceSession.create(`/${name}.onnx`, { executionProviders: ["wasm"] });
      const { channels, height, width, scale, offset } = read.nodes[0];
      const x = new ort.Tensor("float32", pixels.map((v) => v * scale + offset), [1, channels, height, width]);
      const forward = async () => (await session.run({ x })).y.data;
      apart[`${name} onnxruntime-web`] = worst(await forward(), reference);
      window.runs[`${name} forward, onnxruntime-web`] = forward;
    }
  }
  window.trainDigits = (kind) => learnDigits(kind, digits);
  return apart;
};

/** The same network in TensorFlow.js, with its fused convolutions. */
function tensorflowModel(nodes, weights) {
  const made = nodes.map((node) => {
    if (!["conv", "depthwise", "dense"].includes(node.op)) return null;
    const kernel = module.scaledWeights(node, weights);
    const bias = tf.tensor1d(Array.from(node.bias));
    if (node.op === "dense") return { bias, filter: tf.tensor(kernel, [node.out, node.in]).transpose() };
    const shape = node.op === "conv" ? [node.out, node.in, node.size, node.size] : [node.out, 1, node.size, node.size];
    return { bias, filter: tf.tensor(kernel, shape).transpose(node.op === "conv" ? [2, 3, 1, 0] : [2, 3, 0, 1]) };
  });
  const activation = ({ relu, ceiling }) => (relu && (ceiling ? "relu6" : "relu")) || "linear";
  return (input) => {
    const out = [];
    nodes.forEach((node, i) => {
      const x = out[[node.from].flat()[0]];
      const common = { x, ...made[i], strides: node.stride ?? 1, pad: "same", activation: activation(node) };
      if (node.op === "input") out[i] = input;
      if (node.op === "conv") out[i] = tf.fused.conv2d(common);
      if (node.op === "depthwise") out[i] = tf.fused.depthwiseConv2d(common);
      if (node.op === "pool") out[i] = tf.maxPool(x, node.size, node.size, "valid");
      if (node.op === "add") {
        const sum = tf.add(out[node.from[0]], out[node.from[1]]);
        out[i] = node.relu ? tf.relu(sum) : sum;
      }
      if (node.op === "mean") out[i] = tf.mean(x, [1, 2]);
      if (node.op === "dense") out[i] = tf.add(tf.matMul(x, made[i].filter), made[i].bias);
    });
    return out.at(-1);
  };
}

/** Milliseconds of training until 97 % of unseen digits are right, and the epochs that took. */
async function learnDigits(kind, { images, labels, train }) {
  const all = new Float32Array(encodeBytes(images).buffer);
  const size = all.length / labels.length;
  const { module: compiled } = await module.openTraining(kind);
  const { nodes, weights } = module.newNetwork([{ op: "input", channels: 1, height: 8, width: 8 },
    { op: "conv", out: 16, size: 3, pad: 1, relu: true }, { op: "pool", size: 2 },
    { op: "conv", out: 16, size: 3, pad: 1, relu: true }, { op: "dense", out: 10 }], 1);
  const trainer = module.trainerOn(compiled, nodes, weights, { batch: 64 });
  trainer.optimise({ kind: "adam", rate: 0.005 });
  const test = [all.subarray(train * size), labels.slice(train)];
  const began = performance.now();
  for (let epoch = 1; epoch <= 50; epoch += 1) {
    const order = module.shuffled([...Array(train).keys()], epoch);
    for (let first = 0; first < train; first += 64) {
      const batch = order.slice(first, first + 64);
      const pixels = new Float32Array(batch.length * size);
      batch.forEach((n, i) => pixels.set(all.subarray(n * size, (n + 1) * size), i * size));
      trainer.step(pixels, batch.map((n) => labels[n]));
    }
    const { accuracy } = trainer.evaluate(...test);
    if (accuracy >= 0.97) return { milliseconds: performance.now() - began, epochs: epoch, accuracy };
  }
  return { milliseconds: null, epochs: 50 };
}

/** Milliseconds of one run, in a task of its own. */
window.timed = (name) => new Promise((done) => setTimeout(async () => {
  const began = performance.now();
  await window.runs[name]();
  done(performance.now() - began);
}));

/** GFLOP/s of a loop that never leaves the registers: what no kernel can pass. */
window.peak = async (kind) => {
  const { module: compiled } = await module.openTraining(kind);
  const machine = new module.Machine(compiled);
  const at = machine.put(new Float32Array(64).fill(0.5));
  const rounds = 400000;
  let best = Infinity;
  for (let i = 0; i < 60; i += 1) {
    const began = performance.now();
    machine.kernels.peak(rounds, at);
    best = Math.min(best, performance.now() - began);
  }
  return (rounds * 96) / best / 1e6;
};

/** The kind of layer that a plan of the engine computes; "" where it multiplies nothing. */
function kindOf({ node }) {
  if (node.op === "depthwise") return `depthwise, stride ${node.stride ?? 1}`;
  if (node.op === "dense") return "dense, 1,280 → 1,000";
  if (node.op !== "conv") return "";
  if (node.size > 1) return "first convolution, 3 × 3, stride 2";
  if (node.in === 320) return "last 1 × 1, 320 → 1,280";
  return node.out > node.in ? "1 × 1, more channels out" : "1 × 1, fewer channels out";
}

/** Multiply-adds of a node for one image. */
const multiplyAdds = ({ op, out, size = 1, height, width, in: channels }) =>
  out * size ** 2 * height * width * (op === "depthwise" ? 1 : channels);

/**
 * MobileNetV2's kinds of layers: the multiply-adds, and the least milliseconds that all layers of
 * the kind take, one after the other and without the rest of the network.
 */
window.layerKinds = async (kind) => {
  const network = opened[`MobileNetV2 ${kind}`];
  const groups = {};
  // Maps that only pass in strips when the whole network runs are needed whole.
  network.plans.forEach((_, i) => network.whole(i));
  for (const plan of network.plans) {
    // What an addition finishes runs with the addition.
    const work = plan.joined === undefined ? plan : network.plans[plan.joined];
    const name = plan.late ? "" : kindOf(work);
    if (name) (groups[name] ??= []).push({ plan, count: multiplyAdds(work.node) });
  }
  const found = {};
  for (const [name, layers] of Object.entries(groups)) {
    let best = Infinity;
    for (let turn = 0; turn < 200; turn += 1) {
      const began = performance.now();
      for (const { plan } of layers) network.step(plan);
      best = Math.min(best, performance.now() - began);
    }
    found[name] = { multiply_adds: layers.reduce((sum, { count }) => sum + count, 0), milliseconds: best };
  }
  return found;
};
