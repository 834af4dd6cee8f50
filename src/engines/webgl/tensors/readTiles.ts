// Reads values from the tiled layout, layer by layer, and puts them in order on the CPU.

import { texelsToValues } from '../../../../kernels/glsl/tiled/layout/layout.js';
import type { TiledTexture } from '../gl/textures.js';
import type { TiledTensor } from './tiledTensor.js';

/** Values in NHWC order. */
export function readTiles(gl: WebGL2RenderingContext, tensor: TiledTensor): Float32Array {
  const texture = tensor.drawnTexture();
  const texels = texelsOf(texture);
  readLayers(gl, texture, (layer, size) => {
    gl.readPixels(0, 0, texture.width, texture.height, gl.RGBA, gl.FLOAT, texels, layer * size);
  });
  return texelsToValues(tensor.layout, texels);
}

/** The same without blocking: `wait` resolves when the device has finished all work queued before. */
export async function readTilesAsync(
  gl: WebGL2RenderingContext,
  tensor: TiledTensor,
  wait: () => Promise<void>,
): Promise<Float32Array> {
  const texture = tensor.drawnTexture();
  const texels = texelsOf(texture);
  const buffer = gl.createBuffer() as WebGLBuffer;
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
  gl.bufferData(gl.PIXEL_PACK_BUFFER, texels.byteLength, gl.STREAM_READ);
  readLayers(gl, texture, (layer, size) => {
    gl.readPixels(0, 0, texture.width, texture.height, gl.RGBA, gl.FLOAT, layer * size * 4);
  });
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  try {
    await wait();
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, texels);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  } finally {
    gl.deleteBuffer(buffer);
  }
  return texelsToValues(tensor.layout, texels);
}

function texelsOf({ width, height, layers }: TiledTexture): Float32Array {
  return new Float32Array(width * height * layers * 4);
}

function readLayers(
  gl: WebGL2RenderingContext,
  { framebuffer, width, height, layers }: TiledTexture,
  read: (layer: number, size: number) => void,
): void {
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
  for (let layer = 0; layer < layers; layer++) {
    gl.readBuffer(gl.COLOR_ATTACHMENT0 + layer);
    read(layer, width * height * 4);
  }
}
