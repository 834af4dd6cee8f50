// Optimizers whose step goes element by element say so by a formula: a rule of kernels/update.ts with its numbers. Such a
// step is one kernel for each variable, with weight decay, loss scale and clipping in it.

import { addN, clipByValue, mul, type NamedTensorMap, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { type NormLimit, type RuleName, resultsOf } from '../../../kernels/update.js';
import { check } from '../../core/errors.js';
import { lengthScaleOf, sumSquares, update } from '../../ops/update.js';
import type { SlotVariables } from './slots.js';

/** What a step does to one variable. */
export interface Formula {
  readonly rule: RuleName;
  /** The numbers of the rule. */
  readonly scalars: Readonly<Record<string, number>>;
  /** Called with the rule's results that are neither the variable nor a slot. */
  finish?(results: Readonly<Record<string, Tensor>>): void;
}

/** At most one of the limits is set; 0 is none. */
export interface Limits {
  readonly clipnorm: number | null;
  readonly clipvalue: number | null;
  readonly global_clipnorm: number | null;
}

/** What happens to gradient and variable before the rule. */
export interface Preparation {
  /** Multiplies the gradient. */
  readonly factor: number;
  /** Multiplies the variable. */
  readonly keep: number;
  readonly clipvalue: number | null;
  readonly clipnorm: number;
  readonly norm: NormLimit;
  /** The sum of squares that the norm is the root of. */
  readonly squares?: Tensor;
}

/** How each of the gradients is clipped. */
export function clippingOf(
  gradients: readonly Tensor[],
  { clipnorm, clipvalue, global_clipnorm: global }: Limits,
): Pick<Preparation, 'clipvalue' | 'clipnorm' | 'norm' | 'squares'>[] {
  const none = { clipvalue: null, clipnorm: 0, norm: 'none' } as const;
  if (clipnorm) return gradients.map((gradient) => ({ ...none, clipnorm, norm: 'own', squares: sumSquares(gradient) }));
  if (clipvalue) return gradients.map(() => ({ ...none, clipvalue }));
  if (!global || gradients.length === 0) return gradients.map(() => none);
  const squares = addN(gradients.map((gradient) => sumSquares(gradient)));
  return gradients.map(() => ({ ...none, clipnorm: global, norm: 'all', squares }));
}

export const unprepared: Preparation = { factor: 1, keep: 1, clipvalue: null, clipnorm: 0, norm: 'none' };

/** The gradient as a rule would have it, for updates that are no formula. */
export function prepared(gradient: Tensor, { factor, clipvalue, clipnorm, norm, squares }: Preparation): Tensor {
  const scaled = factor === 1 ? gradient : mul(gradient, factor);
  if (clipvalue !== null) return clipByValue(scaled, -clipvalue, clipvalue);
  return squares ? mul(scaled, lengthScaleOf(norm, squares, { factor, clipnorm })) : scaled;
}

/** Changes the variable and its slots. Call it in a tidy. */
export function applyFormula(
  variable: Variable,
  gradient: Tensor,
  slots: SlotVariables,
  { rule, scalars, finish }: Formula,
  { factor, keep, clipvalue, clipnorm, norm, squares }: Preparation,
): void {
  const { name, shape } = variable;
  const isSame = shape.length === gradient.shape.length && shape.every((size, i) => size === gradient.shape[i]);
  check(isSame, 'applyGradients', 'a gradient must have the shape of its variable', {
    name,
    shape,
    'gradient.shape': gradient.shape,
  });
  const limit = clipvalue ?? 0;
  const results = update({
    ...{ rule, norm, isCut: clipvalue !== null },
    inputs: { w: variable, g: gradient, ...slots, ...(squares && { squares }) },
    scalars: { ...scalars, factor, keep, limit, minusLimit: -limit, clipnorm },
  });
  const others: Record<string, Tensor> = {};
  for (const [i, result] of resultsOf({ rule }).entries()) {
    if (result === 'w') variable.assign(results[i]);
    else if (slots[result]) slots[result].assign(results[i]);
    else others[result] = results[i];
  }
  finish?.(others);
}

/**
 * One rule as it is, for steps that take several.
 * @param inputs As for `update`: an input that a result has the name of may have changed afterwards.
 * @returns The results by name.
 */
export function runRule(
  rule: RuleName,
  inputs: NamedTensorMap,
  scalars: Readonly<Record<string, number>>,
): Readonly<Record<string, Tensor>> {
  const neutral = { factor: 1, keep: 1, limit: 0, minusLimit: 0, clipnorm: 0 };
  const results = update({ rule, norm: 'none', isCut: false, inputs, scalars: { ...neutral, ...scalars } });
  return Object.fromEntries(resultsOf({ rule }).map((name, i) => [name, results[i]]));
}
