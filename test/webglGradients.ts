// What the tests of gradients on the WebGL2 engine share: cases by a few sizes, and the engine's block paths run on them.

import * as tf from '@tensorflow/tfjs';
import type { WebglBackend } from '../src/webgl/backend.js';
import { gradFilterPaths, gradInputPaths } from '../src/webgl/engine.js';
import { resolved } from './cases.js';
import type { ConvCase } from './convCase.js';
import { wShape, xShape, yShape } from './reference.js';

export interface Sizes extends Partial<Omit<ConvCase, 'name' | 'strides' | 'dilations'>> {
  /** [inH, inW, inC] */
  readonly x: readonly [number, number, number];
  readonly k: number;
  readonly outC: number;
  readonly stride?: number;
  readonly dilation?: number;
}

export function caseOf({ x, k, outC, stride = 1, dilation = 1, ...rest }: Sizes): ConvCase {
  const { batch = 1, groups = 1, pad = 'same' } = rest;
  return {
    name: `${batch}x${x.join('x')} k${k} out${outC} groups${groups} s${stride} d${dilation} pad ${JSON.stringify(pad)}`,
    ...{ batch, inH: x[0], inW: x[1], inC: x[2], kH: k, kW: k, outC, groups, pad, dataFormat: 'NHWC' },
    strides: [stride, stride],
    dilations: [dilation, dilation],
    ...rest,
  };
}

export type Gradient = 'input' | 'filter';

/** Shapes of (dy, w) or (x, dy). */
export function operandShapes(c: ConvCase, gradient: Gradient): [number[], number[]] {
  return gradient === 'input' ? [yShape(c), wShape(c)] : [xShape(c), yShape(c)];
}

/** Runs the block path that the engine would take, and says which. */
export function runBlocks(c: ConvCase, gradient: Gradient, a: Float32Array, b: Float32Array) {
  const backend = tf.backend() as WebglBackend;
  const conv = resolved(c);
  const paths = gradient === 'input' ? gradInputPaths : gradFilterPaths;
  const path = paths.find((candidate) => candidate.supports(conv, backend));
  if (!path?.name.startsWith('blocks/')) throw new Error(`${c.name}: must run in blocks; received path=${path?.name}`);
  const [aShape, bShape] = operandShapes(c, gradient);
  return tf.tidy(() => {
    const result = path.run({ backend, conv, a: tf.tensor(a, aShape), b: tf.tensor(b, bShape) });
    return tf.engine().makeTensorFromTensorInfo(result).dataSync() as Float32Array;
  });
}
