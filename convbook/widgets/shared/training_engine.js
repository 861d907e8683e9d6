// Chooses what a page trains on: relaxed SIMD, plain SIMD, or plain JavaScript.

import plainTraining from "../engine/train.wasm";
import relaxedTraining from "../engine/train-relaxed.wasm";
import { compileModule } from "./compile.js";

/**
 * { kind, module, words }: give `module` to `trainerOn` (trainer_on.js), here or in a worker. `words`
 * is what to tell the reader, or "".
 * @param {string} [wanted] asks for a kind, in tests
 */
export async function openTraining(wanted) {
  const { kind, module, reason } = await compileModule({ relaxed: relaxedTraining, plain: plainTraining }, wanted);
  const words = module ? "" : `Training runs in plain JavaScript here, much more slowly: ${reason}.`;
  return { kind, module, words };
}
