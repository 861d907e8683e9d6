// Layers of the book's own networks in words: "stage2_block3_out" is what code types.

/** @typedef {{ name: string, height: number, width: number }} NamedLayer */

/** @type {[RegExp, string][]} a layer's name, and what it is */
const WORDS = [
  [/^(stem|Conv1)_relu$/, "first convolution"],
  [/^stage(\d+)_relu$/, "stage $1, opening convolution"],
  [/^stage(\d+)_block(\d+)_a_relu$/, "stage $1, inside block $2"],
  [/^stage(\d+)_block(\d+)_out$/, "stage $1, after block $2"],
  [/^relu(\d+)$/, "convolution $1"],
  [/^(features|out_relu)$/, "last convolution"],
  [/^expanded_conv_depthwise_relu$/, "block 0, 3 × 3 in each channel"],
  [/^block_(\d+)_expand_relu$/, "block $1, widened by 1 × 1"],
  [/^block_(\d+)_depthwise_relu$/, "block $1, 3 × 3 in each channel"],
  [/^block_(\d+)_add$/, "block $1, shortcut added"],
];

/**
 * What a layer is, and the size of its maps; its own name where nothing better is known.
 * @param {NamedLayer} layer
 * @param {NamedLayer[] | null} all the layers of its network, which tell whether a block is its stage's last;
 *   null of a network that the book does not know
 */
export function layerTitle({ name, height, width }, all) {
  const [pattern, words] = (all && WORDS.find(([one]) => one.test(name))) ?? [name, name];
  const [, stage, block] = name.match(/^stage(\d+)_block(\d+)_out$/) ?? [];
  const isLast = block && all?.every((other) => other.name !== `stage${stage}_block${Number(block) + 1}_out`);
  const what = isLast ? `stage ${stage}, after its last block` : name.replace(pattern, words);
  return `${what} · ${height} × ${width}`;
}
