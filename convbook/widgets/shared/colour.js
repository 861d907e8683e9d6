// Colour maps whose lightness changes evenly, computed in Oklab (Ottosson, 2020). No jet.

/** @typedef {{ packed: Uint32Array, css: string[] }} ColourMap */

/**
 * Oklch (lightness 0–1, chroma, hue in degrees) as [red, green, blue], 0 to 255.
 * @param {number} lightness
 * @param {number} chroma
 * @param {number} hue
 */
export function oklch(lightness, chroma, hue) {
  const angle = (hue * Math.PI) / 180;
  const a = chroma * Math.cos(angle);
  const b = chroma * Math.sin(angle);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s2 = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s2,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s2,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s2,
  ].map((linear) => {
    const light = Math.max(0, Math.min(1, linear));
    const coded = light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
    return Math.round(255 * coded);
  });
}

/** @param {(share: number) => number[]} colourAt */
function table(colourAt) {
  const packed = new Uint32Array(256);
  const css = [];
  for (let i = 0; i < 256; i += 1) {
    const [red, green, blue] = colourAt(i / 255);
    // Canvas pixels are bytes in the order R, G, B, A, on every machine that runs a browser.
    packed[i] = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
    css.push(`rgb(${red},${green},${blue})`);
  }
  return { packed, css };
}

const mapsMade = new Map();

/** @type {Record<string, () => ColourMap>} */
const makers = {
  /** Brightness itself: 0 is black, 1 is white. */
  grey: () => table((x) => [x, x, x].map((v) => Math.round(255 * v))),
  /** Little to much: dark violet through red and orange to pale yellow. */
  sequential: () => table((x) => oklch(0.2 + 0.77 * x, 0.06 + 0.1 * Math.sin(Math.PI * x), 300 + 165 * x)),
  /** Below and above a middle: blue, pale grey, orange. Both ends are equally dark. */
  diverging: () => table((x) => {
    const distance = Math.abs(2 * x - 1);
    return oklch(0.97 - 0.52 * distance, 0.15 * distance ** 0.9, x < 0.5 ? 250 : 55);
  }),
  /** The same on a dark page: zero is nearly as dark as the page, and both ends are equally light. */
  "diverging-dark": () => table((x) => {
    const distance = Math.abs(2 * x - 1);
    return oklch(0.272 + 0.5 * distance, 0.15 * distance ** 0.9, x < 0.5 ? 250 : 55);
  }),
};

/** The name of a map on a light or a dark page. @param {string} name @param {boolean} dark */
export const mapFor = (name, dark) => (dark && name === "diverging" ? "diverging-dark" : name);

/**
 * A colour map, "grey", "sequential", "diverging" or "diverging-dark", with 256 entries in two forms: `packed`
 * (Uint32Array, for canvas pixels) and `css` (strings).
 * @param {string} name
 * @returns {ColourMap}
 */
export function colourMap(name) {
  if (!mapsMade.has(name)) mapsMade.set(name, makers[name]());
  return mapsMade.get(name);
}

/**
 * Place `index` of a map as a CSS colour: where a dark page has another one, as a pair of both.
 * @param {string} name
 * @param {number} index
 */
export function cssOf(name, index) {
  const [light, dark] = [name, mapFor(name, true)].map((map) => colourMap(map).css[index]);
  return light === dark ? light : `light-dark(${light},${dark})`;
}

/**
 * The CSS colour of `value` in a map that runs from `low` to `high`.
 * @param {number} value
 * @param {string} name
 * @param {number} low
 * @param {number} high
 */
export function colourOf(value, name, low, high) {
  const place = high > low ? (value - low) / (high - low) : 0.5;
  return cssOf(name, Math.max(0, Math.min(255, Math.round(255 * place))));
}

/**
 * Black or white, whichever can be read on an "rgb(r,g,b)" colour, or on each of a pair of them.
 * @param {string} css
 */
export function inkOn(css) {
  const [light, dark] = (css.match(/rgb\([^)]*\)/g) ?? []).map(inkOnOne);
  return dark === undefined || dark === light ? light ?? "#fff" : `light-dark(${light},${dark})`;
}

/** @param {string} css */
function inkOnOne(css) {
  const [red, green, blue] = (css.match(/\d+/g) ?? ["0", "0", "0"]).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#000" : "#fff";
}
