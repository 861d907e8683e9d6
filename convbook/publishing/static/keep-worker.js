// Answers from what was kept when the network does not. Online, every page stays the newest one.
addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  event.respondWith(
    fetch(event.request).catch(async (error) => {
      const kept = await caches.match(event.request, { ignoreSearch: true });
      if (kept) return kept;
      throw error;
    }),
  );
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
