// Softmax over the channels.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { softmaxInts, softmaxProgram } from '../../../../../kernels/glsl/tiled/reduction/softmax.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { type BlockArgs, blockKernel, findFloats } from '../tiledKernel.js';

type Args = BlockArgs<{ readonly logits: TensorInfo }, { readonly dim: number }>;

function softmax({ inputs: { logits }, attrs: { dim }, backend }: Args): TensorInfo | undefined {
  const source = findFloats(backend, logits);
  const { shape } = logits;
  if (!source || shape.length === 0 || (dim !== -1 && dim !== shape.length - 1)) return undefined;
  const { info, blocks } = backend.blocks.make(shape, source.layout);
  backend.blocks.draw(blocks, {
    program: softmaxProgram(source.layout.block),
    inputs: { x: source.texture },
    ints: softmaxInts(source.layout),
  });
  return info;
}

export const softmaxKernel: NamedKernel = blockKernel('Softmax', softmax);
