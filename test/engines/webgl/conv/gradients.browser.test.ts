// Gradients of convolutions in the tiled layout where the table of cases does not reach: sums long enough to be cut in
// slices, textures that hold the remains of others, values that are not finite, tiles of four pixels.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { TileLayout } from '../../../../kernels/glsl/tiled/layout/layout.js';
import * as js from '../../../../kernels/js/index.js';
import { select } from '../../../../src/core/select.js';
import type { WebglBackend } from '../../../../src/engines/webgl/backend.js';
import { gradFilterPaths, gradInputPaths } from '../../../../src/engines/webgl/engine.js';
import { sumPixels } from '../../../../src/engines/webgl/ops/reduction/sumPixels.js';
import { dimsOf } from '../../../../src/engines/webgl/tensors/tensorStore.js';
import type { TiledTensor } from '../../../../src/engines/webgl/tensors/tiledTensor.js';
import { useBackend } from '../../../support/backends.js';
import { expectClose, resolved } from '../../../support/cases.js';
import { type ConvCase, caseOf } from '../../../support/convCase.js';
import { convCases } from '../../../support/convCases.js';
import { randomValues } from '../../../support/randomCases.js';
import { type ReferenceResult, referenceGradW, referenceGradX, sizeOf } from '../../../support/reference.js';
import { type Gradient, operandShapes, runTiled } from '../../../support/webgl/gradients.js';
import { withFlags } from '../../../support/webgl/webglFlags.js';

const gradients: readonly Gradient[] = ['input', 'filter'];

const large: readonly ConvCase[] = [
  caseOf({ x: [56, 56, 64], k: 3, outC: 32, batch: 3 }),
  caseOf({ x: [56, 56, 32], k: 3, outC: 64, stride: 2, batch: 3 }),
  caseOf({ x: [57, 55, 24], k: 3, outC: 20, stride: 2, batch: 2 }),
  caseOf({ x: [14, 14, 256], k: 1, outC: 192, batch: 2 }),
  caseOf({ x: [28, 28, 64], k: 1, outC: 100, stride: 2, batch: 2 }),
  caseOf({ x: [28, 29, 48], k: 3, outC: 36, groups: 4, stride: 2, batch: 2 }),
  caseOf({ x: [30, 30, 24], k: 3, outC: 28, dilation: 2, pad: 'valid', batch: 2 }),
  caseOf({ x: [32, 32, 16], k: 4, outC: 40, stride: 4, batch: 2 }),
  caseOf({ x: [112, 112, 3], k: 7, outC: 16, stride: 2, batch: 2 }),
  caseOf({ x: [56, 56, 96], k: 3, outC: 96, groups: 96, batch: 2 }),
  caseOf({ x: [56, 55, 40], k: 3, outC: 40, groups: 40, stride: 2, batch: 3 }),
  caseOf({ x: [28, 28, 40], k: 5, outC: 40, groups: 40, stride: 2, batch: 2 }),
  caseOf({ x: [14, 14, 24], k: 7, outC: 24, groups: 24, batch: 3 }),
  caseOf({ x: [28, 28, 32], k: 3, outC: 32, groups: 32, dilation: 3, batch: 2 }),
];

const small: readonly ConvCase[] = [
  caseOf({ x: [6, 8, 5], k: 3, outC: 6, stride: 2, pad: 'valid' }),
  caseOf({ x: [7, 9, 4], k: 3, outC: 5, pad: 'valid' }),
  caseOf({ x: [6, 7, 4], k: 3, outC: 4 }),
  caseOf({ x: [5, 6, 3], k: 1, outC: 4, stride: 3 }),
  caseOf({ x: [6, 9, 4], k: 2, outC: 4, stride: 2, dilation: 2, pad: { top: 2, bottom: 1, left: 3, right: 0 } }),
  caseOf({ x: [7, 8, 4], k: 3, outC: 4, groups: 4 }),
  caseOf({ x: [7, 10, 6], k: 3, outC: 6, groups: 6, stride: 2, pad: 'valid' }),
  caseOf({ x: [8, 7, 4], k: 2, outC: 4, groups: 4, dilation: 3 }),
];

function store() {
  return (tf.backend() as WebglBackend).tensors;
}

/** By plain loops in double precision; their own tests hold them against the reference. */
function plainLoops(c: ConvCase, gradient: Gradient, a: Float32Array, b: Float32Array): ReferenceResult {
  const conv = resolved(c);
  const kernel = select(gradient === 'input' ? js.gradInputKernels : js.gradFilterKernels, conv);
  const values = Float64Array.from(kernel.run(conv, a, b));
  const magnitude = Float64Array.from(kernel.run(conv, a.map(Math.abs), b.map(Math.abs)));
  return { shape: [], values, magnitude };
}

function operands(c: ConvCase, gradient: Gradient): [Float32Array, Float32Array] {
  const [a, b] = operandShapes(c, gradient).map((shape, i) => randomValues(sizeOf(shape), 11 + i));
  return [a, b];
}

describe('WebGL2 gradients', () => {
  useBackend('convnet-webgl');

  for (const gradient of gradients) {
    describe(`of the ${gradient}`, () => {
      for (const c of large) {
        it(c.name, () => {
          const [a, b] = operands(c, gradient);
          expectClose(c.name, runTiled(c, gradient, a, b), plainLoops(c, gradient, a, b), 32);
        });
      }

      it('finds zeros around it in textures that were full of NaN', () => {
        for (const c of [...small, large[9]]) fromDirtyTextures(c, gradient);
      });

      it('lets what is not finite reach what it meets, and nothing else', () => {
        for (const c of small) withInfinities(c, gradient);
      });
    });
  }

  it('cuts long sums into several draws', () => {
    const c = caseOf({ x: [112, 112, 64], k: 3, outC: 32, batch: 4 });
    const [x, dy] = operands(c, 'filter');
    const before = store().counters.draws;
    const dw = runTiled(c, 'filter', x, dy);
    expect(store().counters.draws - before, 'draws of slices, and one of their sum').to.be.greaterThan(1 + 1);
    expectClose(c.name, dw, plainLoops(c, 'filter', x, dy), 32);
  });
});

describe('WebGL2 sums over pixels', () => {
  useBackend('convnet-webgl');

  for (const shape of [
    [3, 5, 6, 7],
    [2, 57, 61, 12],
    [1, 112, 112, 3],
    [300, 10],
    [1, 1, 1, 5],
  ]) {
    const axes = shape.slice(1).map((_, axis) => axis);
    const pixels = sizeOf(shape.slice(0, -1));
    const ways: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
      sumPixels: (x) => {
        const result = sumPixels(tf.backend() as WebglBackend, store().find(x) as TiledTensor);
        return tf.engine().makeTensorFromTensorInfo(result);
      },
      'tf.sum': (x) => tf.sum(x, axes),
      'tf.mean': (x) => tf.mul(tf.mean(x, axes, true), pixels),
    };
    for (const [name, sum] of Object.entries(ways)) {
      it(`${name} of [${shape}]`, () => {
        const values = randomValues(sizeOf(shape), 21);
        const sums = tf.tidy(() => {
          const x = tf.tensor(values, shape);
          store().toTiled(x, store().layoutOf(dimsOf(shape)) as TileLayout);
          const { draws } = store().counters;
          const result = sum(x);
          expect(store().counters.draws, 'draws').to.be.greaterThan(draws);
          return result.dataSync() as Float32Array;
        });
        expectClose(`[${shape}]`, sums, sumsOf(values, shape[shape.length - 1]), 32);
      });
    }
  }
});

function sumsOf(x: Float32Array, channels: number): ReferenceResult {
  const result = { shape: [channels], values: new Float64Array(channels), magnitude: new Float64Array(channels) };
  x.forEach((value, i) => {
    result.values[i % channels] += value;
    result.magnitude[i % channels] += Math.abs(value);
  });
  return result;
}

function fromDirtyTextures(c: ConvCase, gradient: Gradient): void {
  const gl = (tf.backend() as WebglBackend).gl2;
  const [a, b] = operands(c, gradient);
  const nan = (values: Float32Array) => new Float32Array(values.length).fill(Number.NaN);
  // Twice, since the first two uses of a program test it, in textures of their own.
  for (let use = 0; use < 2; use++) {
    expect(runTiled(c, gradient, nan(a), nan(b)).some(Number.isNaN), `${c.name}: NaN goes through`).to.equal(true);
  }
  const createTexture = gl.createTexture;
  let created = 0;
  gl.createTexture = () => {
    created++;
    return createTexture.call(gl);
  };
  const result = runTiled(c, gradient, a, b);
  gl.createTexture = createTexture;
  expect(created, `${c.name}: new textures`).to.equal(0);
  expectClose(c.name, result, plainLoops(c, gradient, a, b), 32);
}

/** One value of each operand in turn is infinite: at the corners, where padding and the rest of a stride are. */
function withInfinities(c: ConvCase, gradient: Gradient): void {
  const [dense, other] = operands(c, gradient);
  const [shape, otherShape] = operandShapes(c, gradient);
  const reference = gradient === 'input' ? referenceGradX : referenceGradW;
  for (const at of cornersOf(shape)) {
    const a = dense.slice();
    a[at] = Number.POSITIVE_INFINITY;
    expectSame(`${c.name}, first[${at}] infinite`, runTiled(c, gradient, a, other), reference(c, a, other));
  }
  if (gradient === 'input') return; // weights meet the zeros of padding, as in the forward pass
  for (const at of cornersOf(otherShape)) {
    const b = other.slice();
    b[at] = Number.NEGATIVE_INFINITY;
    expectSame(`${c.name}, second[${at}] infinite`, runTiled(c, gradient, dense, b), reference(c, dense, b));
  }
}

function cornersOf([, h, w, channels]: number[]): number[] {
  const pixels = [0, w - 1, (h - 1) * w, h * w - 1];
  return pixels.map((pixel, i) => pixel * channels + (i % channels));
}

function expectSame(name: string, actual: Float32Array, expected: ReferenceResult): void {
  const hasValue = expected.values.map((value) => (Number.isFinite(value) ? 1 : 0));
  expected.values.forEach((value, i) => {
    if (!hasValue[i]) expect(actual[i], `${name}: value ${i}`).to.deep.equal(value);
  });
  const finite = <T extends Float32Array | Float64Array>(values: T) => values.filter((_, i) => hasValue[i]) as T;
  const { shape, values, magnitude } = expected;
  expectClose(name, finite(actual), { shape, values: finite(values), magnitude: finite(magnitude) }, 32);
}

describe('WebGL2 gradients with four render targets', () => {
  withFlags('convnet-4-targets', { CONVNET_MAX_DRAW_BUFFERS: 4 });

  for (const gradient of gradients) {
    it(`of the ${gradient}`, () => {
      const reference = gradient === 'input' ? referenceGradX : referenceGradW;
      const cases = convCases.filter((c) => isTiled(c, gradient));
      expect(cases.length).to.be.greaterThan(200);
      for (const c of cases) {
        const [a, b] = operands(c, gradient);
        expectClose(c.name, runTiled(c, gradient, a, b), reference(c, a, b), 32);
      }
    });
  }
});

function isTiled(c: ConvCase, gradient: Gradient): boolean {
  const paths = gradient === 'input' ? gradInputPaths : gradFilterPaths;
  const first = paths.find((path) => path.supports(resolved(c), tf.backend() as WebglBackend));
  return first?.name.startsWith('tiled/') === true;
}
