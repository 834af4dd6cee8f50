// Concat along channels. It pays if most of the channels are tiled. Other inputs are converted, which costs about as
// much as TensorFlow.js's kernel would cost for them.

import { backend_util, type ConcatAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import {
  concatProgram,
  concatSpec,
  concatValues,
  planConcat,
} from '../../../../../kernels/glsl/tiled/movement/concat.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { bind } from '../../gl/draw.js';
import { dimsOf } from '../../tensors/tensorStore.js';
import type { TiledTensor } from '../../tensors/tiledTensor.js';
import { tiledKernel } from '../tiledKernel.js';

export const concatKernel: NamedKernel = tiledKernel<readonly TensorInfo[], ConcatAttrs>(
  'Concat',
  ({ inputs, attrs, backend }) => {
    const rank = inputs[0].shape.length;
    const [axis] = util.parseAxisParam(attrs.axis, inputs[0].shape);
    if (axis !== rank - 1 || rank > 4) return undefined;
    const shapes = inputs.map(({ shape }) => shape);
    backend_util.assertParamsConsistent(shapes, axis);
    const full = inputs.filter(({ shape }) => util.sizeFromShape(shape) > 0);
    if (full.length < 2 || !areMostlyTiled(backend, full)) return undefined;
    const shape = backend_util.computeOutShape(shapes, axis);
    const layout = backend.tensors.layoutOf(dimsOf(shape));
    if (!layout) return undefined;
    const parts = full.map((input) => tiledInput(backend, input));
    const target = backend.tensors.make(shape, layout);
    for (const draw of planConcat(parts.map((part) => part.layout.c))) {
      const spec = concatSpec(layout, draw);
      const textures = draw.parts.map(({ index }) => parts[index].drawnTexture());
      const unused = textures[0]; // an input that no fragment reads
      const inputs = Object.fromEntries(
        [0, 1, 2, 3].slice(0, spec.inputs).map((k) => [`x${k}`, textures[k] ?? unused]),
      );
      backend.tensors.draw(target.tensor.texture, bind(concatProgram(spec), inputs, concatValues(layout, draw)));
    }
    return target.info;
  },
);

function areMostlyTiled({ tensors }: WebglBackend, inputs: readonly TensorInfo[]): boolean {
  if (inputs.some(({ dtype }) => dtype !== 'float32')) return false;
  let [inside, all] = [0, 0];
  for (const input of inputs) {
    const { c } = dimsOf(input.shape);
    all += c;
    if (tensors.find(input)) inside += c;
  }
  return inside > 0 && 2 * inside >= all;
}

/** An input fits wherever the output does. */
function tiledInput({ tensors }: WebglBackend, input: TensorInfo): TiledTensor {
  return tensors.toTiled(input, tensors.layoutOf(dimsOf(input.shape)) as TiledTensor['layout']);
}
