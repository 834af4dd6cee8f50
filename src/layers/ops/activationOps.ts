// The activations of keras.ops.nn, and those of keras.activations on symbolic tensors. They use
// activations/activations.ts.
// Source: https://keras.io/api/ops/nn/

import type { Json } from '../../core/json.js';
import { getActivation } from '../activations/activations.js';
import { type OpRow, type OpTable, op } from './opRow.js';
import { float } from './opValues.js';

/**
 * An operation that is an activation function.
 * @param params the operation's parameters with their defaults, by the activation's parameter names.
 */
function activation(name: string, params: Readonly<Record<string, Json>> = {}, isElementwise = true): OpRow {
  const keys = Object.keys(params);
  const row = op(['x', ...keys].join(' '), (call) => {
    const given = keys.map((key) => [key, (call.has(key) ? call.raw(key) : params[key]) as Json] as const);
    const config = Object.fromEntries(given.filter(([, value]) => value !== null));
    return getActivation({ class_name: name, config }).apply(float(call.tensor('x')));
  });
  return { ...row, isElementwise };
}

/** An activation along an axis; null is the whole tensor. */
function alongAxis(name: string): OpRow {
  return op('x axis', (call) => {
    const axis = call.raw('axis') as Json;
    return getActivation({ class_name: name, config: { axis } }).apply(float(call.tensor('x')));
  });
}

/** In Keras 3.10 and older the parameters are named threshold_value and value. */
const threshold: OpRow = {
  names: ['x', 'threshold', 'default_value'],
  isElementwise: true,
  run(call) {
    const config = {
      threshold: call.number(call.has('threshold_value') ? 'threshold_value' : 'threshold'),
      default_value: call.number(call.has('value') ? 'value' : 'default_value'),
    };
    return getActivation({ class_name: 'threshold', config }).apply(float(call.tensor('x')));
  },
};

export const activationOps: OpTable = {
  Relu: activation('relu'),
  ReLU: activation('relu', { negative_slope: 0, max_value: null, threshold: 0 }),
  Relu6: activation('relu6'),
  Sigmoid: activation('sigmoid'),
  Softplus: activation('softplus'),
  Softsign: activation('softsign'),
  Silu: activation('silu'),
  HardSigmoid: activation('hard_sigmoid'),
  HardSilu: activation('hard_silu'),
  HardTanh: activation('hard_tanh'),
  HardShrink: activation('hard_shrink', { threshold: 0.5 }),
  SoftShrink: activation('soft_shrink', { threshold: 0.5 }),
  TanhShrink: activation('tanh_shrink'),
  Elu: activation('elu', { alpha: 1 }),
  Celu: activation('celu', { alpha: 1 }),
  Selu: activation('selu'),
  Gelu: activation('gelu', { approximate: true }),
  LeakyRelu: activation('leaky_relu', { negative_slope: 0.2 }),
  LogSigmoid: activation('log_sigmoid'),
  Mish: activation('mish'),
  SparsePlus: activation('sparse_plus'),
  SparseSigmoid: activation('sparse_sigmoid'),
  Squareplus: activation('squareplus', { b: 4 }),
  Threshold: threshold,
  Glu: activation('glu', { axis: -1 }, false),
  Sparsemax: activation('sparsemax', { axis: -1 }, false),
  Softmax: alongAxis('softmax'),
  LogSoftmax: alongAxis('log_softmax'),
};
