// Concat along channels. It pays if most of the channels are in blocks; what is not is converted, which costs about what the
// host's kernel would cost on it.

import { backend_util, type ConcatAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import {
  concatInts,
  concatProgram,
  concatSpec,
  planConcat,
} from '../../../../../kernels/glsl/tiled/movement/concat.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { type Blocks, dimsOf } from '../../tensors/tensorStore.js';
import { blockKernel } from '../tiledKernel.js';

const concat = blockKernel<readonly TensorInfo[], ConcatAttrs>('Concat', ({ inputs, attrs, backend }) => {
  const rank = inputs[0].shape.length;
  const [axis] = util.parseAxisParam(attrs.axis, inputs[0].shape);
  if (axis !== rank - 1 || rank > 4) return undefined;
  const shapes = inputs.map(({ shape }) => shape);
  backend_util.assertParamsConsistent(shapes, axis);
  const full = inputs.filter(({ shape }) => util.sizeFromShape(shape) > 0);
  if (full.length < 2 || !areMostlyInBlocks(backend, full)) return undefined;
  const shape = backend_util.computeOutShape(shapes, axis);
  const layout = backend.blocks.layoutOf(dimsOf(shape));
  if (!layout) return undefined;
  const parts = full.map((input) => blocksOf(backend, input));
  const target = backend.blocks.make(shape, layout);
  for (const draw of planConcat(parts.map((part) => part.layout.c))) {
    const spec = concatSpec(layout, draw);
    const textures = draw.parts.map(({ index }) => parts[index].texture);
    const unused = textures[0]; // an input that no fragment reads
    const inputs = Object.fromEntries([0, 1, 2, 3].slice(0, spec.inputs).map((k) => [`x${k}`, textures[k] ?? unused]));
    backend.blocks.draw(target.blocks, { program: concatProgram(spec), inputs, ints: concatInts(layout, draw) });
  }
  return target.info;
});

function areMostlyInBlocks({ blocks }: WebglBackend, inputs: readonly TensorInfo[]): boolean {
  if (inputs.some(({ dtype }) => dtype !== 'float32')) return false;
  let [inside, all] = [0, 0];
  for (const input of inputs) {
    const { c } = dimsOf(input.shape);
    all += c;
    if (blocks.find(input)) inside += c;
  }
  return inside > 0 && 2 * inside >= all;
}

/** An input fits wherever the output does. */
function blocksOf({ blocks }: WebglBackend, input: TensorInfo): Blocks {
  return blocks.blocksOf(input, blocks.layoutOf(dimsOf(input.shape)) as Blocks['layout']);
}

/** Images side by side, in blocks. */
export const joinKernels: readonly NamedKernel[] = [concat];
