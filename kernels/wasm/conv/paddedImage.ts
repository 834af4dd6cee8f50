// A copy of an image with as many zeros around it as its convolution reads, so that the kernel need not test for
// borders. The copy is one pass over the memory: 1 to 2 % of the time of a convolution with 64 outputs.

import type { Device } from '../device.js';
import { padImage } from '../movement/pad.js';
import { withScratch } from '../scratch.js';
import { type Axis, paddingOf } from './access.js';

/** Sizes with the padding, and where in it the image begins. */
export interface PaddedImage {
  readonly height: number;
  readonly width: number;
  readonly top: number;
  readonly left: number;
  /** Pads the image and calls `use` with the address of the copy, or of the image where there is nothing to pad. */
  readonly with: (image: number, use: (address: number) => void) => void;
}

interface Image {
  readonly batch: number;
  readonly inC: number;
  readonly rows: Axis;
  readonly columns: Axis;
}

export function preparePadding(device: Device, { batch, inC, rows, columns }: Image): PaddedImage {
  const [inH, inW] = [rows.size, columns.size];
  const { before: padTop, after: padBottom } = paddingOf(rows);
  const { before: padLeft, after: padRight } = paddingOf(columns);
  const height = padTop + inH + padBottom;
  const width = padLeft + inW + padRight;
  const sizes = { height, width, top: padTop, left: padLeft };
  if (height === inH && width === inW) return { ...sizes, with: (image, use) => use(image) };
  const padding = { batch, inH, inW, inC, padTop, padBottom, padLeft, padRight };
  const bytes = 4 * batch * height * width * inC;
  return {
    ...sizes,
    with(image, use) {
      withScratch(device, bytes, (copy) => {
        padImage(device, { from: image, to: copy, ...padding });
        use(copy);
      });
    },
  };
}
