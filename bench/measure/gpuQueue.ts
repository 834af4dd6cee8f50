// Work on a GPU: what has been queued, and when it is done. `gl.finish()` does not wait in Chromium, a fence is seen
// there only after the task has ended, and reading a result would time a conversion and a copy. So one pixel is read of
// the texture that was drawn last: drivers draw in order. A pixel of another framebuffer would not do: Mesa's llvmpipe
// gives it before it has drawn anything, and a layer seems to run at 7000 GFLOP/s.

import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import { beforeDraws } from './glCalls.js';

/** What a draw went to; the texture is its first target, which may be detached after the draw. */
interface Drawn {
  readonly framebuffer: WebGLFramebuffer;
  readonly texture: WebGLTexture;
}

/** The last draws. Textures of a self-test among them are gone when it is over. */
const drawn = new WeakMap<WebGL2RenderingContext, Drawn[]>();
const MOST_DRAWN = 32;
const readers = new WeakMap<WebGL2RenderingContext, WebGLFramebuffer>();
const pixel = new Float32Array(4);
const UNREAD = 1234567;

let draws = 0;
let isListening = false;

/** Throws if `work` draws nothing: then the engine has put it off, for ever if nobody reads the result. */
export function queue(name: string, work: () => void): void {
  if (!isListening) beforeDraws(noteDraw);
  isListening = true;
  const before = draws;
  work();
  if (draws === before) contextNow().finish(); // draws that wait for their programs are made before any other call
  if (draws === before) throw new Error(`queue: a run must draw; received none on ${name}`);
}

function noteDraw(gl: WebGL2RenderingContext): void {
  draws++;
  const framebuffer = gl.getParameter(gl.DRAW_FRAMEBUFFER_BINDING) as WebGLFramebuffer | null;
  if (!framebuffer) return;
  const { DRAW_FRAMEBUFFER: target, COLOR_ATTACHMENT0: first, FRAMEBUFFER_ATTACHMENT_OBJECT_NAME: name } = gl;
  const all = drawn.get(gl) ?? [];
  drawn.set(gl, all);
  all.push({ framebuffer, texture: gl.getFramebufferAttachmentParameter(target, first, name) });
  if (all.length > MOST_DRAWN) all.shift();
}

/** Ends when all that the current backend has queued is done. Throws where the texture or the context is gone. */
export function finishQueue(): void {
  const gl = contextNow();
  gl.flush(); // draws that wait come first, whose framebuffer is not bound yet
  const framebuffer = gl.getParameter(gl.READ_FRAMEBUFFER_BINDING) as WebGLFramebuffer | null;
  const packBuffer = gl.getParameter(gl.PIXEL_PACK_BUFFER_BINDING) as WebGLBuffer | null; // both are bound again
  pixel.fill(UNREAD);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  bindDrawn(gl);
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.FLOAT, pixel);
  gl.bindFramebuffer(gl.READ_FRAMEBUFFER, framebuffer);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, packBuffer);
  if (pixel[0] !== UNREAD) return;
  throw new Error(`finishQueue: what was drawn must be readable; received isContextLost()=${gl.isContextLost()}`);
}

function contextNow(): WebGL2RenderingContext {
  return (tf.backend() as MathBackendWebGL).gpgpu.gl as WebGL2RenderingContext;
}

/** For reading. TensorFlow.js detaches a texture once it is drawn; those of our own layout stay attached. */
function bindDrawn(gl: WebGL2RenderingContext): void {
  const last = [...(drawn.get(gl) ?? [])].reverse().find(({ texture }) => gl.isTexture(texture));
  if (!last) throw new Error('finishQueue: something must have been drawn; received no draw on this context');
  gl.bindFramebuffer(gl.READ_FRAMEBUFFER, last.framebuffer);
  if (gl.checkFramebufferStatus(gl.READ_FRAMEBUFFER) === gl.FRAMEBUFFER_COMPLETE) return;
  const reader = readers.get(gl) ?? gl.createFramebuffer();
  readers.set(gl, reader);
  gl.bindFramebuffer(gl.READ_FRAMEBUFFER, reader);
  gl.framebufferTexture2D(gl.READ_FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, last.texture, 0);
}
