// An app reports each prediction as a line `prediction <name> <values as JSON>`, on its standard output or its console.

import { readFileSync } from 'node:fs';

/** What Keras predicts; expected.py writes it. */
const expected: { readonly values: readonly number[] } = JSON.parse(
  readFileSync(new URL('shared/expected.json', import.meta.url), 'utf8'),
);

const TOLERANCE = 1e-5; // the values are probabilities

/** The values of all predictions that a text reports, by their names. */
export function readPredictions(text: string): ReadonlyMap<string, readonly number[]> {
  const found = text.matchAll(/^prediction (.+) (\[.*\])\s*$/gm);
  return new Map([...found].map(([, name = '', values = '']) => [name, JSON.parse(values)]));
}

/** Why the predictions are not those of Keras; [] where they are. */
export function faultsOf(text: string, names: readonly string[]): string[] {
  const predictions = readPredictions(text);
  return names.flatMap((name) => {
    const values = predictions.get(name);
    if (!values) return [`no prediction "${name}"`];
    const isRight =
      values.length === expected.values.length &&
      expected.values.every((value, i) => Math.abs(value - Number(values[i])) <= TOLERANCE);
    return isRight ? [] : [`prediction "${name}" is ${values}; Keras predicts ${expected.values}`];
  });
}
