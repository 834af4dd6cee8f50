// The rows of goldens.json and the inputs of their operations.

import * as tf from '@tensorflow/tfjs';
import { useAllLayers } from '../../../src/layers/allLayers.js';
import type { OpDefinition } from '../../../src/layers/ops/index.js';

useAllLayers(); // also where this test runs alone

type Elementwise = 'signed' | 'positive' | 'unit' | 'int' | 'index' | 'bool' | 'gaps' | 'sorted';
type Kind = Elementwise | 'spd' | 'square' | 'probability';

export interface OpGolden extends OpDefinition {
  readonly inputs: readonly (readonly [Kind, number[], boolean])[];
  readonly symbolicShapes: (number | null)[][];
  readonly outputs: readonly {
    readonly shape: number[];
    readonly dtype: string;
    readonly values: (number | string)[];
  }[];
}

const formulas: Readonly<Record<Elementwise, (n: number, i: number) => number>> = {
  signed: (n) => ((n % 101) - 50) / 25,
  positive: (n) => Math.abs(((n % 101) - 50) / 25) + 0.25,
  unit: (n) => ((n % 101) - 50) / 25 / 2.5,
  int: (n) => (n % 7) - 3,
  index: (n) => n % 3,
  bool: (n) => Number(n % 3 > 0),
  gaps: (n) => (n % 5 === 0 ? Number.NaN : formulas.signed(n, 0)),
  sorted: (_, i) => i / 4 - 1,
};

const dtypes: Partial<Record<Kind, tf.DataType>> = { int: 'int32', index: 'int32', bool: 'bool' };

export function valuesOf(kind: Kind, shape: number[], seed: number): tf.Tensor {
  return tf.tidy(() => {
    const n = shape[shape.length - 1];
    if (kind === 'square') return tf.add(valuesOf('signed', shape, seed), tf.mul(tf.eye(n), 3));
    if (kind === 'spd') {
      const b = valuesOf('signed', shape, seed);
      return tf.add(tf.matMul(b, b, false, true), tf.mul(tf.eye(n), n));
    }
    if (kind === 'probability') {
      const p = valuesOf('positive', shape, seed);
      return tf.div(p, tf.sum(p, -1, true));
    }
    const values = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) =>
      formulas[kind](i * 37 + seed * 13, i),
    );
    return tf.tensor(values, shape, dtypes[kind] ?? 'float32');
  });
}

export function inputsOf({ inputs }: OpGolden): tf.Tensor[] {
  return inputs.map(([kind, shape], i) => valuesOf(kind, shape, i));
}

export function titleOf({ className, config, args, inputs }: OpGolden): string {
  const { name: _, ...params } = config as Record<string, unknown>;
  const of = inputs.map(([kind, shape]) => `${kind} [${shape}]`).join(', ');
  return `${className} ${JSON.stringify(params)} ${JSON.stringify(args).slice(0, 80)} of ${of}`;
}
