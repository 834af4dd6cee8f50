// Select between two tensors of floats that have the shape of the condition.

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { selectProgram } from '../../../../../kernels/glsl/tiled/elementwise/select.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { bind } from '../../gl/draw.js';
import { drawn } from '../tiledImages.js';
import { findFloats, type TiledArgs, tiledKernel } from '../tiledKernel.js';

interface Inputs {
  readonly condition: TensorInfo;
  readonly t: TensorInfo;
  readonly e: TensorInfo;
}

/** The condition is converted: comparisons are TensorFlow.js's kernels. */
function select({ inputs: { condition, t, e }, backend }: TiledArgs<Inputs>): TensorInfo | undefined {
  const layout = (findFloats(backend, t) ?? findFloats(backend, e))?.layout;
  const isUniform = [condition, e].every(({ shape }) => util.arraysEqual(shape, t.shape));
  if (!layout || !isUniform || t.dtype !== e.dtype || condition.dtype !== 'bool') return undefined;
  const texture = (x: TensorInfo) => backend.tensors.toTiled(x, layout).drawnTexture();
  const inputs = { condition: texture(condition), a: texture(t), b: texture(e) };
  return drawn(backend, layout, bind(selectProgram(layout.tile), inputs, { y: layout }), t.shape);
}

export const selectKernel: NamedKernel = tiledKernel('Select', select);
