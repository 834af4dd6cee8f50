// Winograd's minimal filtering on the WebGL2 engine beyond the table of cases, which paths.browser.test.ts runs on it:
// when it is taken, parts of large images, its epilogue, textures that hold the remains of others.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { select } from '../../../../src/core/select.js';
import type { WebglBackend } from '../../../../src/engines/webgl/backend.js';
import { forwardPaths, gradInputPaths } from '../../../../src/engines/webgl/engine.js';
import { useBackend, valuesOf } from '../../../support/backends.js';
import { expectClose, resolved } from '../../../support/cases.js';
import { type ConvCase, caseOf, type Sizes } from '../../../support/convCase.js';
import { randomValues } from '../../../support/randomCases.js';
import { referenceConv, sizeOf, wShape, xShape } from '../../../support/reference.js';
import { keepNoTextures } from '../../../support/webgl/runOps.js';
import { withFlags } from '../../../support/webgl/webglFlags.js';

const backend = () => tf.backend() as WebglBackend;
const pathOf = (sizes: Sizes) => select(forwardPaths, resolved(caseOf(sizes)), backend()).name;
const gradPathOf = (sizes: Sizes) => select(gradInputPaths, resolved(caseOf(sizes)), backend()).name;

/** Images and filters of 3x3, so large that Winograd pays. */
const typical: Sizes = { x: [28, 28, 32], k: 3, outC: 32 };

/** The transforms round more than sums of products do. */
const slack = 200;

function operands(c: ConvCase) {
  const [x, w] = [randomValues(sizeOf(xShape(c)), 1), randomValues(sizeOf(wShape(c)), 2)];
  const tensor = (values: Float32Array, shape: number[]) => tf.tensor4d(values, shape as tf.Tensor4D['shape']);
  return { x, w, tensors: () => [tensor(x, xShape(c)), tensor(w, wShape(c))] as const };
}

function expectRight(c: ConvCase): void {
  const { x, w, tensors } = operands(c);
  const [y] = valuesOf(() => tf.conv2d(...tensors(), 1, c.pad as 'same' | 'valid'));
  expectClose(c.name, y, referenceConv(c, x, w), slack);
}

describe('Winograd on the WebGL2 engine', () => {
  useBackend('convnet-webgl');
  keepNoTextures();
  afterEach(() => tf.env().set('CONVNET_WINOGRAD', 'auto'));

  it('is taken for filters of 3x3, forward and for the gradient of the input', () => {
    expect(pathOf(typical)).to.equal('tiled/winograd');
    expect(gradPathOf(typical)).to.equal('tiled/winogradGradInput');
    expect(pathOf({ ...typical, pad: 'valid', batch: 2 })).to.equal('tiled/winograd');
  });

  const others: readonly [string, Sizes][] = [
    ['few channels', { ...typical, x: [28, 28, 4], outC: 8 }],
    [
      'a small image with many channels, whose filter would be four times as large',
      { x: [7, 7, 256], k: 3, outC: 256 },
    ],
    ['strides', { ...typical, stride: 2 }],
    ['dilations', { ...typical, dilation: 2 }],
    ['groups', { ...typical, groups: 2 }],
    ['filters of 5x5', { ...typical, k: 5 }],
  ];
  for (const [what, sizes] of others) {
    it(`is not taken for ${what}`, () => {
      expect(pathOf(sizes)).to.equal('tiled/conv');
      expect(gradPathOf(sizes)).to.equal('tiled/gradInput');
    });
  }

  for (const choice of ['off', 'f2']) {
    it(`is not taken with CONVNET_WINOGRAD ${choice}`, () => {
      tf.env().set('CONVNET_WINOGRAD', choice);
      expect(pathOf(typical)).to.equal('tiled/conv');
      expect(gradPathOf(typical)).to.equal('tiled/gradInput');
    });
  }

  it('is right where the parts are several: the rows of an image, some images at a time', () => {
    expectRight(caseOf({ x: [230, 235, 32], k: 3, outC: 20 }));
    expectRight(caseOf({ x: [58, 61, 36], k: 3, outC: 32, batch: 9, pad: 'valid' }));
  });

  it('is as exact as it is on the CPU', async () => {
    const c = caseOf({ x: [56, 56, 64], k: 3, outC: 64 });
    const { x, w, tensors } = operands(c);
    const reference = referenceConv(c, x, w);
    const errorOn = async (name: string) => {
      await tf.setBackend(name);
      const [y] = valuesOf(() => tf.conv2d(...tensors(), 1, 'same'));
      return Math.sqrt(y.reduce((sum, value, i) => sum + (value - reference.values[i]) ** 2, 0) / y.length);
    };
    const onGpu = await errorOn('convnet-webgl');
    const onCpu = await errorOn('convnet-cpu');
    await tf.setBackend('convnet-webgl');
    expect(onGpu).to.be.within(onCpu / 2, onCpu * 2);
  });

  it('raises no GL error', () => {
    const { gl2: gl } = backend();
    while (gl.getError() !== gl.NO_ERROR); // errors of other tests
    expectRight(caseOf(typical));
    expect(gl.getError()).to.equal(gl.NO_ERROR);
  });

  it('reads nothing of what its textures held before', () => {
    const c = caseOf({ ...typical, x: [27, 30, 32] });
    const { tensors } = operands(c);
    tf.tidy(() => {
      const [x, w] = tensors();
      const y = tf.conv2d(tf.mul(x, Number.NaN) as tf.Tensor4D, w, 1, 'same').dataSync();
      expect(y.every(Number.isNaN)).to.equal(true);
    });
    expectRight(c);
  });

  it('takes the bias, normalization, shortcut and activation that follow into its last draw', async () => {
    const c = caseOf(typical);
    const { tensors } = operands(c);
    const network = () => {
      const [x, filter] = tensors();
      const vector = (seed: number) => tf.tensor1d(randomValues(32, seed));
      const bias = vector(3);
      const y = tf.fused.conv2d({ x, filter, strides: 1, pad: 'same', bias });
      const variance = tf.add(tf.abs(vector(5)), 0.5) as tf.Tensor1D;
      const z = tf.batchNorm4d(y, vector(4), variance, vector(6), vector(7));
      return tf.relu(tf.add(z, x));
    };
    const before = { ...backend().counters };
    const [actual] = valuesOf(network);
    const draws = backend().counters.draws - before.draws;
    expect(draws).to.be.below(12); // three, the conversions of the operands, and what packs them
    await tf.setBackend('cpu');
    const [expected] = valuesOf(network);
    await tf.setBackend('convnet-webgl');
    actual.forEach((value, i) => {
      expect(value, `value ${i}`).to.be.closeTo(expected[i], 2e-4);
    });
  });

  it('keeps its filter as long as the tensor, and no other texture', () => {
    const { textures } = backend().tensors;
    const c = caseOf(typical);
    const [x, w] = operands(c).tensors();
    tf.dispose(tf.tidy(() => tf.conv2d(x, w, 1, 'same').dataSync() && []));
    const used = textures.usedCount;
    const bytes = textures.usedBytes;
    for (let i = 0; i < 3; i++) tf.tidy(() => tf.conv2d(x, w, 1, 'same').dataSync());
    expect([textures.usedCount, textures.usedBytes]).to.deep.equal([used, bytes]);
    w.dispose();
    expect(used - textures.usedCount).to.equal(1);
    // input channels, output quads and places, bytes of a texel
    expect(bytes - textures.usedBytes).to.equal(32 * (8 * 36) * 16);
    x.dispose();
  });

  for (const stage of ['filter', 'input', 'product', 'output']) {
    it(`leaves nothing when its draw of the ${stage} fails`, () => {
      const { drawer, textures } = backend().tensors;
      const { draw } = drawer;
      const [x, w] = operands(caseOf(typical)).tensors();
      const before = { used: textures.usedCount, ids: tf.backend().numDataIds() };
      drawer.draw = (args) => {
        if (args.program.key.startsWith(`glsl/tiled/winograd/${stage}`)) throw new Error('no more');
        draw.call(drawer, args);
      };
      try {
        const gradient = tf.grads((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'));
        expect(() => tf.tidy(() => gradient([x, w]).map((dx) => dx.dataSync()))).to.throw('no more');
      } finally {
        drawer.draw = draw;
      }
      const kept = textures.usedCount - before.used; // of x and w, which still exist: their tiled tensors
      expect(kept).to.be.within(0, 2);
      expect(tf.backend().numDataIds()).to.equal(before.ids);
      tf.dispose([x, w]);
    });
  }

  it('follows a filter that is trained', async () => {
    const c = caseOf({ x: [16, 16, 32], k: 3, outC: 32 });
    expect(pathOf({ x: [16, 16, 32], k: 3, outC: 32 })).to.equal('tiled/winograd');
    const train = () => {
      const [x, filter] = operands(c).tensors();
      const w = tf.variable(filter) as unknown as tf.Variable<tf.Rank.R4>;
      const optimizer = tf.train.sgd(1e-4);
      const losses: number[] = [];
      for (let step = 0; step < 4; step++) {
        const loss = optimizer.minimize(
          () => tf.mean(tf.square(tf.conv2d(x, w as unknown as tf.Tensor4D, 1, 'same'))),
          true,
          [w],
        ) as tf.Scalar;
        losses.push(loss.dataSync()[0]);
        loss.dispose();
      }
      tf.dispose([x, filter, w]);
      optimizer.dispose();
      return losses;
    };
    const actual = train();
    await tf.setBackend('cpu');
    const expected = train();
    await tf.setBackend('convnet-webgl');
    expect(actual[3]).to.be.below(actual[0]);
    actual.forEach((loss, i) => {
      expect(loss).to.be.closeTo(expected[i], 1e-4 * expected[i]);
    });
  });
});

describe('Winograd with small textures', () => {
  withFlags('convnet-96', { CONVNET_MAX_TEXTURE_SIZE: 96 });

  const cases: readonly Sizes[] = [
    { x: [190, 40, 8], k: 3, outC: 8 },
    { x: [8, 8, 8], k: 3, outC: 6, batch: 15 },
    { x: [21, 26, 7], k: 3, outC: 5, batch: 4, pad: 'valid' },
  ];
  for (const sizes of cases) {
    const c = caseOf(sizes);
    it(c.name, () => {
      const path = forwardPaths.find(({ name }) => name === 'tiled/winograd');
      expect(path?.supports(resolved(c), backend())).to.equal(true);
      const { x, w, tensors } = operands(c);
      const [y] = valuesOf(() => {
        const [x, w] = tensors();
        const epilogue = { activation: 'linear', leakyAlpha: 0 } as const;
        const y = path?.run({ backend: backend(), conv: resolved(c), x, w, epilogue, operands: {} }) as tf.TensorInfo;
        return tf.engine().makeTensorFromTensorInfo(y);
      });
      expectClose(c.name, y, referenceConv(c, x, w), slack);
    });
  }
});

describe('Winograd as on a GPU', () => {
  withFlags('convnet-gpu', { CONVNET_FETCH: 'texelFetch' });

  it('asks for more channels and tiles', () => {
    expect(pathOf(typical)).to.equal('tiled/conv');
    expect(pathOf({ x: [28, 28, 64], k: 3, outC: 64 })).to.equal('tiled/winograd');
    expect(pathOf({ x: [16, 16, 64], k: 3, outC: 64 })).to.equal('tiled/conv');
    expect(pathOf({ x: [16, 16, 64], k: 3, outC: 64, batch: 2 })).to.equal('tiled/winograd');
  });

  it('is right', () => expectRight(caseOf({ x: [28, 30, 64], k: 3, outC: 68 })));
});

describe('Winograd with 16-bit textures', () => {
  withFlags('convnet-16', { CONVNET_PRECISION: 'f16' });

  it('is not taken', () => expect(pathOf(typical)).to.equal('tiled/conv'));
});
