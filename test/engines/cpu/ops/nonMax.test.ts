// Non-maximum suppression on every variant, beside a plain loop in float64.

import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../../support/backends.js';
import { expectEverywhere } from '../../../support/cpu/expectEverywhere.js';
import type { Given } from '../../../support/cpu/runOps.js';
import { random } from '../../../support/randomCases.js';

interface Case {
  readonly boxes: number;
  readonly most: number;
  readonly iou: number;
  readonly least: number;
  /** Scores are multiples of 1/levels, so that few levels make many equal. */
  readonly levels: number;
  /** Boxes are at most this wide and high. */
  readonly size: number;
}

const cases: readonly Case[] = [
  { boxes: 1, most: 1, iou: 0.5, least: -Infinity, levels: 10, size: 0.5 },
  { boxes: 5, most: 3, iou: 0.5, least: -Infinity, levels: 3, size: 0.9 },
  { boxes: 64, most: 64, iou: 0.4, least: 0.3, levels: 5, size: 0.5 },
  { boxes: 300, most: 10, iou: 0.6, least: 0.1, levels: 1000, size: 0.3 },
  { boxes: 300, most: 300, iou: 0.3, least: -Infinity, levels: 7, size: 0.3 },
  { boxes: 500, most: 20, iou: 0.01, least: 0, levels: 1000, size: 0.9 },
  { boxes: 500, most: 20, iou: 0.99, least: 0.9, levels: 1000, size: 0.01 },
  { boxes: 9, most: 5, iou: 0.5, least: 2, levels: 10, size: 0.5 },
];

function draw({ boxes, levels, size }: Case, seed: number): { boxes: Given; scores: Given } {
  const next = random(seed);
  const unit = () => (next() + 1) / 2;
  const corners = Array.from({ length: boxes }, (_, i) => {
    const [y, x] = [unit(), unit()];
    const far = i % 7 === 0 ? [y, x] : [y + size * unit(), x + size * unit()]; // some have no area
    return i % 3 === 0 ? [far[0], far[1], y, x] : [y, far[1], far[0], x]; // any two opposite corners
  });
  const scores = Float32Array.from({ length: boxes }, () => Math.floor(unit() * levels) / levels);
  return {
    boxes: { values: Float32Array.from(corners.flat()), shape: [boxes, 4], dtype: 'float32' },
    scores: { values: scores, shape: [boxes], dtype: 'float32' },
  };
}

function overlap(boxes: Given, i: number, j: number): number {
  const edges = [i, j].map((n) => {
    const [y1, x1, y2, x2] = boxes.values.slice(4 * n, 4 * n + 4);
    return { top: Math.min(y1, y2), left: Math.min(x1, x2), bottom: Math.max(y1, y2), right: Math.max(x1, x2) };
  });
  const [a, b] = edges;
  const areas = edges.map(({ top, left, bottom, right }) => (bottom - top) * (right - left));
  if (areas.some((area) => area <= 0)) return 0;
  const h = Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
  const w = Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left));
  return (h * w) / (areas[0] + areas[1] - h * w);
}

function taken({ boxes, scores }: { boxes: Given; scores: Given }, { most, iou, least }: Case): number[] {
  const order = [...scores.values.keys()]
    .filter((i) => scores.values[i] > Math.fround(least))
    .sort((i, j) => scores.values[j] - scores.values[i] || i - j);
  const out: number[] = [];
  for (const i of order) {
    if (out.length < most && out.every((j) => overlap(boxes, i, j) < iou)) out.push(i);
  }
  return out;
}

const ints = (values: readonly number[], shape = [values.length]) => ({ shape, dtype: 'int32' as const, values });

describe('CPU engine: non-maximum suppression', () => {
  useBackend('convnet-cpu');

  for (const [seed, each] of cases.entries()) {
    it(JSON.stringify(each), async () => {
      const { most, iou, least } = each;
      const given = draw(each, seed + 1);
      const want = taken(given, each);
      const operands = [given.boxes, given.scores];
      const { image } = tf;
      const v3 = (b: tf.Tensor2D, s: tf.Tensor1D) => image.nonMaxSuppression(b, s, most, iou, least);
      await expectEverywhere('V3', v3 as never, operands, [ints(want)]);
      const v4 = (pad: boolean) => (b: tf.Tensor2D, s: tf.Tensor1D) =>
        Object.values(image.nonMaxSuppressionPadded(b, s, most, iou, least, pad));
      const zeros = Array<number>(most - want.length).fill(0);
      await expectEverywhere('V4', v4(false) as never, operands, [ints(want), ints([want.length], [])]);
      await expectEverywhere('V4 padded', v4(true) as never, operands, [
        ints([...want, ...zeros]),
        ints([want.length], []),
      ]);
      const scores = {
        shape: [want.length],
        dtype: 'float32' as const,
        values: want.map((i) => given.scores.values[i]),
      };
      const v5 = (b: tf.Tensor2D, s: tf.Tensor1D) =>
        Object.values(image.nonMaxSuppressionWithScore(b, s, most, iou, least, 0));
      await expectEverywhere('V5', v5 as never, operands, [ints(want), scores]);
    });
  }

  it('an overlap that is the threshold, and NaN among the scores', async () => {
    const boxes: Given = {
      values: Float32Array.of(0, 0, 1, 1, 0, 0, 1, 0.5, 0, 0, 1, 1, 5, 5, 6, 6),
      shape: [4, 4],
      dtype: 'float32',
    };
    const scores: Given = { values: Float32Array.of(0.9, 0.8, NaN, 0.7), shape: [4], dtype: 'float32' };
    const op = (b: tf.Tensor2D, s: tf.Tensor1D) => tf.image.nonMaxSuppression(b, s, 4, 0.5);
    await expectEverywhere('threshold', op as never, [boxes, scores], [ints([0, 3])]);
  });
});
