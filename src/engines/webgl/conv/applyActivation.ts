// An activation over a tensor in tiles, where a convolution's epilogue does not have it.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Epilogue } from '../../../../kernels/epilogue.js';
import { unaryInts, unaryProgram } from '../../../../kernels/glsl/tiled/elementwise/unary.js';
import type { WebglBackend } from '../backend.js';
import type { TiledTensor } from '../tensors/tensorStore.js';

/** Of `z`, which is disposed of. */
export function applyActivation(
  backend: WebglBackend,
  z: TensorInfo,
  { layout, texture }: TiledTensor,
  epilogue: Epilogue,
) {
  const { info, tensor } = backend.tensors.make(z.shape, layout);
  backend.tensors.draw(tensor, {
    program: unaryProgram({ name: epilogue.activation, tile: layout.tile }),
    inputs: { x: texture },
    ints: unaryInts(layout),
    floats: [epilogue.leakyAlpha, 0, 0, 0],
  });
  backend.disposeIntermediateTensorInfo(z);
  return info;
}
