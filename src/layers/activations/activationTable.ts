// Every activation of Keras 3 with its parameters and defaults: https://keras.io/api/layers/activations/
// A row gives the formula, the fused form that a convolution can compute, and the Keras layer that holds the parameters
// in a file.

import type { Activation } from '../../../kernels/activation.js';
import { noteLogits, wantsLogits } from '../base/logits.js';
import {
  anything,
  axis,
  axisOrNull,
  flag,
  num,
  numOrNull,
  type Params,
  type ReadOptions,
  readParams,
  type Values,
} from '../serialization/params.js';
import { glu, logSoftmax, softmax, sparsemax } from './axisActivations.js';
import * as formulas from './elementwiseActivations.js';
import { type Formula, fusedFormula } from './elementwiseActivations.js';

/** The activation of fused.groupConv2d that gives the same values. */
export interface Fused {
  readonly activation: Activation;
  readonly leakyreluAlpha?: number;
}

/** The Keras layer that gives the same values, with these parameters in its config. */
export interface AsLayer {
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, number | null>>;
}

/** An activation whose parameters are known. */
export interface Computation {
  readonly formula: Formula;
  readonly fused?: Fused;
  readonly asLayer?: AsLayer;
}

/** A row of the table. */
export interface Definition {
  /**
   * Reads the parameters. `changed` holds those that differ from their defaults.
   * @param config in Keras's or TensorFlow.js's spelling.
   */
  read(name: string, config: unknown): { readonly computation: Computation; readonly changed: Record<string, unknown> };
}

function define<P extends Params>(
  params: P,
  make: (values: Values<P>) => Computation,
  options?: ReadOptions,
): Definition {
  return {
    read(name, config) {
      const values = readParams(name, params, config, options);
      const defaults = readParams(name, params, {});
      const isChanged = ([key, value]: [string, unknown]) => JSON.stringify(value) !== JSON.stringify(defaults[key]);
      const changed = Object.fromEntries(Object.entries(values).filter(isChanged));
      return { computation: make(values), changed };
    },
  };
}

const simple = (formula: Formula) => define({}, () => ({ formula }));

function fusable(activation: Activation): Definition {
  return define({}, () => ({ formula: fusedFormula(activation), fused: { activation } }));
}

function leaky(slope: number): Computation {
  return {
    formula: fusedFormula('leakyrelu', slope),
    fused: { activation: 'leakyrelu', leakyreluAlpha: slope },
    asLayer: { className: 'LeakyReLU', name: 'leaky_re_lu', config: { negative_slope: slope } },
  };
}

function reluOf(params: formulas.ReluParams): Computation {
  const { negative_slope, max_value, threshold } = params;
  const asLayer = { className: 'ReLU', name: 're_lu', config: { max_value, negative_slope, threshold } };
  if (threshold === 0 && max_value === null) {
    if (negative_slope !== 0) return { ...leaky(negative_slope), asLayer };
    return { formula: fusedFormula('relu'), fused: { activation: 'relu' }, asLayer };
  }
  if (threshold === 0 && negative_slope === 0 && max_value === 6) {
    return { formula: fusedFormula('relu6'), fused: { activation: 'relu6' }, asLayer };
  }
  return { formula: formulas.relu(params), asLayer };
}

function eluOf(alpha: number): Computation {
  if (alpha === 1) return { formula: fusedFormula('elu'), fused: { activation: 'elu' } };
  return { formula: formulas.eluLike(alpha, 1), asLayer: { className: 'ELU', name: 'elu', config: { alpha } } };
}

function softmaxOf(axes: number | readonly number[] | null): Computation {
  const isOne = typeof axes === 'number';
  const formula = softmax(axes);
  return {
    formula: isOne ? (x) => noteLogits('softmax', x, formula(x)) : formula,
    asLayer: isOne ? { className: 'Softmax', name: 'softmax', config: { axis: axes } } : undefined,
  };
}

const plainSigmoid = fusedFormula('sigmoid');
const sigmoid: Computation = {
  formula: (x) => noteLogits('sigmoid', x, plainSigmoid(x)),
  get fused() {
    return wantsLogits() ? undefined : ({ activation: 'sigmoid' } as const);
  },
};

const keras2Slope: ReadOptions = { renamed: { alpha: 'negative_slope' } };

/** The rows by Keras's name of the activation. */
export const activationTable: Readonly<Record<string, Definition>> = {
  linear: define({}, () => ({ formula: (x) => x.clone(), fused: { activation: 'linear' } })),
  relu: define({ negative_slope: num(0), max_value: numOrNull(), threshold: num(0) }, reluOf, keras2Slope),
  relu6: fusable('relu6'),
  leaky_relu: define({ negative_slope: num(0.2) }, (p) => leaky(p.negative_slope), keras2Slope),
  elu: define({ alpha: num(1) }, (p) => eluOf(p.alpha)),
  selu: fusable('selu'),
  celu: define({ alpha: num(1) }, ({ alpha }) =>
    alpha === 1 ? { ...eluOf(1) } : { formula: formulas.eluLike(alpha, alpha) },
  ),
  gelu: define({ approximate: flag(false) }, ({ approximate }) => {
    const activation = approximate ? 'gelu_approximate' : 'gelu';
    return { formula: fusedFormula(activation), fused: { activation } };
  }),
  glu: define({ axis: anything(-1) }, (p) => ({ formula: glu(singleAxis('glu', p.axis)) })),
  silu: fusable('silu'),
  hard_silu: fusable('hard_silu'),
  hard_sigmoid: fusable('hard_sigmoid'),
  hard_tanh: simple(formulas.hardTanh),
  hard_shrink: define({ threshold: num(0.5) }, (p) => ({ formula: formulas.hardShrink(p.threshold) })),
  soft_shrink: define({ threshold: num(0.5) }, (p) => ({ formula: formulas.softShrink(p.threshold) })),
  tanh_shrink: simple(formulas.tanhShrink),
  threshold: define({ threshold: numOrNull(), default_value: numOrNull() }, (p) => ({
    formula: formulas.threshold(p.threshold, p.default_value),
  })),
  sigmoid: define({}, () => sigmoid),
  tanh: fusable('tanh'),
  exponential: fusable('exponential'),
  log_sigmoid: simple(formulas.logSigmoid),
  softplus: fusable('softplus'),
  softsign: fusable('softsign'),
  squareplus: define({ b: num(4) }, (p) => ({ formula: formulas.squareplus(p.b) })),
  sparse_plus: simple(formulas.sparsePlus),
  sparse_sigmoid: simple(formulas.sparseSigmoid),
  sparsemax: define({ axis: anything(-1) }, (p) => ({ formula: sparsemax(singleAxis('sparsemax', p.axis)) })),
  softmax: define({ axis: axisOrNull(-1) }, (p) => softmaxOf(p.axis)),
  log_softmax: define({ axis: axisOrNull(-1) }, (p) => ({ formula: logSoftmax(p.axis) })),
  mish: fusable('mish'),
};

/** hard_sigmoid of TensorFlow.js and Keras 2, which is another function than that of Keras 3. */
export const keras2HardSigmoidRow: Definition = simple(formulas.hardSigmoidKeras2);

function singleAxis(where: string, value: unknown): number {
  return axis(-1).read(Array.isArray(value) ? Number.NaN : value, where, 'axis') as number;
}
