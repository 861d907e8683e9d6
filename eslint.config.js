import js from "@eslint/js";
import globals from "globals";

const CODE = ["benchmarks/**/*.js", "convbook/**/*.js", "tests/**/*.js"];

export default [
  { ignores: ["_build/", ".venv/", "node_modules/", "convbook/publishing/search/static/minisearch.js"] },
  { files: ["**/*.js"], ...js.configs.recommended },
  {
    files: CODE,
    languageOptions: { sourceType: "module", globals: globals.browser },
    rules: {
      "max-len": ["error", { code: 120 }],
      "max-lines": ["error", { max: 400 }],
      "no-nested-ternary": "error",
      "no-var": "error",
      "prefer-const": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-shadow": "error",
      "no-unused-vars": ["error", { args: "after-used", argsIgnorePattern: "^_" }],
      "no-empty": ["error", { allowEmptyCatch: true }],
    },
  },
  {
    files: ["convbook/publishing/**/*.js"],
    languageOptions: { sourceType: "script", globals: { MathJax: "readonly", DOCUMENTATION_OPTIONS: "readonly",
      MiniSearch: "readonly", convbookSearch: "readonly", convbookTexts: "readonly", convbookWords: "readonly" } },
  },
  {
    files: ["benchmarks/**/*.js"],
    languageOptions: { sourceType: "script", globals: { module: "readonly", tf: "readonly", ort: "readonly" } },
  },
  { files: ["convbook/publishing/static/keep-worker.js"], languageOptions: { globals: globals.serviceworker } },
  { files: ["tests/**/*.test.js", "*.js"], languageOptions: { globals: globals.node } },
];
