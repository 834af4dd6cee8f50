// Work on a GPU: what has been queued, and when it is done. `gl.finish()` does not wait in Chromium, a fence is seen there only
// after the task has ended, and reading a result would time a conversion and a copy. So one pixel is read from a framebuffer
// that nothing draws to: the context executes its commands in order, and the pixel comes after all of them.

import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import { beforeDraws } from './glCalls.js';

const framebuffers = new WeakMap<WebGL2RenderingContext, WebGLFramebuffer>();
const pixel = new Uint8Array(4);

let draws = 0;
let isListening = false;

/** Throws if `work` draws nothing: the engine has put it off, for ever if nobody reads the result, and there is nothing to time. */
export function queue(name: string, work: () => void): void {
  if (!isListening) beforeDraws(() => draws++);
  isListening = true;
  const before = draws;
  work();
  if (draws === before) throw new Error(`queue: a run must draw; received none on ${name}`);
}

/** Ends when all that the current backend has queued on its context is done; leaves the state of the context as it was. */
export function finishQueue(): void {
  const gl = (tf.backend() as MathBackendWebGL).gpgpu.gl as WebGL2RenderingContext;
  const framebuffer = gl.getParameter(gl.READ_FRAMEBUFFER_BINDING) as WebGLFramebuffer | null;
  const packBuffer = gl.getParameter(gl.PIXEL_PACK_BUFFER_BINDING) as WebGLBuffer | null;
  pixel.fill(1);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  gl.bindFramebuffer(gl.READ_FRAMEBUFFER, framebufferOf(gl));
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  gl.bindFramebuffer(gl.READ_FRAMEBUFFER, framebuffer);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, packBuffer);
  if (pixel[0] === 0) return; // as every new framebuffer
  throw new Error(`finishQueue: the context must be able to read; received isContextLost()=${gl.isContextLost()}`);
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
