// Offers to keep the section that this page belongs to, for reading without a network.
addEventListener("load", () => {
  const article = document.querySelector(".bd-article");
  if (!article || !navigator.serviceWorker || location.protocol === "file:") return;
  const site = new URL(document.documentElement.dataset.content_root, location.href);
  const list = new URL(`_static/keep/${DOCUMENTATION_OPTIONS.pagename}.json`, site);

  const offer = document.createElement("details");
  offer.className = "keep-offline";
  offer.innerHTML = `<summary>Read this section without a network</summary>
    <p role="status"></p><button type="button" class="btn btn-sm btn-outline-primary"></button>`;
  const [said, button] = [offer.querySelector("p"), offer.querySelector("button")];
  article.append(offer);

  async function keep(name, files) {
    try {
      await navigator.serviceWorker.register(new URL("keep-worker.js", site));
      await (await caches.open(name)).addAll(files.map((file) => new URL(file, site)));
    } catch (error) {
      await caches.delete(name); // half a section is none
      throw error;
    }
  }

  async function show(change = async () => {}) {
    button.disabled = true;
    try {
      const { section, files, bytes } = await (await fetch(list)).json();
      const name = `kept: ${new URL(section, site).pathname}`;
      await change(name, files);
      const kept = await caches.has(name);
      const size = `${(bytes / 1e6).toFixed(1)} MB`;
      said.textContent = kept
        ? `This section is kept on this device (${size}) and opens without a network.`
        : `Its pages, widgets and pictures take ${size} on this device.`;
      button.textContent = kept ? "Remove it from this device" : "Keep this section";
      button.onclick = () => show(kept ? (old) => caches.delete(old) : keep);
    } catch (error) {
      said.textContent = `That did not work (${error.message}). Is there a network, and room?`;
      button.textContent = "Try again";
      button.onclick = () => show(change);
    }
    button.disabled = false;
  }
  offer.addEventListener("toggle", () => show(), { once: true });
});
