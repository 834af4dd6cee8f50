// Where bounding boxes go when the pixels of their images move. Boxes are corners x1 y1 x2 y2 [n, boxes, 4], in pixels
// where nothing else is said. A number of an image is a column [n, 1, 1].
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import {
  add,
  concat,
  div,
  greater,
  less,
  max,
  maximum,
  min,
  minimum,
  mul,
  split,
  stack,
  sub,
  type Tensor,
  tensor3d,
  where,
} from '@tensorflow/tfjs-core';
import type { Size } from './images.js';

type Columns = [x1: Tensor, y1: Tensor, x2: Tensor, y2: Tensor];
type Point = readonly [x: Tensor, y: Tensor];

/** The numbers a, b, c, d, e, f: the output pixel (x, y) is read at (a x + b y + c, d x + e y + f). */
export type Affine = readonly [number, number, number, number, number, number];

const columnsOf = (corners: Tensor) => split(corners, 4, -1) as Columns;
const joined = (columns: readonly Tensor[]) => concat([...columns], -1);

/** A number of each image, to compute with columns of boxes. */
export function perBox(values: readonly number[]): Tensor {
  return tensor3d([...values], [values.length, 1, 1]);
}

/** The boxes around the four corners of boxes, each moved by `move`. */
export function boundsOf(corners: Tensor, move: (point: Point) => Point): Tensor {
  const [x1, y1, x2, y2] = columnsOf(corners);
  const points: Point[] = [
    [x1, y1],
    [x2, y1],
    [x2, y2],
    [x1, y2],
  ];
  const moved = points.map(move);
  const [xs, ys] = [0, 1].map((axis) => stack(moved.map((point) => point[axis])));
  return joined([min(xs, 0), min(ys, 0), max(xs, 0), max(ys, 0)]);
}

/** Boxes of images that are rotated around their center: pixels are read by a map, and corners move by its inverse. */
export function rotateCorners(corners: Tensor, affines: readonly Affine[], [height, width]: Size): Tensor {
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  const of = (f: (affine: Affine) => number) => perBox(affines.map(f));
  const [cos, sin] = [of(([a]) => a), of(([, , , d]) => d)];
  return boundsOf(corners, ([x, y]) => {
    const [dx, dy] = [sub(x, cx), sub(y, cy)];
    return [add(add(mul(cos, dx), mul(sin, dy)), cx), add(sub(mul(cos, dy), mul(sin, dx)), cy)];
  });
}

/** Boxes of images that are translated. */
export function translateCorners(corners: Tensor, affines: readonly Affine[]): Tensor {
  const [x, y] = [perBox(affines.map(([, , c]) => c)), perBox(affines.map((affine) => affine[5]))];
  return sub(corners, joined([x, y, x, y]));
}

/**
 * Boxes of images that are zoomed, in parts of the image: what lies in the window that is seen, in parts of that window.
 * The window ends where the map takes the image's size, which is a pixel beyond the last one, as in Keras.
 */
export function zoomCorners(corners: Tensor, affines: readonly Affine[], [height, width]: Size): Tensor {
  const of = (f: (affine: Affine) => number) => perBox(affines.map(f));
  const [left, top] = [of(([, , c]) => c), of((affine) => affine[5])];
  const [seenW, seenH] = [of(([a]) => a * width), of(([, , , , e]) => e * height)];
  const inX = (x: Tensor) => div(sub(minimum(maximum(x, left), add(left, seenW)), left), seenW);
  const inY = (y: Tensor) => div(sub(minimum(maximum(y, top), add(top, seenH)), top), seenH);
  const [x1, y1, x2, y2] = columnsOf(corners);
  return joined([inX(x1), inY(y1), inX(x2), inY(y2)]);
}

/** Boxes of images that are sheared. Boxes are in parts of the image, whatever its aspect ratio, as in Keras. */
export function shearCorners(corners: Tensor, affines: readonly Affine[]): Tensor {
  const [shearX, shearY] = [perBox(affines.map(([, b]) => b)), perBox(affines.map(([, , , d]) => d))];
  const [x1, y1, x2, y2] = columnsOf(corners);
  const atX = (x: Tensor, y: Tensor) => sub(x, mul(shearX, y));
  const isLeft = less(shearX, 0);
  const left = where(isLeft, atX(x1, y1), atX(x1, y2));
  const right = where(isLeft, atX(x2, y2), atX(x2, y1));
  const atY = (y: Tensor, x: Tensor) => sub(y, mul(shearY, x));
  const isDown = greater(shearY, 0);
  const top = where(isDown, atY(y1, right), atY(y1, left));
  const bottom = where(isDown, atY(y2, left), atY(y2, right));
  return joined([left, top, right, bottom]);
}

/** How images get another size: stretched, or padded or cropped to the aspect ratio first. */
export type Fitting = 'stretch' | 'pad' | 'crop';

/** Boxes of images that are resized, in pixels of the new size. Computed in float32, as in Keras: offsets are whole. */
export function resizeCorners(corners: Tensor, from: Size, to: Size, fitting: Fitting): Tensor {
  const { fround, floor } = Math;
  const [ratioH, ratioW] = [fround(to[0] / from[0]), fround(to[1] / from[1])];
  const moved = (scaleX: number, scaleY: number, x: number, y: number) =>
    add(mul(corners, tensor3d([scaleX, scaleY, scaleX, scaleY], [1, 1, 4])), tensor3d([x, y, x, y], [1, 1, 4]));
  if (fitting === 'stretch') return moved(ratioW, ratioH, 0, 0);
  if (fitting === 'pad') {
    const ratio = Math.min(ratioH, ratioW);
    const offset = (axis: 0 | 1) => floor(fround(to[axis] - fround(from[axis] * ratio)) / 2);
    return moved(ratio, ratio, offset(1), offset(0));
  }
  const aspect = fround(from[1] / from[0]);
  const isWide = aspect > fround(to[1] / to[0]);
  const width = isWide ? fround(to[0] * aspect) : to[1];
  const height = isWide ? to[0] : fround(to[1] / aspect);
  const cut = (size: number, wanted: number) => -floor(fround(size - wanted) / 2);
  return moved(fround(width / from[1]), fround(height / from[0]), cut(width, to[1]), cut(height, to[0]));
}
