// Softmax over the channels.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { softmaxInts, softmaxProgram } from '../../../../../kernels/glsl/tiled/reduction/softmax.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { findFloats, type TiledArgs, tiledKernel } from '../tiledKernel.js';

type Args = TiledArgs<{ readonly logits: TensorInfo }, { readonly dim: number }>;

function softmax({ inputs: { logits }, attrs: { dim }, backend }: Args): TensorInfo | undefined {
  const source = findFloats(backend, logits);
  const { shape } = logits;
  if (!source || shape.length === 0 || (dim !== -1 && dim !== shape.length - 1)) return undefined;
  const { info, tensor } = backend.tensors.make(shape, source.layout);
  backend.tensors.draw(tensor, {
    program: softmaxProgram(source.layout.tile),
    inputs: { x: source.texture },
    ints: softmaxInts(source.layout),
  });
  return info;
}

export const softmaxKernel: NamedKernel = tiledKernel('Softmax', softmax);
