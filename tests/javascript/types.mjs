// Type errors (tsc --checkJs --strict) against the baseline beside this file: shared/ has none, and
// every other file may only have fewer than it had. `node tests/javascript/types.mjs --write` lowers
// the baseline to what there is now; it never raises it.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const baselineFile = new URL("type-baseline.json", import.meta.url);
const { stdout, error } = spawnSync("npx", ["--no-install", "tsc", "--project", "."], { cwd: root, encoding: "utf8" });
if (error) throw error;

const baseline = JSON.parse(readFileSync(baselineFile, "utf8"));
const found = {};
const lines = stdout.split("\n").filter((line) => line.includes(": error TS"));
for (const line of lines) {
  const file = line.split("(")[0];
  found[file] = (found[file] ?? 0) + 1;
}
const allowed = (file) => baseline[file] ?? 0;
const worse = Object.keys(found).filter((file) => found[file] > allowed(file));
for (const file of worse) {
  console.log(`${file}: ${found[file]} type errors, ${allowed(file)} are allowed`);
  console.log(lines.filter((line) => line.startsWith(`${file}(`)).slice(0, 20).join("\n"));
}
if (worse.length === 0 && process.argv.includes("--write")) {
  const lower = Object.fromEntries(Object.keys(found).sort().map((file) => [file, found[file]]));
  writeFileSync(baselineFile, `${JSON.stringify(lower, null, 2)}\n`);
}
const total = Object.values(found).reduce((sum, count) => sum + count, 0);
console.log(`${total} type errors, ${worse.length === 0 ? "none" : "some"} of them new.`);
process.exit(worse.length === 0 ? 0 : 1);
