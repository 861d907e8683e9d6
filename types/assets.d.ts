// What the bundler takes in beside JavaScript: pictures, as data URLs.
declare module "*.webp" {
  const url: string;
  export default url;
}

// WebAssembly modules too, and the whole bundle of a module, as a text that a worker can run.
declare module "*.wasm" {
  const url: string;
  export default url;
}
declare module "*?source" {
  const text: string;
  export default text;
}
