// Bias, activation and PReLU weights of a fused convolution -> frozen Epilogue, with all their validation.

import { type Activation, activations, isActivation } from '../../kernels/activation.js';
import type { Conv } from '../../kernels/conv.js';
import type { Broadcast, Epilogue } from '../../kernels/epilogue.js';
import { yShapeOf } from './conv.js';
import { check } from './errors.js';
import { Memo } from './memo.js';

export interface EpilogueArgs {
  readonly where: string;
  readonly biasShape?: readonly number[];
  readonly preluShape?: readonly number[];
  /** Default 'linear'. */
  readonly activation?: string | null;
  /** Default 0.2, as tf.leakyRelu. */
  readonly leakyreluAlpha?: number;
}

/** Other spellings of the same functions: Keras 3 aliases and its name for leakyrelu. */
const aliases: Readonly<Record<string, Activation>> = {
  swish: 'silu',
  hard_swish: 'hard_silu',
  leaky_relu: 'leakyrelu',
};

export function resolveActivation(where: string, name: string | null | undefined): Activation {
  const activation = name == null ? 'linear' : (aliases[name] ?? name);
  check(isActivation(activation), where, `activation must be one of ${activations.join(' ')}`, { activation: name });
  return activation;
}

/** By the convolution, which is one object for equal arguments. */
const known = new WeakMap<Conv, Memo<Epilogue>>();

/** Equal arguments give the same object. */
export function resolveEpilogue(conv: Conv, args: EpilogueArgs): Epilogue {
  let ofConv = known.get(conv);
  if (!ofConv) {
    ofConv = new Memo();
    known.set(conv, ofConv);
  }
  const { activation, leakyreluAlpha, biasShape, preluShape } = args;
  return ofConv.get([activation, leakyreluAlpha, biasShape, preluShape], () => computeEpilogue(conv, args));
}

function computeEpilogue(conv: Conv, args: EpilogueArgs): Epilogue {
  const { where, biasShape, preluShape, leakyreluAlpha } = args;
  const activation = resolveActivation(where, args.activation);
  const wantsPrelu = activation === 'prelu';
  check(
    wantsPrelu === (preluShape != null),
    where,
    "preluActivationWeights go with activation 'prelu' and with no other",
    {
      activation,
      'preluActivationWeights.shape': preluShape ?? null,
    },
  );
  return Object.freeze({
    activation,
    leakyAlpha: leakyreluAlpha ?? 0.2,
    bias: biasShape && broadcast(where, 'bias', biasShape, conv),
    prelu: preluShape && broadcast(where, 'preluActivationWeights', preluShape, conv),
  });
}

/**
 * A vector belongs to the channels in both data formats; any other shape is aligned with the last dimensions of y, as
 * TensorFlow.js does for fused convolutions.
 */
function broadcast(where: string, name: string, shape: readonly number[], conv: Conv): Broadcast {
  const y = yShapeOf(conv);
  const isVector = shape.length === 1 && conv.dataFormat === 'NCHW';
  const aligned = isVector ? [shape[0], 1, 1] : shape;
  const padded = [...Array<number>(Math.max(0, 4 - aligned.length)).fill(1), ...aligned];
  const fits = padded.length === 4 && padded.every((size, i) => size === y[i] || size === 1);
  check(fits, where, `${name} must be a scalar, a vector with a value per output channel, or broadcast to the output`, {
    [`${name}.shape`]: shape,
    'output channels': conv.outC,
    'output shape': y,
  });
  const strides = padded.map((size, i) => (size === 1 ? 0 : padded.slice(i + 1).reduce((a, b) => a * b, 1)));
  const [n, a, b, c] = strides;
  return conv.dataFormat === 'NHWC'
    ? { strideN: n, strideY: a, strideX: b, strideC: c }
    : { strideN: n, strideC: a, strideY: b, strideX: c };
}
