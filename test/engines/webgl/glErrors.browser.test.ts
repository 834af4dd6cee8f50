// No kernel leaves a GL error behind: getError() is read after each call of each kernel of the backend's registry, while
// all functions of the op tables run, on tensors that are in the tiled layout and on others.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { ruleNames } from '../../../kernels/update.js';
import { selfTestCalls } from '../../../src/backend/selfTest/calls.js';
import { fused, groupConv2d } from '../../../src/index.js';
import { update } from '../../../src/ops/update.js';
import { ownReferences } from '../../../src/tfjs/ownReferences.js';
import { captureWarnings } from '../../support/warnings.js';
import { convOps, gradientOps, methods, tensorOps } from '../../support/webgl/opTable/convOps.js';
import { binaryOps, unaryOps } from '../../support/webgl/opTable/elementwiseOps.js';
import { complexOps, losses, matrixOps, reductions } from '../../support/webgl/opTable/mathOps.js';
import { throughTiles, valuesIn, webgl } from '../../support/webgl/opTable/operands.js';
import { caseOf, type Operand, type Run } from '../../support/webgl/opTable/opTable.js';
import { imageOps, shapeOps } from '../../support/webgl/opTable/shapeOps.js';

type T4 = tf.Tensor4D;

const gradOf = (f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor) => tf.grad(f)(x);
const images = [2, 6, 8, 3];
const volumes = [1, 4, 4, 4, 2];

/** What the op tables do not reach: gradients, this package's own kernels, words. */
const rest: readonly Run[] = [
  (x) => gradOf((a) => tf.avgPool(a as T4, 2, 2, 'same'), x(images)),
  (x) => gradOf((a) => tf.maxPool(a as T4, 2, 2, 'same'), x(images)),
  (x) => gradOf((a) => tf.avgPool3d(a as tf.Tensor5D, 2, 2, 'same'), x(volumes)),
  (x) => gradOf((a) => tf.maxPool3d(a as tf.Tensor5D, 2, 2, 'same'), x(volumes)),
  (x) => tf.grads((a, w) => tf.conv2d(a as T4, w as T4, 1, 'same'))([x(images), x([3, 3, 3, 4])]),
  (x) => tf.grads((a, w) => tf.depthwiseConv2d(a as T4, w as T4, 1, 'same'))([x(images), x([3, 3, 3, 1])]),
  (x) => tf.grads((a, w) => tf.conv3d(a as tf.Tensor5D, w as tf.Tensor5D, 1, 'same'))([x(volumes), x([2, 2, 2, 2, 3])]),
  (x) => tf.grads((a, w) => tf.dilation2d(a as T4, w as tf.Tensor3D, 1, 'same'))([x(images), x([2, 2, 3])]),
  (x) => gradOf(tf.elu, x(images)),
  (x) => gradOf((a) => tf.localResponseNormalization(a as T4), x(images)),
  (x) => gradOf((a) => tf.image.resizeBilinear(a as T4, [9, 9]), x(images)),
  (x) => gradOf((a) => tf.image.resizeNearestNeighbor(a as T4, [12, 16]), x(images)),
  (x) => tf.grads((a, w) => groupConv2d(a as T4, w as T4, 1, 'same'))([x([2, 6, 8, 4]), x([3, 3, 2, 6])]),
  (x) => fused.groupConv2d({ x: x<T4>([2, 6, 8, 4]), filter: x<T4>([3, 3, 2, 6]), strides: 1, pad: 'same' }),
  (x) => tf.abs(tf.complex(x(images), x(images))),
  () => tf.linspace(0, 1, 5),
  () => tf.browser.fromPixels(new ImageData(4, 3)),
  () => Object.values(tf.sparse.sparseReshape(tf.tensor2d([[0, 1]], [1, 2], 'int32'), [2, 3], [3, 2])),
  () => tf.string.staticRegexReplace(tf.tensor1d(['ab']), 'a', 'b').dataSync().length,
  () => tf.string.stringToHashBucketFast(tf.tensor1d(['ab']), 7),
  () => tf.string.stringSplit(tf.tensor1d(['a b']), tf.scalar(' '), true).indices as tf.Tensor,
  () => {
    const splits = tf.tensor1d([0, 2], 'int32');
    return tf.string.stringNGrams(tf.tensor1d(['a', 'b']), splits, '-', [2], '', '', 0, false)
      .nGramsSplits as tf.Tensor;
  },
  (x) =>
    ruleNames.slice(0, 1).flatMap((rule) => {
      const scalars = { rate: 0.1, factor: 1, keep: 1, limit: 1, minusLimit: -1, clipnorm: 1 };
      return update({ rule, isCut: false, norm: 'none', scalars, inputs: { w: x([5]), g: x([5]) } });
    }),
];

/** Kernels as selfTest() calls them: gradients are computed by those of this package's own names. */
const calls: readonly Run[] = selfTestCalls
  .filter(({ kernelName }) => kernelName.includes('Backprop') || kernelName in ownReferences)
  .map(({ kernelName, operands, attrs }) => (x) => {
    const inputs = Object.entries(operands).map(([name, { shape }]) => [name, x(shape)] as const);
    return tf.engine().runKernel(kernelName, Object.fromEntries(inputs), attrs as never) as tf.Tensor;
  });

const tables = [
  ...[unaryOps, binaryOps, shapeOps, imageOps, reductions, matrixOps, losses],
  ...[convOps, gradientOps, tensorOps, methods, complexOps],
];

describe('GL errors on convnet-webgl', () => {
  it('none is left by any kernel of the registry', async function () {
    this.timeout(300_000);
    await tf.setBackend('convnet-webgl');
    const { gl2 } = webgl();
    while (gl2.getError() !== gl2.NO_ERROR); // those of other tests
    const called = new Set<string>();
    const left = new Set<string>();
    const configs = tf.getKernelsForBackend('convnet-webgl');
    const originals = configs.map(({ kernelFunc }) => kernelFunc);
    configs.forEach((config, i) => {
      config.kernelFunc = (args) => {
        const result = originals[i](args);
        called.add(config.kernelName);
        const error = gl2.getError();
        if (error !== gl2.NO_ERROR) left.add(`${config.kernelName}: ${error}`);
        return result;
      };
    });
    try {
      const runs = tables.flatMap((table) => Object.values(table)).map((op) => caseOf(op).run);
      await captureWarnings(async () => {
        for (const run of [...runs, ...rest, ...calls]) await runOnce(run);
      });
    } finally {
      configs.forEach((config, i) => {
        config.kernelFunc = originals[i];
      });
    }
    expect([...left]).to.deep.equal([]);
    const missing = configs.map(({ kernelName }) => kernelName).filter((name) => !called.has(name));
    expect(missing.join(), 'kernels that were not called').to.equal('');
  });
});

async function runOnce(run: Run): Promise<void> {
  let seed = 0;
  const operand = ((shape, low = -3, high = 3) => {
    const x = tf.tensor(valuesIn(shape, ++seed, [low, high]), [...shape]);
    return seed % 2 === 0 && shape.length === 4 ? throughTiles(x) : x;
  }) as Operand;
  const engine = tf.engine();
  engine.startScope('');
  try {
    await run(operand);
  } catch (error) {
    if (!/Data is not on GPU/.test((error as Error).message)) throw error; // dataToGPU() of what was not used there
  } finally {
    engine.endScope();
  }
}
