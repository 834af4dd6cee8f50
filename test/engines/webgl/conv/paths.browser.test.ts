// Every way to run a convolution on the WebGL2 engine, forced, on every case that it supports: the fragment-shader
// kernels also where another way is preferred.

import * as tf from '@tensorflow/tfjs';
import type { WebglBackend } from '../../../../src/engines/webgl/backend.js';
import type { GradPath } from '../../../../src/engines/webgl/conv/paths.js';
import { forwardPaths, gradFilterPaths, gradInputPaths } from '../../../../src/engines/webgl/engine.js';
import { useBackend } from '../../../support/backends.js';
import { type CaseSet, caseSets, expectClose, perCase, resolved } from '../../../support/cases.js';
import type { ConvCase } from '../../../support/convCase.js';
import { randomValues } from '../../../support/randomCases.js';
import {
  type ReferenceResult,
  referenceConv,
  referenceGradW,
  referenceGradX,
  sizeOf,
  wShape,
  xShape,
  yShape,
} from '../../../support/reference.js';
import { withFlags } from '../../../support/webgl/webglFlags.js';

const forward = perCase((c) => {
  const [x, w] = [randomValues(sizeOf(xShape(c)), 1), randomValues(sizeOf(wShape(c)), 2)];
  const [bias, alpha] = [randomValues(c.outC, 3), randomValues(c.outC, 4)];
  return { x, w, bias, alpha, expected: referenceConv(c, x, w, { bias, alpha, activation: 'prelu' }) };
});

const gradX = perCase((c) => gradientProblem(c, [yShape, wShape], referenceGradX));
const gradW = perCase((c) => gradientProblem(c, [xShape, yShape], referenceGradW));

describe('WebGL2 kernels', () => {
  useBackend('convnet-webgl');
  for (const set of caseSets) describe(set.title, () => forced(set));
});

const inTiles = ({ name }: { name: string }) => name.startsWith('tiled/') && !isWinograd(name);

/** They need 32-bit textures and tiles of 2x4, and their transforms round more than sums of products do. */
function isWinograd(name: string): boolean {
  return /winograd/i.test(name);
}

/** Four render targets, so tiles of 2x2 pixels, and the form of fetches that GPUs get: the device here is neither. */
describe('WebGL2 kernels as on a small GPU', () => {
  withFlags('convnet-small-gpu', { CONVNET_MAX_DRAW_BUFFERS: 4, CONVNET_FETCH: 'texelFetch' });
  describe(caseSets[0].title, () => forced(caseSets[0], { isMeant: inTiles }));
});

/** Texels keep 11 bits of operands, of results and of the sums of slices; sums within a fragment have 24. */
describe('WebGL2 kernels with 16-bit textures', () => {
  withFlags('convnet-16-bit', { CONVNET_PRECISION: 'f16' });
  const rounding = 2 ** 12; // in units of that of 32 bits
  for (const set of caseSets) describe(set.title, () => forced(set, { isMeant: inTiles, slack: 4 * rounding }));
});

type Shape4D = [number, number, number, number];

interface Forced {
  /** Which paths run; default: all. */
  readonly isMeant?: (path: { name: string }) => boolean;
  /** For expectClose(); gradients are sums of more products. */
  readonly slack?: number;
}

function forced({ cases }: CaseSet, { isMeant = () => true, slack = 16 }: Forced = {}): void {
  // Only textures that no case here reaches need parts: webglEngine.browser.test.ts lowers the limit.
  for (const path of forwardPaths.filter(({ name }) => name !== 'tiled/inParts').filter(isMeant)) {
    it(path.name, () => {
      forEachSupported(path, cases, (c) => {
        const { x, w, bias, alpha, expected } = forward(c);
        const y = run([x, xShape(c)], [w, wShape(c)], (backend, x, w) => {
          const operands = { bias: tf.tensor1d(bias), prelu: tf.tensor1d(alpha) };
          const channels = { strideN: 0, strideY: 0, strideX: 0, strideC: c.outC === 1 ? 0 : 1 };
          const epilogue = { activation: 'prelu', leakyAlpha: 0, bias: channels, prelu: channels } as const;
          return path.run({ backend, conv: resolved(c), x, w, epilogue, operands });
        });
        expectClose(c.name, y, expected, isWinograd(path.name) ? 200 : slack);
      });
    });
  }
  const ofSums = { cases, slack: 2 * slack };
  gradients(gradInputPaths.filter(isMeant), { ...ofSums, shapes: [yShape, wShape], problem: gradX });
  gradients(gradFilterPaths.filter(isMeant), { ...ofSums, shapes: [xShape, yShape], problem: gradW });
}

function gradientProblem(c: ConvCase, shapes: [ShapeOf, ShapeOf], reference: Reference): Problem {
  const [a, b] = shapes.map((shapeOf, i) => randomValues(sizeOf(shapeOf(c)), 5 + i));
  return { a, b, expected: reference(c, a, b) };
}

type ShapeOf = (c: ConvCase) => number[];
type Reference = (c: ConvCase, a: Float32Array, b: Float32Array) => ReferenceResult;

interface Problem {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly expected: ReferenceResult;
}

interface Gradient {
  readonly cases: CaseSet['cases'];
  readonly shapes: [ShapeOf, ShapeOf];
  readonly problem: (c: ConvCase) => Problem;
  readonly slack: number;
}

function gradients(paths: readonly GradPath[], { cases, shapes, problem, slack }: Gradient): void {
  for (const path of paths) {
    it(path.name, () => {
      forEachSupported(path, cases, (c) => {
        const { a, b, expected } = problem(c);
        const result = run([a, shapes[0](c)], [b, shapes[1](c)], (backend, a, b) => {
          return path.run({ backend, conv: resolved(c), a, b });
        });
        expectClose(c.name, result, expected, isWinograd(path.name) ? 200 : slack);
      });
    });
  }
}

type Operand = readonly [Float32Array, number[]];
type Run = (backend: WebglBackend, a: tf.Tensor, b: tf.Tensor) => tf.TensorInfo;

function run([a, aShape]: Operand, [b, bShape]: Operand, f: Run): Float32Array {
  const backend = tf.backend() as WebglBackend;
  return tf.tidy(() => {
    const result = f(backend, tf.tensor4d(a, aShape as Shape4D), tf.tensor4d(b, bShape as Shape4D));
    return tf.engine().makeTensorFromTensorInfo(result).dataSync() as Float32Array;
  });
}

type Supports = Pick<GradPath, 'name' | 'supports'>;

function forEachSupported(path: Supports, cases: CaseSet['cases'], check: (c: ConvCase) => void): void {
  const backend = tf.backend() as WebglBackend;
  const supported = cases.filter((c) => path.supports(resolved(c), backend));
  if (supported.length === 0) throw new Error(`no case is supported by ${path.name}`);
  for (const c of supported) check(c);
}
