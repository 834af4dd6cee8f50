// Pictures of any size through a network from pictures to pictures (upscaling, denoising, segmentation), tile by tile.

import { type Tensor, type Tensor4D, tensor4d, tidy, transpose } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Floats } from '../core/bytes.js';
import { check } from '../core/errors.js';
import { defaultRange, type PictureInput, pictureInputOf } from '../pictures/pictureInput.js';
import { type PictureSource, readPixels } from './pictureSource.js';
import { type Preprocessing, pixelModeOf, preparePixels } from './preprocessing.js';
import { planSpans, type Span, sharesOf } from './tiles.js';

/** A part of the output that is final: rows from `y` on, over the whole width. */
export interface FinishedRows {
  /** The first row, in pixels of the output. */
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** [height, width, channels]. */
  readonly data: Floats;
}

export interface TiledOptions {
  /** The side of a tile in pixels of the input, at most. Default 256; a model with a fixed size has that. */
  readonly tile?: number;
  /**
   * How far neighbouring tiles overlap, in pixels of the input. Default 16, or a quarter of a smaller tile. The middle half
   * is blended, the rest of the border is thrown away: with four times the radius of what an output pixel depends on, the
   * result is that of the whole picture.
   */
  readonly overlap?: number;
  /** As for `pictureToTensor`. Default: `none` for a model that begins with Rescaling or Normalization, else `0..1`. */
  readonly preprocess?: Preprocessing;
  /** Called after each tile, with 1 to `total`. A promise is waited for, so that a page can paint. */
  readonly onProgress?: (done: number, total: number) => unknown;
  /**
   * Called with each band of rows when it is final, from the top. What it returns is waited for. With it nothing is
   * collected, and `predictTiled` gives null: memory is bounded by one row of tiles.
   */
  readonly onTile?: (rows: FinishedRows) => void | Promise<void>;
  /** Ends the work before the next tile: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A picture as floats. */
export interface FloatPicture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** [height, width, channels], in the range of the model's output. */
  readonly data: Floats;
}

/** A picture or a part of one, whose values may be another's. */
interface PixelValues extends Omit<FloatPicture, 'data'> {
  readonly data: Float32Array;
}

/**
 * Predicts a picture tile by tile. Every tile has the same shape; where the picture is smaller than a model's fixed size,
 * its border is repeated. No tensor is left behind, also if it ends early.
 *
 * @returns The output, [height, width, channels] times a factor that follows from the model; null with `onTile`.
 * @throws Error for a model that does not take or give one picture, and for options that do not fit.
 */
export async function predictTiled(
  model: LayersModel,
  source: PictureSource,
  options: TiledOptions = {},
): Promise<FloatPicture | null> {
  const input = pictureInputOf(model);
  const { preprocess = defaultRange(model), onProgress, onTile, signal } = options;
  const mode = pixelModeOf(preprocess);
  const picture = await pixelsOf(source, input);
  const plan = planOf(picture, input, options);
  const total = plan.rows.length * plan.columns.length;
  const whole = new Collected(onTile);
  let [done, bands] = [0, undefined as Bands | undefined];
  for (const [i, row] of plan.rows.entries()) {
    for (const [j, column] of plan.columns.entries()) {
      signal?.throwIfAborted();
      const tile = await predictOne(model, input, () => preparePixels(cut(picture, row, column), mode));
      bands ??= new Bands(plan, picture, tile, [row.size, column.size]);
      bands.add(tile, i, j);
      await onProgress?.(++done, total);
    }
    await whole.take((bands as Bands).finish(i));
  }
  return whole.picture;
}

/** The picture's values 0..255 on the CPU. */
async function pixelsOf(source: PictureSource, { channels }: PictureInput): Promise<PixelValues> {
  const pixels = await readPixels(source, channels);
  try {
    const [, height, width] = pixels.shape;
    return { height, width, channels, data: (await pixels.data()) as Float32Array };
  } finally {
    pixels.dispose();
  }
}

interface Plan {
  readonly rows: readonly Span[];
  readonly columns: readonly Span[];
}

function planOf({ width, height }: PixelValues, input: PictureInput, options: TiledOptions): Plan {
  const tile = Math.min(options.tile ?? 256, input.height ?? Infinity, input.width ?? Infinity);
  const overlap = options.overlap ?? Math.min(16, Math.floor(tile / 4));
  const isWhole = Number.isInteger(tile) && Number.isInteger(overlap);
  check(isWhole, 'predictTiled', 'tile and overlap must be whole numbers', { tile, overlap });
  return {
    rows: planSpans(height, input.height ?? tile, overlap, input.height !== null),
    columns: planSpans(width, input.width ?? tile, overlap, input.width !== null),
  };
}

/** A part of the picture, [1, height, width, channels]; beyond its border the last pixels are repeated. */
function cut({ width, height, channels, data }: PixelValues, row: Span, column: Span): Tensor4D {
  const values = new Float32Array(row.size * column.size * channels);
  const inside = (at: number, size: number) => Math.min(size - 1, Math.max(0, at));
  for (let y = 0; y < row.size; y++) {
    const from = inside(row.start + y, height) * width;
    for (let x = 0; x < column.size; x++) {
      const pixel = channels * (from + inside(column.start + x, width));
      const to = channels * (y * column.size + x);
      for (let c = 0; c < channels; c++) values[to + c] = data[pixel + c];
    }
  }
  return tensor4d(values, [1, row.size, column.size, channels]);
}

/** Runs the model on one tile and reads the output in NHWC. */
async function predictOne(model: LayersModel, { layout }: PictureInput, make: () => Tensor4D): Promise<PixelValues> {
  const isFirst = layout === 'channels_first';
  const y = tidy(() => {
    const x = make();
    const output = model.predict(isFirst ? transpose(x, [0, 3, 1, 2]) : x) as Tensor | Tensor[];
    const rule = 'the model must give one picture, [1, height, width, channels]';
    const isPicture = !Array.isArray(output) && output.rank === 4 && output.shape[0] === 1;
    check(isPicture, 'predictTiled', rule, { outputs: model.outputs.map(({ shape }) => shape) });
    return isFirst ? transpose(output, [0, 2, 3, 1]) : output;
  });
  try {
    const [, height, width, channels] = y.shape;
    return { height, width, channels, data: (await y.data()) as Float32Array };
  } finally {
    y.dispose();
  }
}

/** The rows of the output that are not final yet, to which tiles are added. */
class Bands {
  readonly #scale: number;
  readonly #width: number;
  readonly #height: number;
  readonly #channels: number;
  /** The first row of #data in the output. */
  #top = 0;
  #data = new Float32Array(0);

  constructor(
    private readonly plan: Plan,
    picture: PixelValues,
    tile: PixelValues,
    [tileHeight, tileWidth]: readonly [number, number],
  ) {
    this.#scale = tile.width / tileWidth;
    const isEven = tile.height === this.#scale * tileHeight;
    const rule = 'the output must be larger or smaller than the input by one factor';
    check(isEven, 'predictTiled', rule, { input: [tileHeight, tileWidth], output: [tile.height, tile.width] });
    this.#width = Math.round(picture.width * this.#scale);
    this.#height = Math.round(picture.height * this.#scale);
    this.#channels = tile.channels;
  }

  /** Adds the tile of a row and a column of the plan, with its weights. */
  add({ width, height, channels, data }: PixelValues, row: number, column: number): void {
    const { rows, columns } = this.plan;
    const [down, across] = [sharesOf(rows, row, this.#scale), sharesOf(columns, column, this.#scale)];
    const [top, left] = [rows[row].start, columns[column].start].map((start) => Math.round(start * this.#scale));
    this.#reach(Math.min(this.#height, top + height));
    for (let y = Math.max(0, -top); y < height && top + y < this.#height; y++) {
      for (let x = Math.max(0, -left); x < width && left + x < this.#width; x++) {
        const weight = down[y] * across[x];
        const to = channels * ((top + y - this.#top) * this.#width + left + x);
        const from = channels * (y * width + x);
        for (let c = 0; c < channels; c++) this.#data[to + c] += weight * data[from + c];
      }
    }
  }

  /** Takes the rows that no later row of tiles touches. */
  finish(row: number): FinishedRows {
    const next = this.plan.rows[row + 1];
    const end = next ? Math.round(next.start * this.#scale) : this.#height;
    const length = (end - this.#top) * this.#width * this.#channels;
    const data = this.#data.slice(0, length);
    const rows = { y: this.#top, width: this.#width, height: end - this.#top, channels: this.#channels, data };
    this.#data = this.#data.slice(length);
    this.#top = end;
    return rows;
  }

  #reach(end: number): void {
    const length = (end - this.#top) * this.#width * this.#channels;
    if (length <= this.#data.length) return;
    const longer = new Float32Array(length);
    longer.set(this.#data);
    this.#data = longer;
  }
}

/** What is final: handed on, or put together. */
class Collected {
  readonly #parts: FinishedRows[] = [];

  constructor(private readonly onTile?: TiledOptions['onTile']) {}

  async take(rows: FinishedRows): Promise<void> {
    if (rows.height === 0) return;
    if (this.onTile) await this.onTile(rows);
    else this.#parts.push(rows);
  }

  get picture(): FloatPicture | null {
    if (this.onTile) return null;
    const { width, channels } = this.#parts[0];
    const height = this.#parts.reduce((sum, part) => sum + part.height, 0);
    const data = new Float32Array(height * width * channels);
    for (const part of this.#parts) data.set(part.data, part.y * width * channels);
    return { width, height, channels, data };
  }
}
