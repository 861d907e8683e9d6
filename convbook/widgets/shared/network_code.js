// The network code that a page and its worker share: delivered once, as a text (open_network.js). A page
// imports what is exported; a worker answers { id, call, ... } with { id, answer } or { id, problem }.

import { openDesk } from "./imagenet_desk.js";
import { networkOn } from "./network_on.js";

/** What a page imports. */
export const networkCode = { networkOn, openDesk };

/** @type {ReturnType<typeof openDesk>} */
let desk;

if (typeof document === "undefined") {
  self.onmessage = ({ data }) => {
    try {
      if (data.call === "open") {
        desk = openDesk(data.module, data.buffer);
        const { labels, layers, pictures } = desk;
        self.postMessage({ id: data.id, answer: { labels, layers, pictures } });
      } else self.postMessage({ id: data.id, answer: desk.look(data.wish) });
    } catch (error) {
      self.postMessage({ id: data.id, problem: /** @type {Error} */ (error).message });
    }
  };
}
