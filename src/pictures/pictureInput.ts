// Describes the picture that a model takes, and makes its input tensor from a picture. It uses no file and no canvas,
// so that the command and the demo share it.

import {
  div,
  image as imageOps,
  sub,
  type Tensor,
  type Tensor4D,
  tensor4d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { LayersModel, type layers } from '@tensorflow/tfjs-layers';
import type { Picture } from './picture.js';

/** The range to which the bytes 0..255 are scaled; 'none' leaves them as they are. */
export const pixelRanges = ['0..1', '-1..1', 'none'] as const;
export type PixelRange = (typeof pixelRanges)[number];

export interface PictureInput {
  readonly layout: 'channels_last' | 'channels_first';
  /** Null if the model takes any height. */
  readonly height: number | null;
  readonly width: number | null;
  readonly channels: 1 | 3 | 4;
}

/**
 * The picture that a model takes.
 * @throws Error for a model whose input is not one picture.
 */
export function pictureInputOf(model: LayersModel): PictureInput {
  const shapes = model.inputs.map(({ shape }) => shape);
  const [shape] = shapes;
  const layout = shapes.length === 1 ? layoutOf(shape) : null;
  if (layout === null) {
    const taken = shapes.map((sizes) => `[${sizes.map((size) => size ?? '?').join(', ')}]`).join(', ');
    throw new Error(
      `the model must take one picture, [batch, height, width, channels] or [batch, channels, height, width] with 1, 3 or 4 channels; its inputs are ${taken}`,
    );
  }
  if (shape[0] !== null && shape[0] !== 1) {
    throw new Error(`the model must take one example at a time; its batch size is ${shape[0]}`);
  }
  const [height, width, channels] = layout === 'channels_last' ? shape.slice(1) : [shape[2], shape[3], shape[1]];
  return { layout, height, width, channels: (channels ?? 3) as 1 | 3 | 4 };
}

function layoutOf(shape: readonly (number | null)[]): PictureInput['layout'] | null {
  if (shape.length !== 4) return null;
  if (isPictureDepth(shape[3])) return 'channels_last';
  if (isPictureDepth(shape[1])) return 'channels_first';
  return shape[3] === null ? 'channels_last' : null;
}

function isPictureDepth(size: number | null): boolean {
  return size === 1 || size === 3 || size === 4;
}

/**
 * The size to which a picture is resized: the model's, else the one asked for, else the picture's own.
 * @throws Error if the size asked for is not the model's.
 */
export function inputSize(
  input: PictureInput,
  picture: Pick<Picture, 'width' | 'height'>,
  asked?: readonly [height: number, width: number],
): [height: number, width: number] {
  const fits = asked && [input.height, input.width].every((size, i) => size === null || size === asked[i]);
  if (asked && !fits) {
    const taken = `${input.height ?? 'any'}x${input.width ?? 'any'}`;
    throw new Error(`the model takes pictures of ${taken}; received the size ${asked.join('x')}`);
  }
  return [input.height ?? asked?.[0] ?? picture.height, input.width ?? asked?.[1] ?? picture.width];
}

const firstSteps = ['Rescaling', 'Normalization'];

/**
 * 'none' for a model that begins by scaling its pixels, else '0..1'. A model's file does not name the range it was
 * trained on.
 */
export function defaultRange(model: LayersModel): PixelRange {
  return firstSteps.includes(firstLayer(model)?.getClassName() ?? '') ? 'none' : '0..1';
}

function firstLayer(model: LayersModel): layers.Layer | undefined {
  const first = model.layers.find((layer) => layer.getClassName() !== 'InputLayer');
  return first instanceof LayersModel ? firstLayer(first) : first;
}

/**
 * Makes the input tensor [1, height, width, channels], or [1, channels, height, width]. It resizes bilinearly (half
 * pixel centers, no antialiasing, as tf.image.resizeBilinear) and blends transparent pixels with white.
 */
export function makePictureTensor(
  picture: Picture,
  { layout, channels }: PictureInput,
  [height, width]: readonly [number, number],
  range: PixelRange,
): Tensor {
  return tidy(() => {
    const pixels = pixelsOf(picture, channels);
    const isSame = height === picture.height && width === picture.width;
    const resized = isSame ? pixels : imageOps.resizeBilinear(pixels, [height, width], false, true);
    const scaled = scaledTo(range, resized);
    return layout === 'channels_last' ? scaled : transpose(scaled, [0, 3, 1, 2]);
  });
}

function scaledTo(range: PixelRange, pixels: Tensor4D): Tensor4D {
  switch (range) {
    case '0..1':
      return div(pixels, 255);
    case '-1..1':
      return sub(div(pixels, 127.5), 1);
    case 'none':
      return pixels;
    default:
      return range satisfies never;
  }
}

/** The pixels [1, height, width, channels], 0..255. */
export function pixelsOf(picture: Picture, channels: 1 | 3 | 4): Tensor4D {
  return tensor4d(channelsOf(picture, channels), [1, picture.height, picture.width, channels]);
}

/** The values [height * width * channels], 0..255. Grey follows ITU-R BT.601, as in Keras's loader. */
function channelsOf({ data }: Picture, channels: 1 | 3 | 4): Float32Array {
  const pixels = data.length / 4;
  const values = new Float32Array(pixels * channels);
  if (channels === 4) return Float32Array.from(data);
  const over = (byte: number, opacity: number) => byte * opacity + 255 * (1 - opacity);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const at = pixel * 4;
    const opacity = data[at + 3] / 255;
    if (channels === 1) {
      const [red, green, blue] = [data[at], data[at + 1], data[at + 2]];
      values[pixel] = 0.299 * over(red, opacity) + 0.587 * over(green, opacity) + 0.114 * over(blue, opacity);
    } else for (let c = 0; c < 3; c++) values[pixel * 3 + c] = Math.round(over(data[at + c], opacity));
  }
  return values;
}
