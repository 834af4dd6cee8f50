// Runs ops on images in the tiled layout beside the official cpu backend. A result must be in the tiled layout alone,
// made without a conversion, with zeros around its elements, and on textures that held other values before.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { type TileShape, tileShapes, valuesToTexels } from '../../../kernels/glsl/tiled/layout/layout.js';
import type { WebglBackend } from '../../../src/engines/webgl/backend.js';
import type { TiledTexture } from '../../../src/engines/webgl/gl/textures.js';
import { dimsOf } from '../../../src/engines/webgl/tensors/tensorStore.js';
import type { TiledTensor } from '../../../src/engines/webgl/tensors/tiledTensor.js';
import { randomValues } from '../randomCases.js';

export interface ImageCase {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  run(...x: tf.Tensor4D[]): tf.Tensor | tf.Tensor[];
}

export type Values = (length: number, seed: number) => Float32Array;

/** Every third value is none, or without end. */
export const odd: Values = (length, seed) =>
  randomValues(length, seed).map((value, i) => (i % 9 < 3 ? [Number.NaN, 1 / 0, -1 / 0][(i + seed) % 3] : value));

/** Few different values: many windows have their greatest value more than once. */
export const quantized: Values = (length, seed) => randomValues(length, seed).map((value) => Math.round(2 * value));

export const backend = () => tf.backend() as WebglBackend;

export interface Check {
  readonly values?: Values;
  readonly tolerance?: number;
  /** The backend that is right. Default: the official `cpu`. */
  readonly reference?: 'cpu' | 'convnet-cpu';
}

type Result = { shape: number[]; values: tf.TypedArray };

/** Runs all cases on tiles of either shape. Leaves convnet-webgl as the backend. */
export async function expectTiled(
  cases: readonly ImageCase[],
  { values = randomValues, tolerance = 1e-6, reference = 'cpu' }: Check = {},
): Promise<void> {
  await tf.setBackend(reference);
  const expected = cases.map((c) => tf.tidy(() => resultsOf(c, values)) as Result[]);
  await tf.setBackend('convnet-webgl');
  expect(cases.length).to.be.greaterThan(0);
  for (const tile of [tileShapes.wide, tileShapes.square]) {
    withTile(tile, () => {
      for (const [i, c] of cases.entries()) {
        expectCase(c, expected[i], { values, tolerance, where: `${c.name}, tensors ${tile.rows}x${tile.columns}` });
      }
    });
  }
}

/** As on a device with fewer render targets. */
export function withTile(tile: TileShape, f: () => void): void {
  const caps = backend().tensors.caps as { tile: TileShape };
  const { tile: own } = caps;
  caps.tile = tile;
  try {
    f();
  } finally {
    caps.tile = own;
  }
}

function inputsOf({ shapes }: ImageCase, values: Values): tf.Tensor4D[] {
  return shapes.map((shape, i) => {
    const length = shape.reduce((product, n) => product * n, 1);
    return tf.tensor4d(values(length, i + 1), shape as [number, number, number, number]);
  });
}

/** The same values in the tiled layout alone. */
export function intoTiles<T extends tf.Tensor>(x: T): T {
  const { tensors } = backend();
  const layout = tensors.layoutOf(dimsOf(x.shape));
  if (!layout) throw new Error(`intoTiles: the tensor must fit into a texture; received shape=[${x.shape}]`);
  const { info, tensor: form } = tensors.make(x.shape, layout);
  tensors.textures.upload(form.texture, valuesToTexels(layout, x.dataSync()));
  return tf.engine().makeTensorFromTensorInfo(info) as T;
}

function resultsOf(c: ImageCase, values: Values): Result[] {
  return [c.run(...inputsOf(c, values))].flat().map((y) => ({ shape: y.shape, values: y.dataSync() }));
}

type Expectation = Required<Pick<Check, 'values' | 'tolerance'>> & { readonly where: string };

function expectCase(c: ImageCase, expected: readonly Result[], { values, tolerance, where }: Expectation): void {
  const { tensors } = backend();
  const used = tensors.textures.usedCount;
  const run = () => [c.run(...inputsOf(c, values).map(intoTiles))].flat();
  soilTextures(() => tf.tidy(() => void run()));
  tf.tidy(() => {
    const { toTfjs } = tensors.counters;
    const ys = run();
    expect(tensors.counters.toTfjs, `${where}: conversions`).to.equal(toTfjs);
    expect(ys.length, where).to.equal(expected.length);
    for (const [i, y] of ys.entries()) {
      expect(tensors.isOnlyTiled(y.dataId), `${where}: in the tiled layout alone`).to.equal(true);
      expect(y.shape, where).to.deep.equal(expected[i].shape);
      const form = tensors.find(y) as TiledTensor;
      expectNear(y.dataSync(), expected[i].values, tolerance, `${where}, result ${i}`);
      expectNear(texelsOf(form), valuesToTexels(form.layout, y.dataSync()), 0, `${where}, texels`);
    }
  });
  expect(tensors.textures.usedCount, `${where}: textures`).to.equal(used);
}

/** Fills the textures that `run` takes, but for their border, with NaN, for the next run of it to find. */
function soilTextures(run: () => void): void {
  const { textures } = backend().tensors;
  const acquire = textures.acquire;
  const taken: Parameters<typeof acquire>[0][] = [];
  textures.trim(0);
  textures.acquire = (layout) => {
    taken.push(layout);
    return acquire.call(textures, layout);
  };
  run();
  textures.acquire = acquire;
  const held = taken.map((layout) => textures.acquire(layout));
  for (const texture of held) textures.upload(texture, soil(texture));
  for (const texture of held) textures.release(texture);
}

function soil({ width, height, layers }: TiledTexture): Float32Array {
  const texels = new Float32Array(width * height * layers * 4);
  for (let row = 0; row < layers * height; row++) {
    if (row % height === height - 1) continue;
    texels.fill(Number.NaN, (row * width + 1) * 4, (row * width + width - 1) * 4);
  }
  return texels;
}

function texelsOf(tensor: TiledTensor): Float32Array {
  const { framebuffer, width, height, layers } = tensor.drawnTexture();
  const gl = backend().gl2;
  const texels = new Float32Array(width * height * layers * 4);
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
  for (let layer = 0; layer < layers; layer++) {
    gl.readBuffer(gl.COLOR_ATTACHMENT0 + layer);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.FLOAT, texels, layer * width * height * 4);
  }
  return texels;
}

export function expectNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  where: string,
): void {
  expect(actual.length, where).to.equal(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const [a, b] = [actual[i], expected[i]];
    const isNear = Object.is(a, b) || (Number.isFinite(b) && Math.abs(a - b) <= tolerance * (1 + Math.abs(b)));
    if (!isNear) expect.fail(`${where}: value ${i} must be ${b}; received ${a}`);
  }
}
