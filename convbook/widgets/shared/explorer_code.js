// What runs networks for NetworkExplorer: its own bundle, which a page fetches once a reader asks.

import { openRemote } from "./imagenet_remote.js";
import { openEngine } from "./open_network.js";

export const explorerCode = { openEngine, openRemote };
