// The reader's camera, one frame at a time. No frame leaves the device.

import { h } from "./dom.js";

/**
 * @typedef {object} Camera
 * @property {HTMLVideoElement} video
 * @property {(facing: string) => Promise<boolean>} start "user" (front) or "environment" (back); false where it was
 *   stopped before it could show anything
 * @property {() => void} stop ends the track: the camera's light goes out
 * @property {() => boolean} running
 * @property {(side: number) => Uint8ClampedArray | null} frame the middle square of the picture now
 */

/**
 * @param {() => void} onStop called when the camera stops, also when somebody else ends it
 * @returns {Camera}
 */
export function openCamera(onStop) {
  const video = h("video", { playsinline: true, muted: true });
  const canvas = h("canvas");
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  /** @type {MediaStream | null} */
  let stream = null;
  let turn = 0;
  const stop = () => {
    turn += 1;
    const ended = stream;
    stream = null;
    ended?.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    if (ended) onStop();
  };
  return {
    video,
    stop,
    running: () => stream !== null,
    async start(facing) {
      stop();
      if (!navigator.mediaDevices?.getUserMedia) {
        throw new Error("this page has no access to a camera: open it from disk, or over https");
      }
      const mine = turn;
      const asked = { facingMode: facing, width: { ideal: 640 }, height: { ideal: 480 } };
      const given = await navigator.mediaDevices.getUserMedia({ video: asked, audio: false });
      // Whoever has left in the meantime does not want to be filmed.
      if (mine !== turn) {
        given.getTracks().forEach((track) => track.stop());
        return false;
      }
      stream = given;
      stream.getTracks().forEach((track) => track.addEventListener("ended", stop));
      video.muted = true;
      video.srcObject = stream;
      try {
        await video.play();
      } catch (error) {
        if (mine === turn) throw error; // else it was interrupted on purpose
      }
      return mine === turn;
    },
    frame(side) {
      const { videoWidth, videoHeight } = video;
      if (!stream || videoWidth === 0) return null;
      if (canvas.width !== side) canvas.width = canvas.height = side;
      const cut = Math.min(videoWidth, videoHeight);
      context.drawImage(video, (videoWidth - cut) / 2, (videoHeight - cut) / 2, cut, cut, 0, 0, side, side);
      return context.getImageData(0, 0, side, side).data;
    },
  };
}

/**
 * What went wrong with a camera, in words.
 * @param {any} error
 */
export function cameraProblem(error) {
  if (error.name === "NotAllowedError") {
    return "The camera was not allowed. Allow it in the browser's address bar, or choose a photograph instead.";
  }
  if (error.name === "NotFoundError") return "No camera was found. Choose a photograph instead.";
  return `The camera could not start (${error.message}). Choose a photograph instead.`;
}
