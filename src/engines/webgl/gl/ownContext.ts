// A backend on a canvas or a context of the user, beside TensorFlow.js's default context, which stays what it was.

import { GPGPUContext, MathBackendWebGL, setWebGLContext } from '@tensorflow/tfjs-backend-webgl';
import { engine, env } from '@tensorflow/tfjs-core';
import { check } from '../../../core/errors.js';

export type UserCanvas = HTMLCanvasElement | OffscreenCanvas;

/**
 * The WebGL2 context of a canvas, made now if it has none.
 *
 * @throws If the canvas has a context of another kind, or the browser gives none.
 */
export function contextOfCanvas(name: string, canvas: UserCanvas): WebGL2RenderingContext {
  const attributes: WebGLContextAttributes = {
    ...{ alpha: false, antialias: false, premultipliedAlpha: false, depth: false, stencil: false },
    failIfMajorPerformanceCaveat: !env().getBool('SOFTWARE_WEBGL_ENABLED'),
  };
  const gl = canvas.getContext('webgl2', attributes) as WebGL2RenderingContext | null;
  check(gl != null, name, 'the canvas must give a WebGL2 context (it may have a context of another kind)', {
    canvas: Object.prototype.toString.call(canvas).slice(8, -1),
  });
  return gl;
}

/**
 * TensorFlow.js's part of a context: its buffers, its framebuffer, the extensions that it needs. Its constructor makes
 * the context the default of all backends that are made later, which is undone here.
 */
export function gpgpuOn(gl: WebGL2RenderingContext): GPGPUContext {
  const before = defaultContext();
  const gpgpu = new GPGPUContext(gl as unknown as WebGLRenderingContext);
  // Without a context TensorFlow.js makes a new one when it needs a default.
  setWebGLContext(2, (before ?? null) as unknown as WebGLRenderingContext);
  prepare(gl);
  return gpgpu;
}

/** The state in which TensorFlow.js's draws expect a context. */
export function prepare(gl: WebGL2RenderingContext): void {
  const off = [gl.DEPTH_TEST, gl.STENCIL_TEST, gl.BLEND, gl.DITHER, gl.POLYGON_OFFSET_FILL, gl.SAMPLE_COVERAGE];
  for (const capability of off) gl.disable(capability);
  gl.enable(gl.SCISSOR_TEST);
  gl.enable(gl.CULL_FACE);
  gl.cullFace(gl.BACK);
}

/** The context that backends share which were given none. */
function defaultContext(): WebGL2RenderingContext | undefined {
  const backends = Object.values(engine().registry).filter((backend) => backend instanceof MathBackendWebGL);
  const shared = backends.find((backend) => {
    const { gpgpuCreatedLocally, disposed } = backend as unknown as Record<string, unknown>;
    return gpgpuCreatedLocally === true && disposed !== true && !backend.gpgpu.gl.isContextLost();
  });
  return shared?.gpgpu.gl as WebGL2RenderingContext | undefined;
}
