// States that shared data may be in, and ways to look at them: all must show the same values.

import * as tf from '@tensorflow/tfjs';
import { draw, expectSame, throughTiles, valuesIn } from './operands.js';

export const shape = [2, 3, 5, 6] as const;
/** Exact in 16 bits. */
export const values = valuesIn(shape, 1).map((value) => Math.round(value * 1024) / 1024);

/** Ways to bring data that exist in the tiled layout alone into another state; the values stay. */
export const states: Readonly<Record<string, (x: tf.Tensor) => void>> = {
  'not drawn yet': () => {},
  'in the tiled layout alone': draw,
  'read once': (x) => void x.dataSync(),
  'in the tiled layout and packed': (x) => tf.dispose(tf.neg(x)),
  'in the tiled layout and unpacked': (x) => tf.dispose(tf.cumsum(x, 3)),
  'in the tiled layout under another shape': (x) => tf.dispose(tf.tidy(() => throughTiles(x.reshape([1, 5, 6, 6])))),
  'as slices of it': (x) => tf.dispose(tf.slice(x, [1, 0, 0, 0])),
};

/** Ways to look at [2, 3, 5, 6] data; each gives the values in their order. */
export const views: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  values: (x) => tf.clone(x),
  'through the tiled layout': throughTiles,
  'through the tiled layout of another shape': (x) => throughTiles(x.reshape([6, 1, 1, 30])),
  'by a packed program': (x) => tf.add(x, 0),
  'by an unpacked program': (x) => tf.reverse(tf.reverse(x, 3), 3),
  'in slices': (x) => tf.concat([tf.slice(x, [0, 0, 0, 0], [1, 3, 5, 6]), tf.slice(x, [1, 0, 0, 0])], 0),
  'in slices through the tiled layout': (x) => tf.concat(tf.split(x, 2).map(throughTiles), 0),
};

export function expectValues(what: string, x: tf.Tensor): void {
  for (const [view, look] of Object.entries(views)) {
    const seen = tf.tidy(() => look(x));
    expectSame(`${what}, ${view}`, seen.dataSync(), values);
    seen.dispose();
  }
}
