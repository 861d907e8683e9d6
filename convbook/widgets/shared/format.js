// Numbers as the book prints them: a true minus sign, thousands in groups, no noise digits.

const MINUS = "\u2212";

// Making a formatter takes longer than a hundred uses of it.
const formatters = Array.from({ length: 21 }, (_, digits) =>
  new Intl.NumberFormat("en-GB", { maximumFractionDigits: digits }));

/**
 * A number with at most `digits` decimals: 150,528 · −0.25 · 1.5. Never "-0".
 * @param {number} value
 */
export function number(value, digits = 3) {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const text = formatters[digits].format(value);
  return text === "-0" ? "0" : text.replace("-", MINUS);
}

/**
 * A number with exactly `digits` decimals, for columns that line up.
 * @param {number} value
 * @param {number} digits
 */
export function fixed(value, digits) {
  const text = number(Number(value.toFixed(digits)), digits);
  if (digits === 0) return text;
  const [whole, decimals = ""] = text.split(".");
  return `${whole}.${decimals.padEnd(digits, "0")}`;
}

/**
 * A number that always shows its sign: +3 · −2 · 0.
 * @param {number} value
 */
export function signed(value, digits = 3) {
  const text = number(value, digits);
  return value > 0 && text !== "0" ? `+${text}` : text;
}

/**
 * A number with its sign and exactly `digits` decimals: +0.2180 · −0.5000 · 0.0000.
 * @param {number} value
 * @param {number} digits
 */
export function signedFixed(value, digits) {
  const text = fixed(value, digits);
  return value > 0 && Number(value.toFixed(digits)) !== 0 ? `+${text}` : text;
}

/**
 * A share of one as a percentage: 0.0157 is 1.6 %.
 * @param {number} share
 */
export function percent(share, digits = 1) {
  return `${number(100 * share, digits)}\u00a0%`;
}

/**
 * A count in words from a million on: 138.36 million, 3.87 billion; below that, every digit.
 * @param {number} value
 */
export function inWords(value, digits = 2) {
  /** @type {[number, string][]} */
  const units = [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"]];
  const unit = units.find(([size]) => Math.abs(value) >= size);
  return unit ? `${number(value / unit[0], digits)}\u00a0${unit[1]}` : number(value);
}

/**
 * A size in memory, in powers of 1,000: 602,112 is 602.11 kB.
 * @param {number} value
 */
export function bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = value < 1 ? 0 : Math.min(4, Math.floor(Math.log10(value) / 3));
  return `${number(value / 1000 ** power, 2)}\u00a0${units[power]}`;
}

/**
 * How much a download takes, as a reader weighs it: 564,320 is 0.6 MB.
 * @param {number} value
 */
export const megabytes = (value) => `${number(Math.max(0.1, value / 1e6), 1)}\u00a0MB`;

/**
 * A word with its count: plural(1, "pixel") is "1 pixel", plural(2, "pixel") is "2 pixels".
 * @param {number} count
 * @param {string} word
 */
export function plural(count, word, many = `${word}s`) {
  return `${number(count)} ${count === 1 ? word : many}`;
}

/**
 * A number as it stands in a field, every digit of it: readNumber gives it back.
 * @param {number} value
 */
export const typed = (value) => String(value).replace("-", MINUS);

/**
 * Reads a number that a person typed. Returns { value } or { problem }, a sentence about what was
 * typed and what is expected. Accepts a true minus sign, a decimal comma (0,5), a fraction (1/3), and
 * thousands in groups (1,728) where only a whole number can be meant.
 * @param {string} text
 * @param {{ min?: number, max?: number, whole?: boolean }} limits
 * @returns {{ value: number, problem?: undefined } | { value?: undefined, problem: string }}
 */
export function readNumber(text, { min = -Infinity, max = Infinity, whole = true } = {}) {
  const clean = text.trim().replace(MINUS, "-");
  const range = whole ? "a whole number" : "a number";
  const least = Number.isFinite(min) ? ` of at least ${number(min)}` : "";
  const limits = least && Number.isFinite(max) ? ` from ${number(min)} to ${number(max)}` : least;
  const expected = `give ${range}${limits}`;
  if (clean === "") return { problem: `this field is empty; ${expected}` };
  if (!whole && /^[+-]?[1-9]\d{0,2},\d{3}$/.test(clean)) {
    const ways = [clean.replace(",", ""), clean.replace(",", ".")];
    return { problem: `“${clean}” can be read in two ways; write ${ways.join(" or ")}` };
  }
  const value = valueOf(clean, whole);
  if (!Number.isFinite(value)) return { problem: `“${clean.slice(0, 20)}” is not a number; ${expected}` };
  if ((whole && !Number.isInteger(value)) || value < min || value > max) {
    return { problem: `${clean.slice(0, 20)} does not fit here; ${expected}` };
  }
  return { value };
}

/** What a text stands for, or NaN. @param {string} text @param {boolean} whole @returns {number} */
function valueOf(text, whole) {
  const fraction = text.match(/^([+-]?\d+(?:[.,]\d+)?)\s*[/÷]\s*(\d+(?:[.,]\d+)?)$/);
  if (fraction) return valueOf(fraction[1], whole) / valueOf(fraction[2], whole);
  if (whole && /^[+-]?\d{1,3}(?:,\d{3})+$/.test(text)) return Number(text.replaceAll(",", ""));
  if (!/^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?$/i.test(text)) return NaN;
  return Number(text.replace(",", "."));
}

/**
 * Three digits of a number of any size: 0.0421, 5.9, 2.31 × 10⁻¹⁴; a true zero is "0".
 * @param {number} value
 */
export function scientific(value, digits = 3) {
  if (value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5)) {
    return number(Number(value.toPrecision(digits)), 6);
  }
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  const raised = [...String(Number(power))].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)])).join("");
  return Number(mantissa) === 1 ? `10${raised}` : `${number(Number(mantissa))} × 10${raised}`;
}
