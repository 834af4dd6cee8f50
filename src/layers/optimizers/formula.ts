// Optimizers whose step goes element by element say so by a formula: a rule of kernels/update.ts with its numbers. Such a
// step is one kernel for each variable, with weight decay, loss scale and clipping in it.

import {
  addN,
  clipByValue,
  dispose,
  mul,
  type NamedTensorMap,
  type Tensor,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import { type NormLimit, type RuleName, resultsOf } from '../../../kernels/update.js';
import { check } from '../../core/errors.js';
import { lengthScaleOf, sumSquares, update } from '../../ops/update.js';
import { sameShape } from '../base/inputs.js';
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

const none = { clipvalue: null, clipnorm: 0, norm: 'none' } as const;

/** How each of the gradients is clipped. */
export function clippingOf(
  gradients: readonly Tensor[],
  { clipnorm, clipvalue, global_clipnorm: global }: Limits,
): Pick<Preparation, 'clipvalue' | 'clipnorm' | 'norm' | 'squares'>[] {
  if (!clipnorm && !clipvalue && !global) return gradients.map(() => none);
  if (clipnorm) return gradients.map((gradient) => ({ ...none, clipnorm, norm: 'own', squares: sumSquares(gradient) }));
  if (clipvalue) return gradients.map(() => ({ ...none, clipvalue }));
  if (gradients.length === 0) return [];
  const squares = addN(gradients.map((gradient) => sumSquares(gradient)));
  return gradients.map(() => ({ ...none, clipnorm: global as number, norm: 'all', squares }));
}

export const unprepared: Preparation = { factor: 1, keep: 1, clipvalue: null, clipnorm: 0, norm: 'none' };

/** The gradient as a rule would have it, for updates that are no formula. */
export function prepared(gradient: Tensor, { factor, clipvalue, clipnorm, norm, squares }: Preparation): Tensor {
  const scaled = factor === 1 ? gradient : mul(gradient, factor);
  if (clipvalue !== null) return clipByValue(scaled, -clipvalue, clipvalue);
  return squares ? mul(scaled, lengthScaleOf(norm, squares, { factor, clipnorm })) : scaled;
}

/** The variable after its weight decay, for updates that are no formula. */
export function decayed(variable: Variable, { keep }: Preparation): Variable {
  if (keep !== 1) variable.assign(mul(variable, keep));
  return variable;
}

/** Changes the variable and its slots. What it makes is gone at its end; if it throws, the caller's tidy takes it. */
export function applyFormula(
  variable: Variable,
  gradient: Tensor,
  slots: SlotVariables,
  { rule, scalars, finish }: Formula,
  { factor, keep, clipvalue, clipnorm, norm, squares }: Preparation,
): void {
  if (!sameShape(variable.shape, gradient.shape)) {
    check(false, 'applyGradients', 'a gradient must have the shape of its variable', {
      ...{ name: variable.name, shape: variable.shape, 'gradient.shape': gradient.shape },
    });
  }
  const limit = clipvalue ?? 0;
  const inputs: NamedTensorMap = { w: variable, g: gradient };
  for (const name of Object.keys(slots)) inputs[name] = slots[name];
  if (squares) inputs.squares = squares;
  const common = { factor, keep, limit, minusLimit: -limit, clipnorm };
  const results = update({ rule, norm, isCut: clipvalue !== null, inputs, scalars, common });
  const names = resultsOf({ rule });
  const others: Record<string, Tensor> = {};
  for (let i = 0; i < names.length; i++) {
    const owner = names[i] === 'w' ? variable : slots[names[i]];
    if (owner) become(owner, results[i]);
    else others[names[i]] = results[i];
  }
  if (!finish) return;
  tidy(() => finish(others));
  dispose(others);
}

/** Gives a variable a value that is then gone. An update in place has changed the variable's own data. */
export function become(variable: Variable, value: Tensor): void {
  if (value.dataId !== variable.dataId) variable.assign(value);
  value.dispose();
}

const neutral = { factor: 1, keep: 1, limit: 0, minusLimit: 0, clipnorm: 0 };

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
  const results = update({ rule, norm: 'none', isCut: false, inputs, scalars, common: neutral });
  const byName: Record<string, Tensor> = {};
  resultsOf({ rule }).forEach((name, i) => {
    byName[name] = results[i];
  });
  return byName;
}
