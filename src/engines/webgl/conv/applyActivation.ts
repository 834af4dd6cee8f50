// The activation of a convolution as a pass of its own, where its epilogue does not have it.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Epilogue } from '../../../../kernels/epilogue.js';
import { unaryProgram } from '../../../../kernels/glsl/tiled/elementwise/unary.js';
import type { WebglBackend } from '../backend.js';
import { bind } from '../gl/draw.js';
import type { TiledTensor } from '../tensors/tiledTensor.js';

/** activation(z) as a new tensor; disposes of `z`, which is `sums` in the tiled layout. */
export function applyActivation(
  backend: WebglBackend,
  z: TensorInfo,
  sums: TiledTensor,
  { activation, leakyAlpha }: Epilogue,
): TensorInfo {
  const { layout } = sums;
  const { info, tensor } = backend.tensors.make(z.shape, layout);
  const program = unaryProgram({ name: activation, tile: layout.tile });
  const values = { y: layout, parameter: leakyAlpha };
  backend.tensors.draw(tensor.texture, bind(program, { x: sums.drawnTexture() }, values));
  backend.disposeIntermediateTensorInfo(z);
  return info;
}
