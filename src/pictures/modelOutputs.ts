// Interprets an output of a model by its shape: scores of classes, a picture, or just numbers.

import type { Picture } from './picture.js';
import type { PixelRange } from './pictureInput.js';

export interface Output {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

export type OutputKind = 'classes' | 'picture' | 'numbers';

export interface Statistics {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** The number of values that are NaN or infinite. The other figures leave them out. */
  readonly nonFinite: number;
}

export interface RankedClass {
  readonly index: number;
  readonly label?: string;
  readonly score: number;
}

/** The values that become black and white; 'fit': the least and the greatest of the output. */
export type OutputRange = PixelRange | 'fit';

export function kindOf({ shape }: Pick<Output, 'shape'>): OutputKind {
  if (shape.length === 2 && shape[1] > 1) return 'classes';
  return planesOf(shape) ? 'picture' : 'numbers';
}

export function statisticsOf(values: ArrayLike<number>): Statistics {
  let [min, max, sum, finite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    finite++;
  }
  if (finite === 0) return { min: Number.NaN, max: Number.NaN, mean: Number.NaN, nonFinite: values.length };
  return { min, max, mean: sum / finite, nonFinite: values.length - finite };
}

/**
 * The classes with the highest scores, the best first. Equal scores, and scores that are NaN, keep their order.
 * @throws Error for a wrong number of labels.
 */
export function topClasses(values: ArrayLike<number>, count: number, labels?: readonly string[]): RankedClass[] {
  if (labels && labels.length !== values.length) {
    throw new Error(
      `there must be one label for each of the ${values.length} classes; received ${labels.length} labels`,
    );
  }
  const order = Array.from(values, (_, index) => index);
  const rank = (index: number) => (Number.isNaN(values[index]) ? Number.NEGATIVE_INFINITY : values[index]);
  order.sort((a, b) => (rank(a) === rank(b) ? a - b : rank(b) - rank(a)));
  return order.slice(0, count).map((index) => ({
    index,
    ...(labels ? { label: labels[index] } : {}),
    score: values[index],
  }));
}

/**
 * The output as a picture, with the range mapped to 0..255.
 * @throws Error for an output that is no picture.
 */
export function pictureOf({ shape, values }: Output, range: OutputRange): Picture {
  const planes = planesOf(shape);
  if (!planes) {
    throw new Error(
      `an output that is a picture has the shape [1, height, width, channels] with 1, 3 or 4 channels; received [${shape.join(', ')}]`,
    );
  }
  const { width, height, channels, pixelStep, channelStep } = planes;
  const toByte = scaleOf(range, values);
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < Math.max(3, channels); c++) {
      data[pixel * 4 + c] = toByte(values[pixel * pixelStep + (channels === 1 ? 0 : c) * channelStep]);
    }
  }
  return { width, height, data };
}

interface Planes {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixelStep: number;
  readonly channelStep: number;
}

function planesOf(shape: readonly number[]): Planes | null {
  const isPlain = (size: number) => size === 1 || size === 3 || size === 4;
  if (shape.length !== 4 || shape[0] !== 1 || shape.some((size) => size === 0)) return null;
  const [, a, b, c] = shape;
  if (isPlain(c)) return { height: a, width: b, channels: c, pixelStep: c, channelStep: 1 };
  if (isPlain(a)) return { height: b, width: c, channels: a, pixelStep: 1, channelStep: b * c };
  return null;
}

function scaleOf(range: OutputRange, values: ArrayLike<number>): (value: number) => number {
  if (range === 'none') return (value) => value;
  if (range === '0..1') return (value) => value * 255;
  if (range === '-1..1') return (value) => (value + 1) * 127.5;
  const { min, max } = statisticsOf(values);
  return (value) => (max > min ? ((value - min) / (max - min)) * 255 : 127.5);
}
