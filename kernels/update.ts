// Updates of optimizers: a rule, with what happens to a gradient and a variable before it.

import { type Arithmetic, type Operands, type Results, type RuleName, rules } from './updateRules.js';

export { type Arithmetic, type RuleName, ruleNames } from './updateRules.js';

/** What an update depends on, besides numbers. */
export interface UpdateSpec {
  readonly rule: RuleName;
  /** Whether elements of the gradient are cut at `limit` and `minusLimit`. */
  readonly isCut: boolean;
}

/** Whose length is limited: nobody's, that of the gradient, or that of all gradients together. */
export type NormLimit = 'none' | 'own' | 'all';

/** What a gradient is multiplied with so that the length, the root of `squares` times `factor`, is at most `clipnorm`. */
export function lengthScale(limit: NormLimit, squares: number, factor: number, clipnorm: number): number {
  if (limit === 'none') return 1;
  const length = Math.sqrt(squares) * Math.abs(factor);
  const scale = clipnorm / Math.max(length, clipnorm);
  // Infinity less itself is NaN, which tells of the gradients that went wrong instead of hiding them.
  return limit === 'all' ? scale + (length - length) : scale;
}

/** `factor` multiplies the gradient, `keep` the variable, before anything else happens. */
const commonScalars = ['factor', 'keep', 'limit', 'minusLimit'] as const;

/** What an update reads and changes: made once for each rule, since a step asks for them for each variable. */
interface Names {
  readonly inputs: readonly string[];
  readonly measures: readonly string[];
  readonly scalars: readonly string[];
  readonly results: readonly string[];
}

const known = new Map<RuleName, Names>();

function namesOf({ rule }: Pick<UpdateSpec, 'rule'>): Names {
  const found = known.get(rule);
  if (found) return found;
  const { slots, scalars, measures = [], results = ['w', ...slots] } = rules[rule];
  const names = { inputs: ['w', 'g', ...slots], measures, scalars: [...commonScalars, ...scalars], results };
  known.set(rule, names);
  return names;
}

/** The tensors that an update reads, in order. */
export const inputsOf = (spec: Pick<UpdateSpec, 'rule'>): readonly string[] => namesOf(spec).inputs;

/** The tensors of one value each that an update reads, in order. */
export const measuresOf = (spec: Pick<UpdateSpec, 'rule'>): readonly string[] => namesOf(spec).measures;

/** The numbers that an update takes, in order. */
export const scalarsOf = (spec: Pick<UpdateSpec, 'rule'>): readonly string[] => namesOf(spec).scalars;

/** What an update changes, in order. */
export const resultsOf = (spec: Pick<UpdateSpec, 'rule'>): readonly string[] => namesOf(spec).results;

/** The results of an update by name, from all inputs, measures and scalars. */
export function updated<V>(m: Arithmetic<V>, { rule, isCut }: UpdateSpec, x: Operands<V>): Results<V> {
  const scaled = m.mul(x.g, x.factor);
  const g = isCut ? m.min(m.max(scaled, x.minusLimit), x.limit) : scaled;
  return rules[rule].step(m, { ...x, g, w: m.mul(x.w, x.keep) });
}
