// An activation over a tensor in blocks, where a convolution's epilogue does not have it.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Epilogue } from '../../../../kernels/epilogue.js';
import { unaryInts, unaryProgram } from '../../../../kernels/glsl/tiled/elementwise/unary.js';
import type { WebglBackend } from '../backend.js';
import type { Blocks } from '../tensors/tensorStore.js';

/** Of `z`, which is disposed of. */
export function activateBlocks(backend: WebglBackend, z: TensorInfo, { layout, texture }: Blocks, epilogue: Epilogue) {
  const { info, blocks } = backend.blocks.make(z.shape, layout);
  backend.blocks.draw(blocks, {
    program: unaryProgram({ name: epilogue.activation, block: layout.block }),
    inputs: { x: texture },
    ints: unaryInts(layout),
    floats: [epilogue.leakyAlpha, 0, 0, 0],
  });
  backend.disposeIntermediateTensorInfo(z);
  return info;
}
