// Every function of tf that takes float tensors, on operands that exist in the tiled layout alone: TensorFlow.js must
// get them converted on whatever way it reaches for them. The cpu backend says what is right.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { useBackend } from '../../../support/backends.js';
import { captureWarnings } from '../../../support/warnings.js';
import { convOps, gradientOps, methods, tensorOps } from '../../../support/webgl/opTable/convOps.js';
import { binaryOps, unaryOps } from '../../../support/webgl/opTable/elementwiseOps.js';
import { complexOps, losses, matrixOps, reductions } from '../../../support/webgl/opTable/mathOps.js';
import { draw, expectSame, inTiles, valuesIn, webgl } from '../../../support/webgl/opTable/operands.js';
import {
  caseOf,
  type OpCase,
  type Operand,
  type OpTable,
  type Outcome,
  type Run,
} from '../../../support/webgl/opTable/opTable.js';
import { imageOps, shapeOps } from '../../../support/webgl/opTable/shapeOps.js';
import { tensorless, tensorlessNamespaces } from '../../../support/webgl/opTable/tensorless.js';

const tables: Readonly<Record<string, OpTable>> = {
  'element by element': { ...unaryOps, ...binaryOps },
  'moving elements': { ...shapeOps, ...imageOps },
  reductions,
  matrices: matrixOps,
  'losses and metrics': losses,
  'convolutions and pools': convOps,
  gradients: gradientOps,
  tensors: { ...tensorOps, ...methods },
};

describe('WebGL2 tiled layout: ops of TensorFlow.js', () => {
  useBackend('convnet-webgl');
  for (const [title, table] of Object.entries(tables)) describe(title, () => suite(table));
  it('all of them are tested', () => {
    const tested = new Set([...Object.values(tables), complexOps].flatMap((table) => Object.keys(table)));
    const known = (name: string) => tested.has(name) || tensorless.has(name) || isChained(name, tested);
    expect(functionsOf(tf).filter((name) => !known(name))).to.deep.equal([]);
  });
});

// Without the check for what is left behind: TensorFlow.js's engine goes on counting the parts of complex tensors.
describe('WebGL2 tiled layout: complex numbers', () => {
  before(() => tf.setBackend('convnet-webgl'));
  suite(complexOps);
});

function suite(table: OpTable): void {
  for (const [name, op] of Object.entries(table)) {
    it(name, () => compare(caseOf(op)));
  }
}

async function compare({ run, tolerance, judge }: OpCase): Promise<void> {
  let [actual, expected]: Value[][] = [[], []];
  await captureWarnings(async () => {
    let count = 0;
    actual = await outcomes(run, (values, shape) => {
      // in turns, undrawn ones too
      const x = inTiles(values, shape, count % 3 === 2 && shape.length > 1 && shape.length < 5);
      return count++ % 3 === 0 ? x : draw(x);
    });
    await tf.setBackend(judge);
    expected = await outcomes(run, (values, shape) => tf.tensor(values, [...shape]));
  });
  await tf.setBackend('convnet-webgl');
  expect(webgl().gl2.getError(), 'GL error').to.equal(0);
  expect(actual.length).to.equal(expected.length).and.greaterThan(0);
  expected.forEach(({ values, ...kind }, i) => {
    const { values: received, ...receivedKind } = actual[i];
    expect(receivedKind, `result ${i}`).to.deep.equal(kind);
    if (typeof values === 'string') expect(received).to.equal(values);
    else expectSame(`result ${i} [${kind.shape}]`, received as ArrayLike<number>, values, tolerance);
  });
}

interface Value {
  readonly shape?: readonly number[];
  readonly dtype?: string;
  readonly values: ArrayLike<number> | string;
}

type Make = (values: Float32Array, shape: readonly number[]) => tf.Tensor;

/** The result of `run` on the active backend; disposes of all its tensors. */
async function outcomes(run: Run, make: Make): Promise<Value[]> {
  let seed = 0;
  const operand = ((shape, low = -3, high = 3) => make(valuesIn(shape, ++seed, [low, high]), shape)) as Operand;
  const engine = tf.engine();
  engine.startScope('');
  try {
    return [await run(operand)].flatMap(valuesOf);
  } finally {
    engine.endScope();
  }
}

function valuesOf(outcome: Outcome): Value[] {
  if (outcome instanceof tf.Tensor) {
    return [{ shape: outcome.shape, dtype: outcome.dtype, values: Array.from(outcome.dataSync()) }];
  }
  if (Array.isArray(outcome) && typeof outcome[0] !== 'number') return outcome.flatMap(valuesOf);
  if (typeof outcome === 'number') return [{ values: [outcome] }];
  return [{ values: typeof outcome === 'string' ? outcome : Array.from(outcome as ArrayLike<number>) }];
}

/** All functions of tf by name, with those of its namespaces and of tensors. */
function functionsOf(object: object): string[] {
  const members = Object.entries(object);
  const own = members.filter(([, value]) => typeof value === 'function').map(([name]) => name);
  const nested = members.flatMap(([name, value]) => {
    if (typeof value !== 'object' || value === null || tensorlessNamespaces.has(name)) return [];
    return Object.keys(value).flatMap((key) => (typeof value[key] === 'function' ? [`${name}.${key}`] : []));
  });
  const methodNames = Object.getOwnPropertyNames(tf.Tensor.prototype).map((name) => `Tensor.${name}`);
  return [...own, ...nested, ...methodNames];
}

/** Whether a method of a tensor is tested as the function of tf that it calls. */
function isChained(name: string, tested: ReadonlySet<string>): boolean {
  const method = name.replace(/^Tensor\./, '');
  return method !== name && (tested.has(method) || tensorless.has(method));
}
