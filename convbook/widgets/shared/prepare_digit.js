// What a network is shown of a larger picture: means of pixels, and a digit as MNIST has its own.

export const SEEN = 28;
const BOX = 20;

/**
 * The share that each old pixel has in each new one; twin of digit_canvas.py.
 * @param {number} outputs @param {number} inputs
 */
export function meanShares(outputs, inputs) {
  const size = inputs / outputs;
  return Array.from({ length: outputs }, (_o, o) => Array.from({ length: inputs }, (_i, i) =>
    Math.max(0, Math.min((o + 1) * size, i + 1) - Math.max(o * size, i)) / size));
}

/**
 * A drawing as MNIST prepares its digits: 28 × 28 numbers, 0 to 1; twin of digit_canvas.py.
 * @param {ArrayLike<number>} ink @param {number} height @param {number} width
 */
export function prepareDigit(ink, height, width) {
  const seen = new Float64Array(SEEN * SEEN);
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (ink[y * width + x] <= 0.1) continue;
      [top, bottom, left, right] = [Math.min(top, y), Math.max(bottom, y), Math.min(left, x), Math.max(right, x)];
    }
  }
  if (bottom < 0) return seen;
  const [tall, wide] = [bottom - top + 1, right - left + 1];
  const scale = BOX / Math.max(tall, wide);
  const [newTall, newWide] = [tall, wide].map((side) => Math.max(1, Math.floor(side * scale + 0.5)));
  const [down, across] = [meanShares(newTall, tall), meanShares(newWide, wide)];
  const small = new Float64Array(newTall * newWide);
  for (let o = 0; o < newTall; o += 1) {
    for (let y = 0; y < tall; y += 1) {
      if (down[o][y] === 0) continue;
      for (let p = 0; p < newWide; p += 1) {
        let sum = 0;
        for (let x = 0; x < wide; x += 1) sum += across[p][x] * ink[(top + y) * width + left + x];
        small[o * newWide + p] += down[o][y] * sum;
      }
    }
  }
  let [mass, middleY, middleX] = [0, 0, 0];
  small.forEach((v, i) => {
    mass += v;
    middleY += v * (Math.floor(i / newWide) + 0.5);
    middleX += v * ((i % newWide) + 0.5);
  });
  /** @type {(middle: number, side: number) => number} */
  const place = (middle, side) => Math.min(Math.max(Math.floor(SEEN / 2 - middle / mass + 0.5 + 1e-9), 0), SEEN - side);
  const [y0, x0] = [place(middleY, newTall), place(middleX, newWide)];
  small.forEach((v, i) => {
    seen[(y0 + Math.floor(i / newWide)) * SEEN + x0 + (i % newWide)] = v;
  });
  return seen;
}
