// What a page waits for comes late: pictures, files, compiled code. See browsing.new_page.
(() => {
  const late = (owner, name) => {
    const own = owner?.[name];
    if (own)
      owner[name] = async function (...given) {
        await new Promise((done) => setTimeout(done, 700));
        return own.apply(this, given);
      };
  };
  late(globalThis.HTMLImageElement?.prototype, "decode");
  for (const name of ["createImageBitmap", "fetch"]) late(globalThis, name);
  for (const name of ["compile", "instantiate"]) late(WebAssembly, name);
})();
