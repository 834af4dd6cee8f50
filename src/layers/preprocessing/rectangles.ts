// Rectangles at random places of images, which layers erase or exchange.

import { greaterEqual, less, logicalAnd, range, reshape, type Tensor, tensor4d } from '@tensorflow/tfjs-core';
import type { KerasDataFormat } from '../base/fields.js';
import { uniformNumbers } from '../random/distributions.js';
import type { Random } from '../random/seededRandom.js';
import type { Size } from './images.js';

/** From where to where, in pixels and parts of them: a pixel belongs to it whose number is in [from, to). */
export type Span = readonly [from: number, to: number];

/** The rows and columns of a rectangle. */
export interface Rectangle {
  readonly y: Span;
  readonly x: Span;
}

/** A rectangle at a random place. @param share height and width as parts of those of the image. */
export function drawRectangle(random: Random, [height, width]: Size, share: Size): Rectangle {
  const span = (size: number, part: number): Span => {
    const from = uniformNumbers(random, 1)[0] * (size - part * size);
    return [from, from + part * size];
  };
  const x = span(width, share[1]);
  return { x, y: span(height, share[0]) };
}

/** Whether each pixel is in the rectangle of its image: a bool tensor that broadcasts against the batch. */
export function insideRectangles(
  rectangles: readonly Rectangle[],
  [height, width]: Size,
  dataFormat: KerasDataFormat,
): Tensor {
  const isLast = dataFormat === 'channels_last';
  const inside = (size: number, shape: number[], spans: readonly Span[]) => {
    const at = reshape(range(0, size), shape);
    const edge = (i: 0 | 1) =>
      tensor4d(
        spans.map((span) => span[i]),
        [spans.length, 1, 1, 1],
      );
    return logicalAnd(greaterEqual(at, edge(0)), less(at, edge(1)));
  };
  const ofRows = inside(
    height,
    isLast ? [1, height, 1, 1] : [1, 1, height, 1],
    rectangles.map(({ y }) => y),
  );
  const ofColumns = inside(
    width,
    isLast ? [1, 1, width, 1] : [1, 1, 1, width],
    rectangles.map(({ x }) => x),
  );
  return logicalAnd(ofRows, ofColumns);
}
