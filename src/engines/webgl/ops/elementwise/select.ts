// Select between two tensors of floats that have the shape of the condition. On TensorFlow.js's textures also between
// tensors of more than four axes, which its own program does not know.

import { type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { selectProgram } from '../../../../../kernels/glsl/tiled/elementwise/select.js';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { bind } from '../../gl/draw.js';
import { drawn } from '../tiledImages.js';
import { findFloats, type TiledArgs, tiledKernel } from '../tiledKernel.js';
import { emptyTensor, replaced, reshape } from '../views.js';

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

/** The values of larger tensors in one line, or in rows where the condition has one value for each row. */
function untiledSelect(): KernelFunc {
  const official = officialWebgl.get('Select');
  return (args) => {
    const { condition, t, e } = args.inputs as unknown as Inputs;
    const { shape } = t;
    const backend = args.backend as WebglBackend;
    const size = util.sizeFromShape(shape);
    if (size === 0) return emptyTensor(backend, shape, t.dtype);
    if (shape.length <= 4) return official(args);
    const flat = util.arraysEqual(condition.shape, shape) ? [size] : [shape[0], size / shape[0]];
    const views = {
      condition: reshape(backend, condition, flat.length === 1 ? flat : condition.shape),
      t: reshape(backend, t, flat),
      e: reshape(backend, e, flat),
    };
    const chosen = official({ ...args, inputs: views as never }) as TensorInfo;
    for (const view of Object.values(views)) backend.disposeIntermediateTensorInfo(view);
    return replaced(backend, chosen, () => reshape(backend, chosen, shape));
  };
}

export const selectKernel: NamedKernel = tiledKernel('Select', select, untiledSelect());
