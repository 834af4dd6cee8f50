// How the kernels in the tiled layout are tested. An op runs on tensors that exist in the tiled layout alone. Its
// result must exist there alone too, have the values of TensorFlow.js's cpu backend, and zeros around its elements. The
// op runs on other values before, so that its textures hold those.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { texelsToValues, valuesToTexels } from '../../../kernels/glsl/tiled/layout/layout.js';
import type { WebglBackend } from '../../../src/engines/webgl/backend.js';
import type { TiledTexture } from '../../../src/engines/webgl/gl/textures.js';
import { dimsOf } from '../../../src/engines/webgl/tensors/tensorStore.js';
import type { TiledTensor } from '../../../src/engines/webgl/tensors/tiledTensor.js';
import { random } from '../randomCases.js';

export interface Operand {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  /** Whether it exists in the tiled layout alone before the op runs. */
  readonly isTiled: boolean;
}

export interface Case {
  readonly name: string;
  readonly operands: readonly Operand[];
  run(...operands: tf.Tensor[]): tf.Tensor;
  /** Relative to the larger of 1 and the value; default 2e-6. */
  readonly tolerance?: number;
  /** Whether it may convert its operands to TensorFlow.js's layout. */
  readonly touchesTfjs?: boolean;
}

/** Every remainder of a tile of 2x4 and of a texel of 4 channels, vectors, and shapes of fewer dimensions. */
export const shapes: readonly (readonly number[])[] = [
  ...[
    [1, 1, 1, 5],
    [3, 1, 1, 13],
    [1, 2, 4, 4],
    [1, 1, 2, 1],
    [3, 3, 5, 3],
    [1, 4, 6, 8],
    [2, 5, 7, 2],
    [1, 2, 9, 13],
  ],
  ...[[3, 1, 3, 5], [1, 6, 1, 3], [3, 5, 8, 1], [3, 5, 4], [2, 7], [1, 13], [6]],
];

/** Random values between -4 and 4, some of which are special. */
export function testValues(size: number, seed: number, specials: readonly number[] = []): Float32Array {
  const next = random(seed);
  const values = Float32Array.from({ length: size }, () => 4 * next());
  // A step that has no common divisor with most sizes spreads them over tiles, pixels and channels.
  specials.forEach((special, i) => {
    if (size > 2 * specials.length) values[(3 + 7 * i) % size] = special;
  });
  return values;
}

export const notFinite = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

export function tiledOperand(shape: readonly number[], seed: number, specials?: readonly number[]): Operand {
  return { shape, values: testValues(tf.util.sizeFromShape([...shape]), seed, specials), isTiled: true };
}

export function tfjsOperand(shape: readonly number[], seed: number, specials?: readonly number[]): Operand {
  return { ...tiledOperand(shape, seed, specials), isTiled: false };
}

/** A tensor that exists in the tiled layout alone. */
export function tiledTensorOf({ shape, values }: Pick<Operand, 'shape' | 'values'>): tf.Tensor {
  const { tensors } = tf.backend() as WebglBackend;
  const layout = tensors.layoutOf(dimsOf(shape));
  if (!layout) throw new Error(`tiledTensorOf: there must be a layout for the shape; received shape=[${shape}]`);
  const made = tensors.make(shape, layout);
  tensors.textures.upload(made.tensor.texture, valuesToTexels(layout, values));
  return tf.engine().makeTensorFromTensorInfo(made.info);
}

/** Runs all of them on the backend 'cpu', then on the current one, which is ours on WebGL. */
export async function expectTiled(cases: readonly Case[]): Promise<void> {
  const ours = tf.getBackend();
  await tf.setBackend('cpu');
  const expected = cases.map(({ run, operands }) => valuesOf(run, operands.map(tfjsTensor)));
  await tf.setBackend(ours);
  cases.forEach((c, i) => {
    tf.tidy(() => void c.run(...c.operands.map(dirty).map(tensorOf)));
    tf.tidy(() => expectCase(c, expected[i]));
  });
}

interface Result {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

function valuesOf(run: Case['run'], operands: readonly tf.Tensor[]): Result {
  let result: Result = { shape: [], values: [] };
  tf.tidy(() => {
    const y = run(...operands);
    result = { shape: y.shape, values: y.dataSync() };
  });
  tf.dispose([...operands]);
  return result;
}

function tfjsTensor({ shape, values }: Operand): tf.Tensor {
  return tf.tensor(Float32Array.from(values), [...shape]);
}

/** Values that no result may depend on. */
function dirty(operand: Operand): Operand {
  return { ...operand, values: new Float32Array(operand.values.length).fill(Number.NaN) };
}

export function tensorOf(operand: Operand): tf.Tensor {
  return operand.isTiled ? tiledTensorOf(operand) : tfjsTensor(operand);
}

function expectCase(c: Case, expected: Result): void {
  const backend = tf.backend() as WebglBackend;
  const operands = c.operands.map(tensorOf);
  const { toTfjs } = backend.counters;
  const y = c.run(...operands);
  expect(backend.tensors.isOnlyTiled(y.dataId), `${c.name}: the result is tiled`).to.equal(true);
  if (!c.touchesTfjs) expect(backend.counters.toTfjs, `${c.name}: conversions to TensorFlow.js`).to.equal(toTfjs);
  expect(y.shape, c.name).to.deep.equal(expected.shape);
  expect(y.dtype, c.name).to.equal('float32');
  const tensors = backend.tensors.find(y);
  if (tensors) expectZerosAround(backend, c.name, tensors);
  expectValues(c.name, y.dataSync(), expected.values, c.tolerance);
}

export function expectValues(
  name: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance = 2e-6,
): void {
  expect(actual.length, `${name}: number of values`).to.equal(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const [a, e] = [actual[i], expected[i]];
    const isClose = Object.is(a, e) || a === e || Math.abs(a - e) <= tolerance * Math.max(1, Math.abs(e));
    if (!isClose) expect.fail(`${name}: value ${i} is ${a}, expected ${e}`);
  }
}

function expectZerosAround({ gl2 }: WebglBackend, name: string, tensor: TiledTensor): void {
  const { layout } = tensor;
  const texels = texelsOf(gl2, tensor.drawnTexture());
  const clean = valuesToTexels(layout, texelsToValues(layout, texels));
  for (let i = 0; i < texels.length; i++) {
    if (!Object.is(texels[i], clean[i]) && texels[i] !== clean[i]) {
      expect.fail(`${name}: texels around the elements must be zero; texel value ${i} is ${texels[i]}`);
    }
  }
}

function texelsOf(gl: WebGL2RenderingContext, { framebuffer, width, height, layers }: TiledTexture): Float32Array {
  const size = width * height * 4;
  const texels = new Float32Array(size * layers);
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
  for (let layer = 0; layer < layers; layer++) {
    gl.readBuffer(gl.COLOR_ATTACHMENT0 + layer);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.FLOAT, texels, layer * size);
  }
  return texels;
}

/** Checks after each test that nothing of ours is left on the device. */
export function keepNoTextures(): void {
  const tensors = () => (tf.backend() as WebglBackend).tensors;
  // Until tests have been read, some stay that have been let go.
  const settle = () => (tf.backend() as WebglBackend).selfTest.settle();
  let before: number;
  beforeEach(() => {
    settle();
    void tensors().matrices.zeros(); // there as long as the backend, once it has been asked for
    before = tensors().textures.usedCount;
  });
  afterEach(() => {
    settle();
    expect(tensors().textures.usedCount, 'textures left behind').to.equal(before);
  });
}
