// Runs the program gather.ts, which pad, slice and resizes to the nearest pixel share: it moves the elements of an
// image.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  type Gather,
  gatherProgram,
  gatherSpec,
  gatherValues,
} from '../../../../../kernels/glsl/tiled/movement/gather.js';
import type { SourceAxis } from '../../../../../kernels/glsl/tiled/movement/sourceAxis.js';
import type { WebglBackend } from '../../backend.js';
import { bind } from '../../gl/draw.js';
import type { TiledTensor } from '../../tensors/tiledTensor.js';
import { drawn } from '../tiledImages.js';

/** Output index i is input index i. */
export const inPlace: SourceAxis = { step: 1, offset: 0, divisor: 1 };

/** The whole image, as it is. */
const everything: Gather = { rows: inPlace, columns: inPlace, firstImage: 0, firstChannel: 0, constant: 0 };

/**
 * @param shape [n, h, w, c] of the result's values.
 * @param gather Default: the whole image, as it is.
 * @param outShape The result's shape, if it has fewer dimensions of 1.
 */
export function gathered(
  backend: WebglBackend,
  images: TiledTensor,
  [n, h, w, c]: readonly number[],
  gather: Partial<Gather>,
  outShape?: readonly number[],
): TensorInfo | undefined {
  const y = backend.tensors.layoutOf({ n, h, w, c });
  if (!y) return undefined;
  const whole = { ...everything, ...gather };
  const { layout: x } = images;
  const program = gatherProgram(gatherSpec(x, y, whole));
  const bound = bind(program, { x: images.drawnTexture() }, gatherValues(x, y, whole));
  return drawn(backend, y, bound, outShape);
}
