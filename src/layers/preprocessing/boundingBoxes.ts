// Bounding boxes [..., 4] in Keras's formats. All of them go through pixels x1 y1 x2 y2.
// Source: https://keras.io/api/utils/bounding_boxes/convert_format/

import {
  add,
  concat,
  div,
  greater,
  maximum,
  minimum,
  mul,
  scalar,
  split,
  squeeze,
  sub,
  type Tensor,
  tensor1d,
  where,
} from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { BOX_LABELS, BOXES, type Parts } from './imageLayer.js';
import type { Size } from './images.js';

type Corners = [x1: Tensor, y1: Tensor, x2: Tensor, y2: Tensor];

interface Format {
  /** Corners of the four columns. */
  readonly from: (columns: Corners) => Corners;
  readonly to: (corners: Corners) => Corners;
}

const swap = ([a, b, c, d]: Corners): Corners => [b, a, d, c];
const half = (x: Tensor) => div(x, 2);
const same = (columns: Corners) => columns;
const fromCenter = ([x, y, w, h]: Corners): Corners => [
  sub(x, half(w)),
  sub(y, half(h)),
  add(x, half(w)),
  add(y, half(h)),
];
const toCenter = ([x1, y1, x2, y2]: Corners): Corners => {
  const [w, h] = [sub(x2, x1), sub(y2, y1)];
  return [add(x1, half(w)), add(y1, half(h)), w, h];
};

const formats: Readonly<Record<string, Format>> = {
  xyxy: { from: same, to: same },
  yxyx: { from: swap, to: swap },
  xywh: {
    from: ([x, y, w, h]) => [x, y, add(x, w), add(y, h)],
    to: ([x1, y1, x2, y2]) => [x1, y1, sub(x2, x1), sub(y2, y1)],
  },
  center_xywh: { from: fromCenter, to: toCenter },
  center_yxhw: { from: (columns) => fromCenter(swap(columns)), to: (corners) => swap(toCenter(corners)) },
};

const relative = new Set(['rel_xyxy', 'rel_yxyx', 'rel_xywh', 'rel_center_xywh']);

function formatOf(name: string): { readonly format: Format; readonly isRelative: boolean } {
  const key = name.toLowerCase();
  const isRelative = relative.has(key);
  const format = Object.hasOwn(formats, key) || isRelative ? formats[key.replace('rel_', '')] : undefined;
  if (format) return { format, isRelative };
  throw new KerasValueError(
    `Invalid source or target format. Supported formats: ${[...Object.keys(formats), ...relative].join(', ')}. Received: boundingBoxFormat=${showValue(name)}`,
  );
}

/** Boxes [n, boxes, 4] and their labels. */
export interface BoxesAndLabels {
  readonly boxes: Tensor;
  readonly labels: Tensor;
}

/** The parts, with changed boxes and labels if there are some. */
export function withBoxes(parts: Parts, change: (boxes: Tensor, labels: Tensor) => BoxesAndLabels): Parts {
  const [boxes, labels] = [parts.get(BOXES), parts.get(BOX_LABELS)];
  if (!boxes || !labels) return parts;
  const changed = change(boxes, labels);
  return new Map(parts).set(BOXES, changed.boxes).set(BOX_LABELS, changed.labels);
}

const columnsOf = (boxes: Tensor) => split(boxes, 4, -1) as Corners;
const joined = (columns: Corners) => concat(columns, -1);

/** The boxes as x1 y1 x2 y2, in pixels, or in parts of the image if `isRelative`. */
export function toCorners(boxes: Tensor, source: string, [height, width]: Size, isRelative = false): Tensor {
  checkBoxes(boxes);
  const from = formatOf(source);
  const corners = joined(from.format.from(columnsOf(boxes)));
  if (from.isRelative === isRelative) return corners;
  const scale = sizesOf(height, width);
  return isRelative ? div(corners, scale) : mul(corners, scale);
}

/** The inverse of `toCorners`. */
export function fromCorners(corners: Tensor, target: string, [height, width]: Size, isRelative = false): Tensor {
  const to = formatOf(target);
  const scale = sizesOf(height, width);
  const scaled = to.isRelative === isRelative ? corners : isRelative ? mul(corners, scale) : div(corners, scale);
  return joined(to.format.to(columnsOf(scaled)));
}

/**
 * Corners within [0, width] and [0, height], and the labels, which become -1 where a box has no area.
 * @param labels [n, boxes].
 */
export function clipCorners(corners: Tensor, labels: Tensor, [height, width]: Size): BoxesAndLabels {
  const within = (x: Tensor, limit: number) => minimum(maximum(x, 0), limit);
  const [x1, y1, x2, y2] = columnsOf(corners);
  const clipped: Corners = [within(x1, width), within(y1, height), within(x2, width), within(y2, height)];
  const area = mul(sub(clipped[2], clipped[0]), sub(clipped[3], clipped[1]));
  const isSeen = squeeze(greater(area, 0), [area.rank - 1]);
  return { boxes: joined(clipped), labels: where(isSeen, labels, scalar(-1, labels.dtype as 'float32')) };
}

/** Corners in parts of the image, mirrored along x (0) or y (1). */
export function flipCorners(corners: Tensor, axis: 0 | 1): Tensor {
  const [x1, y1, x2, y2] = columnsOf(corners);
  return joined(axis === 0 ? [sub(1, x2), y1, sub(1, x1), y2] : [x1, sub(1, y2), x2, sub(1, y1)]);
}

function sizesOf(height: number, width: number): Tensor {
  return tensor1d([width, height, width, height]);
}

function checkBoxes({ shape }: Tensor): void {
  if (shape[shape.length - 1] === 4) return;
  throw new KerasValueError(
    `\`boxes\` must be a tensor with the last dimension of 4. Received: boxes.shape=${showValue(shape)}`,
  );
}
