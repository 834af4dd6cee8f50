// The self-tests of the programs that move values between TensorFlow.js's textures and ours. Each is compared with the
// same move on the CPU: values are uploaded or read there without a draw of ours.

import type { DataId, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { type Packing, packMatrix } from '../../../../kernels/glsl/tiled/conv/weights.js';
import { type Dims, layoutOf } from '../../../../kernels/glsl/tiled/layout/layout.js';
import { compare, toleranceOf, type Verdict } from '../../../core/verdict.js';
import type { TiledTexture } from '../gl/textures.js';
import type { Test } from '../testKinds.js';
import type { Conversion } from './conversion.js';
import { readTiles } from './readTiles.js';
import type { TensorStore, TfjsBackend } from './tensorStore.js';

export interface ConversionBackend extends Pick<TfjsBackend, 'texData' | 'disposeIntermediateTensorInfo' | 'readTfjs'> {
  readonly gl2: WebGL2RenderingContext;
  readonly tensors: TensorStore;
  makeTensorInfo(shape: number[], dtype: DataType, values?: Float32Array): TensorInfo;
  /** Gives data without values an empty texture of TensorFlow.js. */
  allocate(dataId: DataId): void;
}

export function conversionTest(backend: ConversionBackend, conversion: Conversion): Test {
  return () => {
    const shape = shapeFor(conversion);
    const length = shape.reduce((product, size) => product * size, 1);
    const values = Float32Array.from({ length }, (_, i) => (((i * 421) % 1009) - 504) / 256);
    const info = backend.makeTensorInfo(shape, 'float32', values);
    try {
      if (conversion.to === 'matrix') return testMatrix(backend, info, values);
      return testImages(backend, info, values, conversion);
    } finally {
      backend.disposeIntermediateTensorInfo(info);
    }
  };
}

/** Images with rows, columns and channels beyond whole tiles and texels. What is packed has four axes. */
function shapeFor(conversion: Conversion): number[] {
  if (conversion.to === 'matrix') return [3, 3, filter.icg, filter.ocg];
  if (conversion.tile.columns > 1) return [2, 5, 7, 6];
  return conversion.packed ? [3, 1, 1, 7] : [3, 7];
}

function testImages(
  backend: ConversionBackend,
  info: TensorInfo,
  values: Float32Array,
  { to, tile, packed }: Exclude<Conversion, { readonly to: 'matrix' }>,
): Verdict {
  const { gl2, tensors, texData, readTfjs } = backend;
  const [n, h = 1, w = 1, c] = info.shape.length === 2 ? [info.shape[0], 1, 1, info.shape[1]] : info.shape;
  const data = texData.get(info.dataId);
  if (to === 'tiles') {
    data.isPacked = packed;
    fill(backend, info.dataId, packed ? packedTexels({ n, h, w, c }, values) : values);
  }
  const tensor = tensors.toTiled(info, layoutOf({ n, h, w, c }, tile));
  data.values = undefined;
  if (to === 'tfjs') tensors.toTfjs(info.dataId, packed);
  const actual = to === 'tiles' ? readTiles(gl2, tensor) : readTfjs(info.dataId);
  return compare(actual, values, toleranceOf(tensors.textures.isFloat32));
}

/** A filter of 3x3 with 5 inputs and 6 outputs, as conv packs it (weights.ts). */
const filter: Packing = {
  ...{ name: 'selfTest', width: 8, height: 18, taps: 9, isByQuad: false, outC: 6, icg: 5, ocg: 6 },
  ...{ first: 0, tapStep: 30, icStep: 6, ocStep: 1, groupStep: 6 },
};

/** Moves data to a texture of TensorFlow.js, whose own way draws with programs that nothing else may need. */
function fill({ gl2: gl, texData, allocate }: ConversionBackend, dataId: DataId, texels: Float32Array): void {
  const data = texData.get(dataId);
  data.values = undefined;
  allocate(dataId);
  const [rows, columns] = data.texShape as [number, number];
  const [width, height] = data.isPacked ? [Math.ceil(columns / 2), Math.ceil(rows / 2)] : [columns, rows];
  const format = data.isPacked ? gl.RGBA : gl.RED;
  const all = new Float32Array(width * height * (data.isPacked ? 4 : 1)); // the last row may have a rest
  all.set(texels);
  gl.bindTexture(gl.TEXTURE_2D, data.texture?.texture as WebGLTexture);
  gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, format, gl.FLOAT, all);
}

/** Texels of two columns by two channels, as TensorFlow.js packs them. */
function packedTexels({ n, h, w, c }: Dims, values: Float32Array): Float32Array {
  const [pairsW, pairsC] = [Math.ceil(w / 2), Math.ceil(c / 2)];
  const texels = new Float32Array(4 * n * h * pairsW * pairsC);
  for (let i = 0; i < values.length; i++) {
    const [channel, column, row] = [i % c, Math.floor(i / c) % w, Math.floor(i / (c * w))];
    const texel = (row * pairsW + (column >> 1)) * pairsC + (channel >> 1);
    texels[4 * texel + 2 * (column & 1) + (channel & 1)] = values[i];
  }
  return texels;
}

function testMatrix(backend: ConversionBackend, info: TensorInfo, values: Float32Array): Verdict {
  const { gl2: gl, tensors } = backend;
  fill(backend, info.dataId, values);
  const { framebuffer, width, height } = tensors.matrices.of(info, filter) as TiledTexture;
  const texels = new Float32Array(4 * width * height);
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
  gl.readBuffer(gl.COLOR_ATTACHMENT0);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.FLOAT, texels);
  return compare(texels, packMatrix(filter, values).texels, toleranceOf(tensors.textures.isFloat32));
}
