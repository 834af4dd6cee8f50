// The self-tests of the programs that move values between TensorFlow.js's textures and ours. Each is compared with the
// same move on the CPU: values are uploaded or read there without a draw of ours.

import type { DataId, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { type Packing, packMatrix } from '../../../../kernels/glsl/tiled/conv/weights.js';
import { layoutOf } from '../../../../kernels/glsl/tiled/layout/layout.js';
import { compare, toleranceOf, type Verdict } from '../../../core/verdict.js';
import type { TiledTexture } from '../gl/textures.js';
import type { Test } from '../selfTest.js';
import type { Conversion } from './conversion.js';
import { readTiles } from './readTiles.js';
import type { TensorStore, TfjsBackend } from './tensorStore.js';

export interface ConversionBackend extends Pick<TfjsBackend, 'texData' | 'disposeIntermediateTensorInfo' | 'readTfjs'> {
  readonly gl2: WebGL2RenderingContext;
  readonly tensors: TensorStore;
  makeTensorInfo(shape: number[], dtype: DataType, values?: Float32Array): TensorInfo;
  /** Makes TensorFlow.js's texture of values on the CPU. */
  upload(dataId: DataId): void;
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

/** Images with rows, columns and channels beyond whole tiles and texels. */
function shapeFor(conversion: Conversion): number[] {
  if (conversion.to === 'matrix') return [3, 3, filter.icg, filter.ocg];
  return conversion.tile.columns === 1 ? [3, 7] : [2, 5, 7, 6];
}

function testImages(
  { gl2, tensors, texData, upload, readTfjs }: ConversionBackend,
  info: TensorInfo,
  values: Float32Array,
  { to, tile, packed }: Exclude<Conversion, { readonly to: 'matrix' }>,
): Verdict {
  const [n, h = 1, w = 1, c] = info.shape.length === 2 ? [info.shape[0], 1, 1, info.shape[1]] : info.shape;
  const data = texData.get(info.dataId);
  if (to === 'tiles') {
    data.isPacked = packed;
    upload(info.dataId);
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

function testMatrix({ gl2: gl, tensors, upload }: ConversionBackend, info: TensorInfo, values: Float32Array): Verdict {
  upload(info.dataId);
  const { framebuffer, width, height } = tensors.matrices.of(info, filter) as TiledTexture;
  const texels = new Float32Array(4 * width * height);
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
  gl.readBuffer(gl.COLOR_ATTACHMENT0);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.FLOAT, texels);
  return compare(texels, packMatrix(filter, values).texels, toleranceOf(tensors.textures.isFloat32));
}
