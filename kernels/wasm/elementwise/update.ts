// Updates of optimizers: one pass over a variable, its gradient and its slots, four values at a time. A result may take
// the place of the input of its name.

import { type Arithmetic, inputsOf, measuresOf, resultsOf, scalarsOf, type UpdateSpec, updated } from '../../update.js';
import type { Device } from '../device.js';
import { type ArgTypes, type Fn, load, type Program, program, splat, type V128 } from '../emit/index.js';
import { powOfPositive } from './pow.js';
import { chunk, constant, storeRest, type Unary, walk } from './vector.js';

/** The cost of a value, in the unit of `costs` in vector.ts: some divisions and a root. */
const COST = 8;

/** @param pow For rules that have powers, which all are to the power of one scalar. */
function vectors(fn: Fn, pow?: Unary): Arithmetic<V128> {
  const [one, minusOne] = [1, -1].map((value) => constant(fn, value));
  const zero = splat(0);
  /** Each value in a local: a rule may use it more than once. */
  const kept = (value: V128) => fn.v128('t', value);
  return {
    add: (a, b) => kept(a.add(b)),
    sub: (a, b) => kept(a.sub(b)),
    mul: (a, b) => kept(a.mul(b)),
    div: (a, b) => kept(a.div(b)),
    max: (a, b) => kept(a.max(b)),
    min: (a, b) => kept(a.min(b)),
    abs: (a) => kept(a.abs()),
    sqrt: (a) => kept(a.sqrt()),
    pow: (a) => kept((pow as Unary)(a)),
    sign: (a) => kept(a.gt(zero).and(one).or(a.lt(zero).and(minusOne)).or(a.ne(a))), // all bits set are NaN
  };
}

/** The argument that holds the address of a result. */
export const resultArg = (name: string): string => `${name}Next`;

/** Item: a chunk of the values. */
function makeProgram(spec: UpdateSpec): Program {
  const [inputs, results] = [inputsOf(spec), resultsOf(spec)];
  const scalars = [...scalarsOf(spec), ...measuresOf(spec)];
  const args: ArgTypes = Object.fromEntries([
    ...[...inputs, ...results.map(resultArg), 'length'].map((name) => [name, 'i32']),
    ...scalars.map((name) => [name, 'f32']),
  ]);
  return program(`update_${spec.rule}${spec.isCut ? '_cut' : ''}`, args, (fn, a, { from, to }) => {
    const addresses = a as Record<string, Parameters<typeof load>[0]>;
    const numbers = Object.fromEntries(scalars.map((name) => [name, fn.v128(name, splat(a[name] as never))]));
    const m = vectors(fn, numbers.power && powOfPositive(fn, numbers.power));
    fn.range('item', from, to, 1, (item) => {
      const first = fn.i32('first', item.mul(chunk));
      const at = fn.i32('at', first.shl(2));
      const count = fn.i32('count', addresses.length.sub(first));
      fn.if(count.gt(chunk), () => fn.set(count, chunk));
      const compute = (i: number) => {
        const values = inputs.map((name) => [name, fn.v128(name, load(addresses[name].add(at), 16 * i))]);
        return updated(m, spec, { ...numbers, ...Object.fromEntries(values) });
      };
      const place = (name: string) => addresses[resultArg(name)].add(at);
      walk(
        fn,
        { count, steps: [[at, 4]], unroll: 2 },
        (vectors) => {
          for (let i = 0; i < vectors; i++) {
            const next = compute(i);
            for (const name of results) fn.store(place(name), next[name], 16 * i);
          }
        },
        (left) => {
          const next = compute(0);
          for (const name of results) storeRest(fn, place(name), next[name], left);
        },
      );
    });
  });
}

const programs = { plain: new Map<string, Program>(), cut: new Map<string, Program>() };

export function updateProgram(spec: UpdateSpec): Program {
  const made = spec.isCut ? programs.cut : programs.plain;
  const known = made.get(spec.rule) ?? makeProgram(spec);
  made.set(spec.rule, known);
  return known;
}

/**
 * @param args By name: the addresses of the inputs and, under `resultArg`, of the results, `length` floats each; all
 * scalars, and the rule's measures.
 * @param isInPlace Whether a result has the address of an input.
 */
export function update(
  device: Device,
  spec: UpdateSpec,
  args: Readonly<Record<string, number>> & { readonly length: number },
  isInPlace: boolean,
): void {
  const { length } = args;
  if (length === 0) return;
  device.launch(updateProgram(spec), args, { items: Math.ceil(length / chunk), cost: COST * length, isInPlace });
}
