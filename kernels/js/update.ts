// Updates of optimizers, value by value.

import { type Arithmetic, inputsOf, measuresOf, resultsOf, scalarsOf, type UpdateSpec, updated } from '../update.js';

const numbers: Arithmetic<number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  max: Math.max,
  min: Math.min,
  abs: Math.abs,
  sqrt: Math.sqrt,
  pow: Math.pow,
  sign: Math.sign,
};

/**
 * @param scalars With the rule's measures.
 * @returns New arrays, in the order of `resultsOf(spec)`.
 */
export function update(
  spec: UpdateSpec,
  inputs: Readonly<Record<string, Float32Array>>,
  scalars: Readonly<Record<string, number>>,
): Float32Array[] {
  const names = inputsOf(spec);
  const { length } = inputs.w;
  const outputs = resultsOf(spec).map((name) => ({ name, values: new Float32Array(length) }));
  const x: Record<string, number> = Object.fromEntries(
    [...scalarsOf(spec), ...measuresOf(spec)].map((name) => [name, scalars[name]]),
  );
  for (let i = 0; i < length; i++) {
    for (const name of names) x[name] = inputs[name][i];
    const results = updated(numbers, spec, x);
    for (const { name, values } of outputs) values[i] = results[name];
  }
  return outputs.map(({ values }) => values);
}
