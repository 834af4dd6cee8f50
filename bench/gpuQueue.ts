// Work on a GPU: what has been queued, and when it is done. `gl.finish()` does not wait in Chromium, a fence is seen there only
// after the task has ended, and reading a result would time a conversion and a copy. So one pixel is read of what was drawn
// last: drivers draw in order. A pixel of another framebuffer would not do: Mesa's llvmpipe gives it before it has drawn
// anything, and a layer seems to run at 7000 GFLOP/s.

import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import { beforeDraws } from './glCalls.js';

const framebuffers = new WeakMap<WebGL2RenderingContext, WebGLFramebuffer>();
const pixel = new Uint8Array(4);
const drawnTo = new WeakMap<WebGL2RenderingContext, WebGLFramebuffer>();
const drawnPixel = new Float32Array(4);

let draws = 0;
let isListening = false;

/** Throws if `work` draws nothing: the engine has put it off, for ever if nobody reads the result, and there is nothing to time. */
export function queue(name: string, work: () => void): void {
  if (!isListening) beforeDraws(noteDraw);
  isListening = true;
  const before = draws;
  work();
  if (draws === before) throw new Error(`queue: a run must draw; received none on ${name}`);
}

function noteDraw(gl: WebGL2RenderingContext): void {
  draws++;
  const framebuffer = gl.getParameter(gl.DRAW_FRAMEBUFFER_BINDING) as WebGLFramebuffer | null;
  if (framebuffer) drawnTo.set(gl, framebuffer);
}

/** Ends when all that the current backend has queued on its context is done; leaves the state of the context as it was. */
export function finishQueue(): void {
  const gl = (tf.backend() as MathBackendWebGL).gpgpu.gl as WebGL2RenderingContext;
  const framebuffer = gl.getParameter(gl.READ_FRAMEBUFFER_BINDING) as WebGLFramebuffer | null;
  const packBuffer = gl.getParameter(gl.PIXEL_PACK_BUFFER_BINDING) as WebGLBuffer | null;
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  readDrawn(gl);
  pixel.fill(1);
  gl.bindFramebuffer(gl.READ_FRAMEBUFFER, framebufferOf(gl));
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  gl.bindFramebuffer(gl.READ_FRAMEBUFFER, framebuffer);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, packBuffer);
  if (pixel[0] === 0) return; // as every new framebuffer: the context can read
  throw new Error(`finishQueue: the context must be able to read; received isContextLost()=${gl.isContextLost()}`);
}

/** Unless its texture is no longer attached. */
function readDrawn(gl: WebGL2RenderingContext): void {
  const framebuffer = drawnTo.get(gl);
  if (!framebuffer) return;
  gl.bindFramebuffer(gl.READ_FRAMEBUFFER, framebuffer);
  const isComplete = gl.checkFramebufferStatus(gl.READ_FRAMEBUFFER) === gl.FRAMEBUFFER_COMPLETE;
  if (isComplete) gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.FLOAT, drawnPixel);
}

function framebufferOf(gl: WebGL2RenderingContext): WebGLFramebuffer | null {
  const known = framebuffers.get(gl);
  if (known) return known;
  const framebuffer = gl.createFramebuffer();
  const renderbuffer = gl.createRenderbuffer();
  const before = gl.getParameter(gl.RENDERBUFFER_BINDING) as WebGLRenderbuffer | null;
  gl.bindRenderbuffer(gl.RENDERBUFFER, renderbuffer);
  gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, 1, 1);
  gl.bindRenderbuffer(gl.RENDERBUFFER, before);
  gl.bindFramebuffer(gl.READ_FRAMEBUFFER, framebuffer);
  gl.framebufferRenderbuffer(gl.READ_FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, renderbuffer);
  framebuffers.set(gl, framebuffer);
  return framebuffer;
}
