// Reads values from the tiled layout, layer by layer, and puts them in order on the CPU.

import { texelsToValues } from '../../../../kernels/glsl/tiled/layout/layout.js';
import { DrawQueue } from '../gl/drawQueue.js';
import type { TiledTexture } from '../gl/textures.js';
import type { TiledTensor } from './tiledTensor.js';

/** Values in NHWC order. A layer at a time would wait for the device as many times; this waits once. */
export function readTiles(gl: WebGL2RenderingContext, tensor: TiledTensor): Float32Array {
  return readTilesLater(gl, tensor)();
}

/** Queues the same, and returns what waits for the values. The tensor may be gone then. */
export function readTilesLater(gl: WebGL2RenderingContext, tensor: TiledTensor): () => Float32Array {
  const texture = tensor.drawnTexture();
  const { layout } = tensor;
  const buffer = queueReads(gl, texture);
  return () => {
    try {
      return texelsToValues(layout, texelsIn(gl, buffer, texture));
    } finally {
      gl.deleteBuffer(buffer);
    }
  };
}

/** The same without blocking: `wait` resolves when the device has finished all work queued before. */
export async function readTilesAsync(
  gl: WebGL2RenderingContext,
  tensor: TiledTensor,
  wait: () => Promise<unknown>,
): Promise<Float32Array> {
  const texture = tensor.drawnTexture();
  const buffer = queueReads(gl, texture);
  try {
    await wait(); // the tensor may be gone then
    return texelsToValues(tensor.layout, texelsIn(gl, buffer, texture));
  } finally {
    gl.deleteBuffer(buffer);
  }
}

/** Queues copies of all layers to a new buffer. */
function queueReads(gl: WebGL2RenderingContext, { framebuffer, width, height, layers }: TiledTexture): WebGLBuffer {
  const buffer = gl.createBuffer() as WebGLBuffer;
  const layerBytes = 4 * Float32Array.BYTES_PER_ELEMENT * width * height;
  DrawQueue.of(gl).inOrder(() => {
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
    gl.bufferData(gl.PIXEL_PACK_BUFFER, layers * layerBytes, gl.STREAM_READ);
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    for (let layer = 0; layer < layers; layer++) {
      gl.readBuffer(gl.COLOR_ATTACHMENT0 + layer);
      gl.readPixels(0, 0, width, height, gl.RGBA, gl.FLOAT, layer * layerBytes);
    }
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  });
  return buffer;
}

/** Waits for the copies. */
function texelsIn(
  gl: WebGL2RenderingContext,
  buffer: WebGLBuffer,
  { width, height, layers }: TiledTexture,
): Float32Array {
  const texels = new Float32Array(4 * width * height * layers);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
  gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, texels);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  return texels;
}
