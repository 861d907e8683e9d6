// What a trait may hold. The limits are those of the Python class, which writes them into `_limits`
// (see convbook/widgets/_limits.py); a link, the browser's memory and every control go by them.

/**
 * @typedef {object} Limit
 * @property {"integer" | "number" | "boolean" | "text" | "table" | "list" | "tuple" | "map" | "variant"} [type]
 * @property {Limit[]} [either] it fits if it fits one of these
 * @property {any[]} [enum] the values that are possible, whatever their type
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {boolean} [nullable] null is possible too
 * @property {number[][]} [sizes] of a table: the sizes that each of its axes may have
 * @property {boolean} [square] of a table: its last two axes are equally long
 * @property {Limit} [items] of a list
 * @property {[number, number]} [length] of a list: its shortest and longest
 * @property {Limit[]} [parts] of a tuple: what each place may hold
 * @property {boolean} [rising] of a tuple: no number is above the next
 * @property {Record<string, Limit>} [entries] of a map: what each key may hold; no other key may be
 * @property {Record<string, Record<string, Limit>>} [variants] of an object with a `kind`: its fields
 */

/** The limits of every trait of a model; none where it has no description of them. */
export function readLimits(/** @type {{ get(name: string): any }} */ model) {
  return /** @type {Record<string, Limit>} */ (JSON.parse(model.get("_limits") || "{}"));
}

/** @type {Record<string, (value: any, limit: Limit) => boolean>} */
const checks = {
  integer: (value, limit) => Number.isSafeInteger(value) && inRange(value, limit),
  number: (value, limit) => Number.isFinite(value) && inRange(value, limit),
  boolean: (value) => typeof value === "boolean",
  text: (value) => typeof value === "string",
  table: (value, limit) => tableFits(value, limit),
  list: (value, { items = {}, length: [least, most] = [0, Infinity] }) => Array.isArray(value) &&
    least <= value.length && value.length <= most && value.every((item) => fits(item, items)),
  tuple: (value, { parts = [], rising = false }) => Array.isArray(value) && value.length === parts.length &&
    value.every((item, i) => fits(item, parts[i]) && (!rising || i === 0 || value[i - 1] <= item)),
  map: (value, { entries = {} }) => isRecord(value) &&
    Object.entries(value).every(([key, item]) => Object.hasOwn(entries, key) && fits(item, entries[key])),
  variant: (value, { variants = {} }) => {
    if (!isRecord(value) || typeof value.kind !== "string" || !Object.hasOwn(variants, value.kind)) return false;
    const fields = variants[value.kind];
    return Object.entries(value).every(([key, item]) => key === "kind" ||
      (Object.hasOwn(fields, key) && fits(item, fields[key])));
  },
};

const isRecord = (/** @type {any} */ value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @param {number} value @param {Limit} limit */
const inRange = (value, { minimum = -Infinity, maximum = Infinity }) => minimum <= value && value <= maximum;

/**
 * Whether a trait with this limit may hold the value.
 * @param {any} value
 * @param {Limit} limit
 * @returns {boolean}
 */
export function fits(value, limit) {
  if (value === null) return limit.nullable === true || limit.enum?.includes(null) === true;
  if (limit.enum) return limit.enum.includes(value);
  if (limit.either) return limit.either.some((one) => fits(value, one));
  return limit.type !== undefined && checks[limit.type](value, limit);
}

/** @param {any} value @param {Limit} limit */
function tableFits(value, { sizes = [], square = false, ...range }) {
  /** @type {number[]} */
  const shape = [];
  for (let part = value; Array.isArray(part); part = part[0]) shape.push(part.length);
  const fitting = shape.length === sizes.length && shape.every((size, axis) => sizes[axis].includes(size));
  if (!fitting || (square && shape.at(-1) !== shape.at(-2))) return false;
  /** @type {(part: any, axis: number) => boolean} */
  const even = (part, axis) => (axis === shape.length
    ? Number.isFinite(part) && inRange(part, range)
    : Array.isArray(part) && part.length === shape[axis] &&
      part.every((/** @type {any} */ inner) => even(inner, axis + 1)));
  return even(value, 0);
}

/** What would fit, in words: "a whole number from 1 to 4". @param {Limit} limit @returns {string} */
export function limitInWords({ type, enum: values, minimum, maximum, nullable, sizes }) {
  if (values) return values.length <= 8 ? `one of ${values.map((v) => JSON.stringify(v)).join(", ")}` : "a known name";
  const from = minimum === undefined ? "" : ` from ${minimum}`;
  const between = maximum === undefined ? from : `${from} to ${maximum}`;
  const words = {
    integer: `a whole number${between}`,
    number: `a number${between}`,
    boolean: "true or false",
    text: "a text",
    table: `a table of ${sizes?.length ?? 0} axes with numbers${between}`,
    list: "a list of what it can hold",
    tuple: "a list with its numbers in their places",
    map: "names it knows with their values",
    variant: "a known kind with its settings",
  };
  return `${type ? words[type] : "a known value"}${nullable ? ", or null" : ""}`;
}

/**
 * Parts proposed values into those that the limits admit and words about those that they do not.
 * What has no limits (a picture's bytes, say) can be set by its widget only.
 * @param {Record<string, Limit>} limits
 * @param {Record<string, any>} changes
 */
export function admit(limits, changes) {
  /** @type {Record<string, any>} */
  const admitted = {};
  /** @type {string[]} */
  const refused = [];
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(limits, name)) continue;
    if (fits(value, limits[name])) admitted[name] = value;
    else refused.push(`${name} = ${shown(value)} does not fit; it must be ${limitInWords(limits[name])}`);
  }
  return { admitted, refused };
}

const shown = (/** @type {any} */ value) => String(JSON.stringify(value)).slice(0, 40);
