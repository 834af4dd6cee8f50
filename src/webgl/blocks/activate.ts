// An activation over a tensor in blocks.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { activateProgram, activateUniforms } from '../../../kernels/glsl/block/activate.js';
import type { Epilogue } from '../../../kernels/types.js';
import type { WebglBackend } from '../backend.js';
import type { Blocks } from '../layout/blockStore.js';

/** Of `z`, which is disposed of. */
export function activateBlocks(backend: WebglBackend, z: TensorInfo, { layout, texture }: Blocks, epilogue: Epilogue) {
  const { info, blocks } = backend.blocks.make(z.shape, layout);
  const uniforms = activateUniforms(layout, epilogue);
  backend.blocks.draw(blocks, { program: activateProgram(layout.block), inputs: { x: texture }, ...uniforms });
  backend.disposeIntermediateTensorInfo(z);
  return info;
}
