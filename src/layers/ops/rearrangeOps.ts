// keras.ops.rearrange: splits, transposes and merges axes by a pattern such as 'b (h w) c -> b c h w'.
// Source: https://keras.io/api/ops/einops/

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { OpCall } from './opCall.js';
import { type OpTable, op } from './opRow.js';
import { permute, product } from './permuteAxes.js';

/** One side of the pattern: for each axis of the tensor the names of its factors. No names are an axis of size 1. */
type Side = readonly (readonly string[])[];

function readSide(text: string): Side {
  const tokens = text.match(/\([^()]*\)|[^\s()]+/g) ?? [];
  return tokens.map((token) => {
    const names = token.replace(/[()]/g, ' ').split(/\s+/).filter(Boolean);
    return names.filter((name) => name !== '1');
  });
}

/** Replaces '...' by `count` axes, named by their numbers from the left. */
function withoutDots(side: Side, count: number): Side {
  return side.flatMap((names) => (names[0] === '...' ? Array.from({ length: count }, (_, i) => [`.${i}`]) : [names]));
}

function sizesOf(call: OpCall, side: Side, x: tf.Tensor): Map<string, number> {
  const sizes = new Map(
    call.entries().flatMap(([key, value]) => (typeof value === 'number' ? [[key, value] as const] : [])),
  );
  side.forEach((names, axis) => {
    const unknown = names.filter((name) => !sizes.has(name));
    const known = product(names.map((name) => sizes.get(name) ?? 1));
    if (unknown.length === 1) sizes.set(unknown[0], x.shape[axis] / known);
    const isWhole = product(names.map((name) => sizes.get(name) ?? 0)) === x.shape[axis];
    if (unknown.length > 1 || !isWhole || !names.every((name) => Number.isInteger(sizes.get(name)))) {
      throw new KerasValueError(
        `${call.where}: axis ${axis} does not split into (${names.join(' ')}). Received: input shape ${showValue(x.shape)}`,
      );
    }
  });
  return sizes;
}

const rearrange = op('tensor pattern', (call) => {
  const x = call.tensor('tensor');
  const pattern = call.text('pattern');
  const [left, right] = pattern.split('->').map(readSide);
  const fail = () =>
    new KerasValueError(
      `${call.where}: both sides of the pattern must name the same axes, as many as the input has. Received: pattern='${pattern}', input shape ${showValue(x.shape)}`,
    );
  if (!right) throw fail();
  const hasDots = left.some(([name]) => name === '...');
  const count = hasDots ? x.rank - left.length + 1 : 0;
  if (count < 0) throw fail();
  const [from, to] = [left, right].map((side) => withoutDots(side, count));
  const [names, wanted] = [from.flat(), to.flat()];
  const isSame = names.length === wanted.length && new Set(names).size === names.length;
  if (from.length !== x.rank || !isSame || !wanted.every((name) => names.includes(name))) throw fail();
  const sizes = sizesOf(call, from, x);
  const sizeOf = (name: string) => sizes.get(name) as number;
  const split = tf.reshape(x, names.map(sizeOf));
  const moved = permute(
    split,
    wanted.map((name) => names.indexOf(name)),
  );
  return tf.reshape(
    moved,
    to.map((parts) => product(parts.map(sizeOf))),
  );
});

export const rearrangeOps: OpTable = { Rearrange: rearrange };
