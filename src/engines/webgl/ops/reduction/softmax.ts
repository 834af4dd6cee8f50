// Softmax over the channels.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { softmaxProgram } from '../../../../../kernels/glsl/tiled/reduction/softmax.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { bind } from '../../gl/draw.js';
import { drawn } from '../tiledImages.js';
import { findFloats, type TiledArgs, tiledKernel } from '../tiledKernel.js';
import { untiledSoftmax } from './extreme.js';

type Args = TiledArgs<{ readonly logits: TensorInfo }, { readonly dim: number }>;

function softmax({ inputs: { logits }, attrs: { dim }, backend }: Args): TensorInfo | undefined {
  const source = findFloats(backend, logits);
  const { shape } = logits;
  if (!source || shape.length === 0 || (dim !== -1 && dim !== shape.length - 1)) return undefined;
  const { layout } = source;
  return drawn(backend, layout, bind(softmaxProgram(layout.tile), { x: source.drawnTexture() }, { y: layout }), shape);
}

export const softmaxKernel: NamedKernel = tiledKernel('Softmax', softmax, untiledSoftmax());
