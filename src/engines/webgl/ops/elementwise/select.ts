// Select between two tensors of floats, of one shape with the condition.

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { selectInts, selectProgram } from '../../../../../kernels/glsl/tiled/elementwise/select.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { type BlockArgs, blockKernel, findFloats } from '../tiledKernel.js';

interface Inputs {
  readonly condition: TensorInfo;
  readonly t: TensorInfo;
  readonly e: TensorInfo;
}

/** Comparisons are the host's, so the condition comes from there. */
function select({ inputs: { condition, t, e }, backend }: BlockArgs<Inputs>): TensorInfo | undefined {
  const layout = (findFloats(backend, t) ?? findFloats(backend, e))?.layout;
  const isUniform = [condition, e].every(({ shape }) => util.arraysEqual(shape, t.shape));
  if (!layout || !isUniform || t.dtype !== e.dtype || condition.dtype !== 'bool') return undefined;
  const [ofCondition, a, b] = [condition, t, e].map((x) => backend.blocks.blocksOf(x, layout).texture);
  const { info, blocks } = backend.blocks.make(t.shape, layout);
  backend.blocks.draw(blocks, {
    program: selectProgram(layout.block),
    inputs: { condition: ofCondition, a, b },
    ints: selectInts(layout),
  });
  return info;
}

export const selectKernel: NamedKernel = blockKernel('Select', select);
