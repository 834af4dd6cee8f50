// The layer ContrastLimitedAdaptiveHistogramEqualization: each tile of an image is equalized by its own histogram, whose
// counts are limited, and pixels between the centers of tiles interpolate the results of the four around them.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import { cast, stack, type Tensor, tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import { dataFormat, number, tuple } from '../base/fields.js';
import { floatInput, only } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { unstack } from '../base/parts.js';
import { mapRange, type Range, valueRange } from './augmentation.js';
import { applyToBatch, type Size } from './images.js';

const bytes: Range = [0, 255];

const fields = {
  dataFormat: dataFormat(),
  valueRange: valueRange(),
  clipLimit: number(4),
  tileGridSize: tuple(2, 8),
};

/** The arguments of Keras's ContrastLimitedAdaptiveHistogramEqualization. */
export interface ContrastLimitedAdaptiveHistogramEqualizationArgs extends BaseLayerArgs {
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
  /** How many times the mean count a bin keeps; the rest is spread over all bins. 0 or less: no limit. Default 4. */
  clipLimit?: number;
  /** The number of tiles along height and width. Default [8, 8]. */
  tileGridSize?: number | readonly number[];
  /** 'channels_last' or 'channels_first'. Default null: what `imageDataFormat()` says. */
  dataFormat?: string | null;
}

/**
 * Equalizes the histograms of tiles of each image and channel, at inference too. It has no gradient.
 * Input and output: float32 or int32 images, one or a batch.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class ContrastLimitedAdaptiveHistogramEqualization extends KerasLayer<typeof fields> {
  static readonly className: string = 'ContrastLimitedAdaptiveHistogramEqualization';
  static override readonly ignoredKeys: readonly string[] = ['boundingBoxFormat'];

  constructor(args: ContrastLimitedAdaptiveHistogramEqualizationArgs = {}, context?: LayerContext) {
    super(args, fields, context);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const { dtype } = only(inputs);
    return tidy(() => {
      const y = applyToBatch(floatInput(inputs), (batch) => this.#equalize(batch));
      return dtype === 'int32' ? cast(y, dtype) : y;
    });
  }

  #equalize(images: Tensor): Tensor {
    const { dataFormat, valueRange, clipLimit, tileGridSize } = this.config;
    const isLast = dataFormat === 'channels_last';
    const x = mapRange(images, valueRange, bytes);
    const planes = isLast ? transpose(x, [0, 3, 1, 2]) : x;
    const [, , height, width] = planes.shape as number[];
    const grid = tileGridSize as Size;
    const equalized = unstack(planes).map((image) => {
      const channels = unstack(image).map((plane) => {
        const values = plane.dataSync() as Float32Array;
        return tensor(equalizeTiles(values, { size: [height, width], grid, clipLimit }), [height, width]);
      });
      return stack(channels, isLast ? 2 : 0);
    });
    return mapRange(stack(equalized), bytes, valueRange);
  }
}

interface Tiling {
  readonly size: Size;
  readonly grid: Size;
  readonly clipLimit: number;
}

const levelOf = (value: number) => Math.trunc(Math.min(Math.max(value, 0), 255));

/** The place in an image that continues as its mirror image beyond the last row or column. */
function mirrored(place: number, size: number): number {
  const within = place % (2 * size);
  return within < size ? within : 2 * size - 1 - within;
}

/** Equalizes one channel of one image, values in [0, 255]. */
function equalizeTiles(values: Float32Array, { size, grid, clipLimit }: Tiling): Float32Array {
  const [height, width] = size;
  const [tileH, tileW] = [Math.ceil(height / grid[0]), Math.ceil(width / grid[1])];
  const tables = Array.from({ length: grid[0] * grid[1] }, (_, tile) => {
    const [top, left] = [Math.floor(tile / grid[1]) * tileH, (tile % grid[1]) * tileW];
    const counts = new Float64Array(256);
    for (let y = top; y < top + tileH; y++) {
      const row = mirrored(y, height) * width;
      for (let x = left; x < left + tileW; x++) counts[levelOf(values[row + mirrored(x, width)])]++;
    }
    return tableOf(counts, tileH * tileW, clipLimit);
  });
  const tableAt = (row: number, column: number) => tables[row * grid[1] + column];
  const rows = Array.from({ length: height }, (_, y) => neighboursOf(y, tileH, grid[0]));
  const columns = Array.from({ length: width }, (_, x) => neighboursOf(x, tileW, grid[1]));
  return values.map((value, i) => {
    const level = levelOf(value);
    const [[top, bottom, down], [left, right, aside]] = [rows[Math.floor(i / width)], columns[i % width]];
    const between = (row: number) => tableAt(row, left)[level] * (1 - aside) + tableAt(row, right)[level] * aside;
    return between(top) * (1 - down) + between(bottom) * down;
  });
}

/** The tiles before and behind a place, and the weight of the one behind. */
function neighboursOf(place: number, tile: number, count: number): [before: number, behind: number, weight: number] {
  const at = (place - tile / 2) / tile;
  const before = Math.floor(at);
  const inside = (i: number) => Math.min(Math.max(i, 0), count - 1);
  return [inside(before), inside(before + 1), at - before];
}

/** What each level becomes: its share of the limited counts, in [0, 255]. */
function tableOf(counts: Float64Array, pixels: number, clipLimit: number): Float64Array {
  const limit = clipLimit > 0 ? (clipLimit * pixels) / 256 : Number.POSITIVE_INFINITY;
  const excess = counts.reduce((sum, count) => sum + Math.max(count - limit, 0), 0);
  let sum = 0;
  const sums = counts.map((count) => {
    sum += Math.min(count, limit) + excess / 256;
    return sum;
  });
  const least = sums[0];
  const rest = pixels - least || 1;
  return sums.map((value) => Math.min(Math.max(((value - least) * 255) / rest, 0), 255));
}

/** Makes a ContrastLimitedAdaptiveHistogramEqualization layer. Arguments, shapes and errors are those of the class. */
export function contrastLimitedAdaptiveHistogramEqualization(
  args: ContrastLimitedAdaptiveHistogramEqualizationArgs = {},
): ContrastLimitedAdaptiveHistogramEqualization {
  return new ContrastLimitedAdaptiveHistogramEqualization(args);
}
