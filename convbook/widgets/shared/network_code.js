// The network code that a page and its worker share: delivered once, as a text (open_network.js). A page
// imports what is exported; a worker answers { id, call, ... } with { id, answer } or { id, problem }.

import { openDesk } from "./imagenet_desk.js";
import { networkOn } from "./network_on.js";
import { answerCalls } from "./worker_calls.js";

/** What a page imports. */
export const networkCode = { networkOn, openDesk };

/** @type {ReturnType<typeof openDesk>} */
let desk;

if (typeof document === "undefined") {
  answerCalls({
    open({ module, buffer }) {
      desk = openDesk(module, buffer);
      const { labels, layers, pictures } = desk;
      return { labels, layers, pictures };
    },
    look: ({ wish }) => desk.look(wish),
    describe: () => desk.describe(),
    see: ({ wish }) => desk.see(wish),
    maps: ({ wish }) => desk.maps(wish),
    filter: ({ wish }) => desk.filter(wish),
    peaks: ({ wish }) => desk.peaks(wish),
  });
}
