// Names of layers that are given none, as in Keras: the class in snake_case, numbered from the second on.

import { toSnake } from '../../core/json.js';

const counts = new Map<string, number>();

/** Gives conv2d, conv2d_1, conv2d_2, ... A page never gets the same name twice. */
export function autoName(className: string): string {
  const stem = toSnake(className);
  const count = counts.get(stem) ?? 0;
  counts.set(stem, count + 1);
  return count === 0 ? stem : `${stem}_${count}`;
}
