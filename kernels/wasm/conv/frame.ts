// An image with as many zeros around it as its convolution reads. The copy is one pass over the memory, 1 to 2 % of a convolution
// with 64 outputs, and spares the kernel every question about borders.

import type { Device } from '../device.js';
import { padImage } from '../movement/pad.js';
import { type Axis, frameOf } from './access.js';
import type { Framed } from './segmented.js';

interface Image {
  readonly image: number;
  readonly batch: number;
  readonly inC: number;
  readonly rows: Axis;
  readonly columns: Axis;
}

export function withFrame(
  device: Device,
  { image, batch, inC, rows, columns }: Image,
  use: (framed: Framed) => void,
): void {
  const [inH, inW] = [rows.size, columns.size];
  const { before: padTop, after: padBottom } = frameOf(rows);
  const { before: padLeft, after: padRight } = frameOf(columns);
  const height = padTop + inH + padBottom;
  const width = padLeft + inW + padRight;
  if (height === inH && width === inW) {
    use({ image, height, width, top: 0, left: 0 });
    return;
  }
  const copy = device.alloc(4 * batch * height * width * inC);
  try {
    padImage(device, { from: image, to: copy, batch, inH, inW, inC, padTop, padBottom, padLeft, padRight });
    use({ image: copy, height, width, top: padTop, left: padLeft });
  } finally {
    device.free(copy);
  }
}
