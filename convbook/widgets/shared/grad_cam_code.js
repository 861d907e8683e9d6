// What GradCamViewer needs once a network runs in the page: fetched on the tap that starts it.

import { openRemote } from "./imagenet_remote.js";
import { imagenetPanel } from "./imagenet_view.js";
import { openEngine } from "./open_network.js";

export const gradCamCode = { openEngine, openRemote, imagenetPanel };
