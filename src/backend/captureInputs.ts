// The inputs and outputs of captured models: one tensor, a list, or a dictionary, nested at any depth.

import { type DataType, Tensor, type TypedArray, util } from '@tensorflow/tfjs-core';
import { check } from '../core/errors.js';
import { isPlainObject } from '../core/json.js';

/** A value, or lists and dictionaries of values. */
export type CaptureTree<T> = T | readonly CaptureTree<T>[] | { readonly [name: string]: CaptureTree<T> };

/** An input as it is given. */
export type Operand = Tensor | TypedArray;

/** An input as it was when the model was captured. */
export interface Slot {
  /** As in `inputs`, `inputs[0]` or `inputs.image`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

const where = 'capture';
const arrays: Partial<Record<DataType, new (length: number) => TypedArray>> = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
};

/** The tensors of a tree in order, and the tree with their positions in place of them. */
export function numberTensors(root: unknown, name: 'inputs' | 'outputs') {
  const tensors: Tensor[] = [];
  const names: string[] = [];
  const visit = (value: unknown, path: string): CaptureTree<number> => {
    if (Array.isArray(value)) return value.map((child, i) => visit(child, `${path}[${i}]`));
    if (value instanceof Tensor) {
      names.push(path);
      return tensors.push(value) - 1;
    }
    const rule = `${name} must be a tensor, or a list or a dictionary of tensors`;
    check(isPlainObject(value), where, rule, { [path]: kindOf(value) });
    const children = Object.entries(value as object).map(([key, child]) => [key, visit(child, `${path}.${key}`)]);
    return Object.fromEntries(children);
  };
  const tree = visit(root, name);
  return { tree, tensors, names };
}

/** The inputs at the capture, and their tree. */
export function slotsOf(inputs: unknown): { readonly tree: CaptureTree<number>; readonly slots: readonly Slot[] } {
  const { tree, tensors, names } = numberTensors(inputs, 'inputs');
  check(tensors.length > 0, where, 'the inputs must have one tensor at least', { inputs });
  const slots = tensors.map(({ shape, dtype }, i) => ({ name: names[i], shape: [...shape], dtype }));
  for (const { name, dtype } of slots) {
    check(arrays[dtype] !== undefined, where, `${name} must be float32, int32 or bool`, { dtype });
  }
  return { tree, slots };
}

/** A tree with `make(i)` in place of position i. */
export function fill<T>(tree: CaptureTree<number>, make: (i: number) => T): CaptureTree<T> {
  if (typeof tree === 'number') return make(tree);
  if (Array.isArray(tree)) return tree.map((child: CaptureTree<number>) => fill(child, make));
  return Object.fromEntries(Object.entries(tree).map(([key, child]) => [key, fill(child, make)]));
}

/** The inputs in order, if they have the structure, shapes and dtypes of the capture. */
export function operandsOf(tree: CaptureTree<number>, slots: readonly Slot[], inputs: unknown): Operand[] {
  const operands: Operand[] = [];
  const visit = (expected: CaptureTree<number>, value: unknown, path: string): void => {
    if (typeof expected === 'number') {
      operands[expected] = checkedOperand(slots[expected], value);
      return;
    }
    const isList = Array.isArray(expected);
    const keys = Object.keys(expected);
    const isAlike = isList ? Array.isArray(value) : isPlainObject(value);
    const given = isAlike ? Object.keys(value as object) : [];
    const rule = isList ? `${path} must be a list of ${keys.length}` : `${path} must have the keys ${keys.join(', ')}`;
    check(isAlike && keys.length === given.length && keys.every((key) => given.includes(key)), where, rule, {
      [path]: isAlike ? given : kindOf(value),
    });
    for (const [key, child] of Object.entries(expected)) {
      visit(child, (value as Record<string, unknown>)[key], isList ? `${path}[${key}]` : `${path}.${key}`);
    }
  };
  visit(tree, inputs, 'inputs');
  return operands;
}

function checkedOperand({ name, shape, dtype }: Slot, value: unknown): Operand {
  if (value instanceof Tensor) {
    check(!value.isDisposed, where, `${name} has been disposed of`, { shape: value.shape });
    check(value.dtype === dtype, where, `${name} must be ${dtype}, as at the capture`, { dtype: value.dtype });
    const isShape = util.arraysEqual(value.shape, shape as number[]);
    check(isShape, where, `${name} must have the shape [${shape}], as at the capture`, { shape: value.shape });
    return value;
  }
  const expected = arrays[dtype] as new (length: number) => TypedArray;
  check(value instanceof expected, where, `${name} must be a tensor or a ${expected.name}`, { [name]: kindOf(value) });
  const length = util.sizeFromShape(shape as number[]);
  check(value.length === length, where, `${name} must have ${length} values for the shape [${shape}]`, {
    length: value.length,
  });
  return value;
}

function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
