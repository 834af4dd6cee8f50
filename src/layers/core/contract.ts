// Computes the einsum of two tensors as one matrix product. Every label is of one of four kinds:
//
//   in a, b and the output: batch      in a and the output: rows
//   in a and b alone: depth            in b and the output: columns
//
// so that  a -> [batch, rows, depth],  b -> [batch, depth, columns],  a b -> [batch, rows, columns] -> the output's
// order. TensorFlow.js's own einsum has no gradient. Source of the notation: https://keras.io/api/ops/numpy/

import { matMul, reshape, sum, type Tensor, transpose, util } from '@tensorflow/tfjs-core';
import type { ActivationFunction } from '../activations/activations.js';
import { KerasValueError } from '../base/kerasValueError.js';
import { fusedMatMul } from './fusedMatMul.js';

/** The labels of 'abc,cd->abd', without an ellipsis. */
export interface Equation {
  readonly a: string;
  readonly b: string;
  readonly output: string;
}

/** @throws ValueError for another form, a label twice in one operand, and an output label that no operand has. */
export function parseEquation(text: string): Equation {
  const parts = /^([a-zA-Z]*),([a-zA-Z]*)->([a-zA-Z]*)$/.exec(text.replaceAll(' ', ''));
  if (!parts) throw new KerasValueError(`Invalid einsum equation: expected [X],[Y]->[Z]. Received: equation='${text}'`);
  const [, a, b, output] = parts;
  for (const labels of [a, b, output]) {
    if (new Set(labels).size !== labels.length) {
      throw new KerasValueError(
        `Invalid einsum equation: a label twice in one operand is not supported. Received: equation='${text}'`,
      );
    }
  }
  const unknown = [...output].find((label) => !a.includes(label) && !b.includes(label));
  if (unknown !== undefined) {
    throw new KerasValueError(
      `Dimension '${unknown}' was specified in the output '${output}' but has no corresponding dim in the input spec '${a}' or weight spec '${b}'`,
    );
  }
  return { a, b, output };
}

interface Labels {
  readonly batch: string;
  readonly rows: string;
  readonly depth: string;
  readonly columns: string;
}

/** Sorts the labels by kind, in the output's order. `depth` follows b, a weight whose layout should not change. */
function sortLabels({ a, b, output }: Equation): Labels {
  const pick = (from: string, test: (label: string) => boolean) => [...from].filter(test).join('');
  return {
    batch: pick(output, (label) => a.includes(label) && b.includes(label)),
    rows: pick(output, (label) => a.includes(label) && !b.includes(label)),
    depth: pick(b, (label) => a.includes(label) && !output.includes(label)),
    columns: pick(output, (label) => b.includes(label) && !a.includes(label)),
  };
}

/** Sums over the labels that only this operand has, then transposes its axes into the order `to`. */
function arrange(x: Tensor, from: string, to: string): Tensor {
  const summed = [...from].map((label, axis) => (to.includes(label) ? -1 : axis)).filter((axis) => axis >= 0);
  const reduced = summed.length > 0 ? sum(x, summed) : x;
  const kept = [...from].filter((label) => to.includes(label)).join('');
  if (kept === to) return reduced;
  const order = [...to].map((label) => kept.indexOf(label));
  return transpose(reduced, order);
}

interface Epilogue {
  /** [columns], in the order of the column labels. Allowed only if `canFuseEpilogue`. */
  readonly bias?: Tensor;
  /** An activation that `isFusable`. */
  readonly activation?: ActivationFunction;
}

/** Whether `contract` can add a bias along these output labels and apply an activation in the same kernel. */
export function canFuseEpilogue(equation: Equation, biasAxes: string | null): boolean {
  const { batch, columns } = sortLabels(equation);
  return batch === '' && equation.output.endsWith(columns) && (biasAxes === null || biasAxes === columns);
}

/** activation(einsum(a, b) + bias). An epilogue needs `canFuseEpilogue`. Call it in a tidy. */
export function contract(equation: Equation, a: Tensor, b: Tensor, epilogue: Epilogue = {}): Tensor {
  const sizes = sizesOf(equation, a, b);
  const shapeOf = (labels: string) => [...labels].map((label) => sizes.get(label) as number);
  const sizeOf = (labels: string) => util.sizeFromShape(shapeOf(labels));
  const { batch, rows, depth, columns } = sortLabels(equation);
  const left = arrange(a, equation.a, batch + rows + depth);
  const right = arrange(b, equation.b, batch + depth + columns);
  const [n, m, k, l] = [batch, rows, depth, columns].map(sizeOf);
  const product =
    batch === ''
      ? fusedMatMul({ x: reshape(left, [m, k]), w: reshape(right, [k, l]), ...epilogue })
      : matMul(reshape(left, [n, m, k]), reshape(right, [n, k, l]));
  const natural = batch + rows + columns;
  return arrange(reshape(product, shapeOf(natural)), natural, equation.output);
}

function sizesOf({ a: labelsA, b: labelsB, output }: Equation, a: Tensor, b: Tensor): Map<string, number> {
  const sizes = new Map<string, number>();
  const add = (labels: string, { shape }: Tensor) => {
    const fits =
      labels.length === shape.length &&
      [...labels].every((label, i) => (sizes.get(label) ?? shape[i]) === shape[i] && sizes.set(label, shape[i]));
    if (!fits) {
      throw new KerasValueError(
        `Operands do not fit the einsum equation '${labelsA},${labelsB}->${output}'. Received: shapes (${a.shape}) and (${b.shape})`,
      );
    }
  };
  add(labelsA, a);
  add(labelsB, b);
  return sizes;
}
