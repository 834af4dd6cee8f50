// Elements of an image as they are, in other places: the kernels that gather.ts computes.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  type Gather,
  gatherProgram,
  gatherSpec,
  gatherUniforms,
} from '../../../../../kernels/glsl/tiled/movement/gather.js';
import type { Side } from '../../../../../kernels/glsl/tiled/movement/sourceAxis.js';
import type { WebglBackend } from '../../backend.js';
import type { TiledTensor } from '../../tensors/tensorStore.js';
import { drawn } from '../tiledImages.js';

/** Output index i is input index i. */
export const inPlace: Side = { step: 1, offset: 0, divisor: 1 };

const everything: Gather = { rows: inPlace, columns: inPlace, firstImage: 0, firstChannel: 0, constant: 0 };

/**
 * @param shape [n, h, w, c] of the result's values.
 * @param gather What is not all of it, in its order.
 * @param outShape The result's, if it has fewer dimensions of 1.
 */
export function gathered(
  backend: WebglBackend,
  { layout: x, texture }: TiledTensor,
  [n, h, w, c]: readonly number[],
  gather: Partial<Gather>,
  outShape?: readonly number[],
): TensorInfo | undefined {
  const y = backend.tensors.layoutOf({ n, h, w, c });
  if (!y) return undefined;
  const whole = { ...everything, ...gather };
  const program = gatherProgram(gatherSpec(x, y, whole));
  return drawn(backend, y, { program, inputs: { x: texture }, ...gatherUniforms(x, y, whole) }, outShape);
}
