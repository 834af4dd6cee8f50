// Muon: steps of matrices whose singular values are made equal, and AdamW for all other variables.
// Sources: https://keras.io/api/optimizers/muon/, https://kellerjordan.github.io/posts/muon/ and
// https://arxiv.org/abs/2502.16982 (the scale of a step)

import { add, eye, matMul, mul, type Tensor, type Tensor2D, type Variable, zeros } from '@tensorflow/tfjs-core';
import { sumSquares } from '../../ops/update.js';
import { anything, flag, num, numOrNull } from '../serialization/params.js';
import { takenAfter } from './adam.js';
import type { OptimizerArgs } from './commonArgs.js';
import { type Formula, runRule } from './formula.js';
import { KerasOptimizer, type Step } from './kerasOptimizer.js';
import type { SlotVariables } from './slots.js';

/** The arguments of Muon. */
export interface MuonArgs extends OptimizerArgs {
  /** What AdamW's mean of the gradients keeps of itself. Default 0.9. */
  readonly adamBeta1?: number;
  /** What AdamW's mean of their squares keeps of itself. Default 0.999. */
  readonly adamBeta2?: number;
  /** The weight decay of variables that AdamW changes. Default 0.004. */
  readonly adamWeightDecay?: number | null;
  /** Added to AdamW's denominators. Default 1e-7. */
  readonly epsilon?: number;
  /** Patterns of the names of variables that AdamW changes. Default: none. */
  readonly excludeLayers?: readonly string[] | null;
  /** Whether AdamW changes embeddings. Default true. */
  readonly excludeEmbeddings?: boolean;
  /** The coefficient of the matrix in an iteration. Default 3.4445. */
  readonly muonA?: number;
  /** The coefficient of its third power. Default -4.775. */
  readonly muonB?: number;
  /** The coefficient of its fifth power. Default 2.0315. */
  readonly muonC?: number;
  /** The learning rate of AdamW is so many times that of Muon. Default 1. */
  readonly adamLrRatio?: number;
  /** What the momentum keeps of itself. Default 0.95. */
  readonly momentum?: number;
  /** Iterations of a step. Default 5. */
  readonly nsSteps?: number;
  /** Whether Nesterov's momentum is used. Default true. */
  readonly nesterov?: boolean;
  /** The root mean square of a step, times the root of the longer side; null: not scaled. Default 0.2. */
  readonly rmsRate?: number | null;
}

const params = {
  adam_beta_1: num(0.9),
  adam_beta_2: num(0.999),
  adam_weight_decay: numOrNull(0.004),
  epsilon: num(1e-7),
  exclude_layers: anything<readonly string[] | null>(null),
  exclude_embeddings: flag(true),
  muon_a: num(3.4445),
  muon_b: num(-4.775),
  muon_c: num(2.0315),
  adam_lr_ratio: num(1),
  momentum: num(0.95),
  ns_steps: num(5),
  nesterov: flag(true),
  rms_rate: numOrNull(0.2),
};

/**
 * Rounds of the iteration that share their products of the longer side. With three and then two the values are as near
 * to those of double precision as with one after the other (2e-5 of the largest one); with four or five they are not.
 */
const ROUNDS_AT_ONCE = 3;
/** How many times as long a side must be, and the multiplications of a product, for shared products to cost less. */
const LONG = 4;
const MANY = 2 ** 18;

type Excluded = { readonly exclude_layers: readonly string[] | null; readonly exclude_embeddings: boolean };

/**
 * Muon for matrices, AdamW for the rest. Learning rate 0.001, weight decay 0.004.
 * Source: https://keras.io/api/optimizers/muon/
 */
export class Muon extends KerasOptimizer<typeof params> {
  static override readonly className = 'Muon';

  constructor(args: MuonArgs = {}) {
    const spec = {
      params,
      learningRate: 0.001,
      weightDecay: 0.004,
      slots: (values: Excluded) => {
        const first = (variable: Variable) => (isAdams(variable, values) ? zeros(variable.shape) : undefined);
        return [[{ name: 'momentum' }, { name: 'velocity', first }]];
      },
    };
    super(spec, args);
  }

  protected override decayOf(variable: Variable): number | null {
    return isAdams(variable, this.values) ? this.values.adam_weight_decay : this.values.weight_decay;
  }

  protected override formulaOf(variable: Variable, { rate, number }: Step): Formula | null {
    if (!isAdams(variable, this.values)) return null;
    const { adam_beta_1: beta1, adam_beta_2: beta2, epsilon, adam_lr_ratio: ratio } = this.values;
    const alpha = (rate * ratio * Math.sqrt(takenAfter(beta2, number))) / takenAfter(beta1, number);
    return { rule: 'adam', scalars: { take1: 1 - beta1, take2: 1 - beta2, alpha, epsilon } };
  }

  protected override update(variable: Variable, gradient: Tensor, slots: SlotVariables, { rate }: Step): void {
    this.#turn(variable, gradient, slots.momentum, rate);
  }

  #turn(variable: Variable, g: Tensor, momentum: Variable, rate: number): void {
    const { momentum: kept, nesterov, rms_rate: scale } = this.values;
    const [now, ahead] = nesterov ? [1, kept] : [0, 1];
    const moved = runRule('muon', { w: variable, g, momentum }, { kept, now, ahead });
    momentum.assign(moved.momentum);
    const direction = this.#withEqualSingularValues(moved.direction);
    const length = scale === null ? rate : rate * Math.sqrt(Math.max(...variable.shape.slice(0, 2))) * scale;
    variable.assign(runRule('sgd', { w: variable, g: direction }, { rate: length }).w);
  }

  /** Newton and Schulz's iteration, near the nearest orthogonal matrix. Products are of the shorter side. */
  #withEqualSingularValues(matrix: Tensor): Tensor {
    const { ns_steps: steps } = this.values;
    const [shorter, longer] = [...matrix.shape].sort((m, n) => m - n);
    const isWorthIt = longer >= LONG * shorter && longer * shorter * shorter >= MANY;
    const atOnce = isWorthIt ? ROUNDS_AT_ONCE : 1;
    const unit = { w: matrix, g: matrix, stepSquares: sumSquares(matrix) };
    let x = runRule('unit', unit, { epsilon: 1e-7 }).w as Tensor2D;
    for (let step = 0; step < steps; step += atOnce) {
      const rounds = Math.min(atOnce, steps - step);
      x = rounds === 1 ? this.#round(x) : this.#rounds(x, rounds);
    }
    return x;
  }

  #round(x: Tensor2D): Tensor2D {
    const isTall = x.shape[0] > x.shape[1];
    const bent = this.#bent(matMul(x, x, isTall, !isTall) as Tensor2D);
    const along = (isTall ? matMul(x, bent) : matMul(bent, x)) as Tensor2D;
    return mixed(x, along, this.values.muon_a, 1);
  }

  /**
   * Several rounds with two products of the longer side instead of two for each: a round multiplies the matrix with a
   * polynomial of its product with itself, and so do several. Where singular values are small, the rounding errors of
   * that product grow with each round, by the square of `a`.
   */
  #rounds(x: Tensor2D, rounds: number): Tensor2D {
    const isTall = x.shape[0] > x.shape[1];
    let product = matMul(x, x, isTall, !isTall) as Tensor2D;
    const unit = mul(eye(product.shape[0]), this.values.muon_a);
    let all: Tensor2D | null = null;
    for (let round = 1; round <= rounds; round++) {
      const factor = add(this.#bent(product), unit) as Tensor2D;
      all = all ? matMul(all, factor) : factor;
      if (round < rounds) product = matMul(matMul(product, factor), factor);
    }
    return (isTall ? matMul(x, all as Tensor2D) : matMul(all as Tensor2D, x)) as Tensor2D;
  }

  /** The product stays as it is: an update may change its first operand. */
  #bent(product: Tensor2D): Tensor2D {
    return mixed(matMul(product, product), product, this.values.muon_c, this.values.muon_b);
  }
}

function mixed(w: Tensor2D, g: Tensor2D, partOfW: number, partOfG: number): Tensor2D {
  return runRule('mix', { w, g }, { partOfW, partOfG }).w as Tensor2D;
}

/** Whether AdamW changes a variable: all but matrices, embeddings, and what the user names. */
function isAdams(
  { rank, name }: Variable,
  { exclude_layers: layers, exclude_embeddings: embeddings }: Excluded,
): boolean {
  if (rank !== 2 || (embeddings && name.toLowerCase().includes('embedding'))) return true;
  return (layers ?? []).some((pattern) => matches(name, pattern));
}

/** Patterns come from files too, so those that could take for ever are taken for plain text. */
function matches(name: string, pattern: string): boolean {
  return /^[\w/.^$|-]*$/.test(pattern) ? new RegExp(pattern).test(name) : name.includes(pattern);
}
