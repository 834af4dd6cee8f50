// Select between two tensors of floats, of one shape with the condition.

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { selectInts, selectProgram } from '../../../../../kernels/glsl/tiled/elementwise/select.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { findFloats, type TiledArgs, tiledKernel } from '../tiledKernel.js';

interface Inputs {
  readonly condition: TensorInfo;
  readonly t: TensorInfo;
  readonly e: TensorInfo;
}

/** Comparisons are TensorFlow.js's, so the condition comes from there. */
function select({ inputs: { condition, t, e }, backend }: TiledArgs<Inputs>): TensorInfo | undefined {
  const layout = (findFloats(backend, t) ?? findFloats(backend, e))?.layout;
  const isUniform = [condition, e].every(({ shape }) => util.arraysEqual(shape, t.shape));
  if (!layout || !isUniform || t.dtype !== e.dtype || condition.dtype !== 'bool') return undefined;
  const [ofCondition, a, b] = [condition, t, e].map((x) => backend.tensors.toTiled(x, layout).texture);
  const { info, tensor } = backend.tensors.make(t.shape, layout);
  backend.tensors.draw(tensor, {
    program: selectProgram(layout.tile),
    inputs: { condition: ofCondition, a, b },
    ints: selectInts(layout),
  });
  return info;
}

export const selectKernel: NamedKernel = tiledKernel('Select', select);
