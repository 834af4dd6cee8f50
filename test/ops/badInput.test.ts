// Bad input: each kind with its exact message, and nothing left behind (useBackend checks that after every test).

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { fused, groupConv2d } from '../../src/index.js';
import { ownBackends, useBackend } from '../support/backends.js';

interface BadInput {
  readonly what: string;
  readonly message: string;
  /** Defaults: x [1,4,4,4], filter [3,3,2,6], strides 1, pad 'same', all ones. */
  readonly x?: number[];
  readonly filter?: number[];
  readonly strides?: unknown;
  readonly pad?: unknown;
  readonly dataFormat?: unknown;
  readonly dilations?: unknown;
  readonly dimRoundingMode?: unknown;
}

const badInputs: readonly BadInput[] = [
  { what: 'x of rank 2', x: [4, 4], message: 'x must have rank 4, or rank 3 for one image; received x.shape=[4,4]' },
  {
    what: 'x of rank 5',
    x: [1, 1, 4, 4, 4],
    message: 'x must have rank 4, or rank 3 for one image; received x.shape=[1,1,4,4,4]',
  },
  { what: 'filter of rank 3', filter: [3, 3, 2], message: 'filter must have rank 4; received filter.shape=[3,3,2]' },
  {
    what: 'channels not divisible by groups',
    x: [1, 4, 4, 5],
    message: 'input channels must be a multiple of filter.shape[2]; received input channels=5, filter.shape=[3,3,2,6]',
  },
  {
    what: 'filter deeper than the input',
    filter: [3, 3, 8, 6],
    message: 'input channels must be a multiple of filter.shape[2]; received input channels=4, filter.shape=[3,3,8,6]',
  },
  {
    what: 'filter of depth 0',
    filter: [3, 3, 0, 6],
    message: 'input channels must be a multiple of filter.shape[2]; received input channels=4, filter.shape=[3,3,0,6]',
  },
  {
    what: 'filters not divisible by groups',
    filter: [3, 3, 2, 5],
    message: 'filters (filter.shape[3]) must be a multiple of groups; received filters=5, groups=2',
  },
  {
    what: 'filter without rows',
    filter: [0, 3, 2, 6],
    message: 'filter height and width must be at least 1; received filter.shape=[0,3,2,6]',
  },
  ...[0, -1, 1.5, [1, 2, 3], [1, 0], '2', null].map((strides) => ({
    what: `strides ${JSON.stringify(strides)}`,
    strides,
    message: `strides must be a positive integer or a pair of them; received strides=${JSON.stringify(strides).replace(/"/g, "'")}`,
  })),
  ...[0, -2, 0.5, [2, -1]].map((dilations) => ({
    what: `dilations ${JSON.stringify(dilations)}`,
    dilations,
    message: `dilations must be a positive integer or a pair of them; received dilations=${JSON.stringify(dilations)}`,
  })),
  ...[
    -1,
    0.5,
    'full',
    [1, 1],
    [
      [0, 0],
      [1, -1],
      [0, 0],
      [0, 0],
    ],
    null,
  ].map((pad) => ({
    what: `pad ${JSON.stringify(pad)}`,
    pad,
    message: `pad must be 'valid', 'same', an integer of at least 0, or four pairs of them; received pad=${JSON.stringify(pad).replace(/"/g, "'")}`,
  })),
  {
    what: 'padding on channels',
    pad: [
      [0, 0],
      [1, 1],
      [1, 1],
      [1, 0],
    ],
    message: "pad must be 0 on batch and channels; received pad=[[0,0],[1,1],[1,1],[1,0]], dataFormat='NHWC'",
  },
  {
    what: 'a filter that does not fit',
    pad: 'valid',
    filter: [6, 3, 2, 6],
    message:
      "the filter must fit into the padded input's height; received input height=4, padding=[0,0], filter height=6, dilation=1",
  },
  {
    what: 'a dilated filter that does not fit',
    pad: 1,
    dilations: [1, 4],
    message:
      "the filter must fit into the padded input's width; received input width=4, padding=[1,1], filter width=3, dilation=4",
  },
  {
    what: 'strides NaN',
    strides: Number.NaN,
    message: 'strides must be a positive integer or a pair of them; received strides=NaN',
  },
  {
    what: 'an unknown data format',
    dataFormat: 'NCWH',
    message: "dataFormat must be 'NHWC' or 'NCHW'; received dataFormat='NCWH'",
  },
  {
    what: 'an unknown rounding mode',
    pad: 1,
    dimRoundingMode: 'up',
    message: "dimRoundingMode must be 'floor', 'round' or 'ceil'; received dimRoundingMode='up'",
  },
  {
    what: 'a rounding mode with a word for padding',
    dimRoundingMode: 'ceil',
    message:
      "dimRoundingMode goes with padding given in numbers, not with 'same' or 'valid'; received dimRoundingMode='ceil', pad='same'",
  },
];

/** Runs f where it must throw, and gives the message. */
function messageOf(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    return (error as Error).message;
  }
  return expect.fail('no error was thrown');
}

describe('bad input', () => {
  for (const backend of ownBackends) {
    describe(backend, () => {
      useBackend(backend);
      for (const bad of badInputs) it(bad.what, () => checkBoth(bad));
      fusedOperands();
      tensors();
      kernelLevel();
    });
  }
});

function checkBoth(bad: BadInput): void {
  const x = tf.ones((bad.x ?? [1, 4, 4, 4]) as [number, number, number, number]) as tf.Tensor4D;
  const filter = tf.ones((bad.filter ?? [3, 3, 2, 6]) as [number, number, number, number]) as tf.Tensor4D;
  const { strides = 1, pad = 'same', dataFormat, dilations, dimRoundingMode } = bad;
  const given = tf.memory().numTensors;
  const plain = messageOf(() =>
    groupConv2d(
      x,
      filter,
      strides as 1,
      pad as 'same',
      dataFormat as 'NHWC',
      dilations as 1,
      dimRoundingMode as 'ceil',
    ),
  );
  const attrs = { strides, pad, dataFormat, dilations, dimRoundingMode } as { strides: 1; pad: 'same' };
  const fusedMessage = messageOf(() => fused.groupConv2d({ x, filter, ...attrs }));
  expect(plain).to.equal(`groupConv2d: ${bad.message}`);
  expect(fusedMessage).to.equal(`fused.groupConv2d: ${bad.message}`);
  expect(tf.memory().numTensors).to.equal(given);
  tf.dispose([x, filter]);
}

function fusedOperands(): void {
  const call = (rest: object) => () =>
    tf.tidy(() => {
      const args = {
        x: tf.ones([1, 4, 4, 4]) as tf.Tensor4D,
        filter: tf.ones([3, 3, 2, 6]) as tf.Tensor4D,
        strides: 1,
      };
      return fused.groupConv2d({ ...args, pad: 'same', ...rest });
    });
  const rule = 'must be a scalar, a vector with a value per output channel, or broadcast to the output';
  const output = 'output channels=6, output shape=[1,4,4,6]';

  it('bias of the wrong length', () => {
    const message = `fused.groupConv2d: bias ${rule}; received bias.shape=[5], ${output}`;
    expect(messageOf(call({ bias: [1, 2, 3, 4, 5] }))).to.equal(message);
  });
  it('PReLU weights of the wrong length', () => {
    const message = `fused.groupConv2d: preluActivationWeights ${rule}; received preluActivationWeights.shape=[3], ${output}`;
    expect(messageOf(call({ activation: 'prelu', preluActivationWeights: [1, 2, 3] }))).to.equal(message);
  });
  it('PReLU without weights', () => {
    expect(messageOf(call({ activation: 'prelu' }))).to.equal(
      "fused.groupConv2d: preluActivationWeights go with activation 'prelu' and with no other; received activation='prelu', preluActivationWeights.shape=null",
    );
  });
  it('an unknown activation', () => {
    expect(messageOf(call({ activation: 'rleu' }))).to.equal(
      "fused.groupConv2d: activation must be one of linear relu relu6 elu prelu leakyrelu sigmoid selu gelu gelu_approximate silu tanh softplus softsign exponential hard_sigmoid hard_silu mish; received activation='rleu'",
    );
  });
}

function tensors(): void {
  it('int32 input', () => {
    const x = tf.ones([1, 4, 4, 4], 'int32') as tf.Tensor4D;
    const message = "groupConv2d: x must be float32; received x.dtype='int32'";
    expect(messageOf(() => groupConv2d(x, [[[[1]], [[1]]]], 1, 'same'))).to.equal(message);
    x.dispose();
  });
  it('a disposed filter', () => {
    const x = tf.ones([1, 4, 4, 4]) as tf.Tensor4D;
    const filter = tf.ones([3, 3, 2, 6]) as tf.Tensor4D;
    filter.dispose();
    const message = 'groupConv2d: filter must not be disposed; received filter.isDisposed=true';
    expect(messageOf(() => groupConv2d(x, filter, 1, 'same'))).to.equal(message);
    x.dispose();
  });
  it('an error in the middle of a gradient', () => {
    const x = tf.ones([1, 4, 4, 4]) as tf.Tensor4D;
    const f = (x: tf.Tensor) => groupConv2d(x as tf.Tensor4D, tf.ones([3, 3, 3, 6]) as tf.Tensor4D, 1, 'same');
    expect(messageOf(() => tf.grad(f)(x))).to.match(/^groupConv2d: input channels must be a multiple/);
    x.dispose();
  });
}

/** The kernels stop what passes TensorFlow.js's front-ends. */
function kernelLevel(): void {
  it('kernels check what they are given', () => {
    const x = tf.ones([1, 4, 4, 4]);
    const filter = tf.ones([3, 3, 2, 6]);
    const dy = tf.ones([1, 4, 3, 6]);
    const attrs = { strides: 1, pad: 'same', inputShape: x.shape };
    expect(messageOf(() => tf.engine().runKernel('Conv2DBackpropInput', { dy, filter }, attrs))).to.equal(
      "Conv2DBackpropInput: dy must have the output's shape [1,4,4,6]; received dy.shape=[1,4,3,6], x.shape=[1,4,4,4]",
    );
    const ints = tf.ones([1, 4, 4, 4], 'int32');
    expect(messageOf(() => tf.engine().runKernel('Conv2D', { x: ints, filter }, attrs))).to.equal(
      "Conv2D: x must be float32; received x.dtype='int32'",
    );
    tf.dispose([x, filter, dy, ints]);
  });
}
