// TopK in plain loops on the CPU, in the order of the other engine. TensorFlow.js sorts there too where a row has less than
// 100 000 values, but NaN and equal infinities in no order, and in longer rows its programs take them for anything.

import { type TensorInfo, type TopKAttrs, util } from '@tensorflow/tfjs-core';
import { topK } from '../../../../../kernels/js/index.js';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import { typedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';

interface Inputs {
  readonly x: TensorInfo;
}

const official = officialWebgl.get('TopK');

/** The k greatest values of the last dimension and their indices; what is empty is TensorFlow.js's. */
export const topKKernel = typedKernel<Inputs, TopKAttrs, WebglBackend>('TopK', (args) => {
  const { inputs, attrs, backend } = args;
  const { x } = inputs;
  const { k } = attrs;
  const length = x.shape.at(-1) ?? 0;
  const isPlain = x.dtype === 'float32' || x.dtype === 'int32' || x.dtype === 'bool';
  if (!isPlain || util.sizeFromShape(x.shape) === 0 || !(k >= 1) || k > length) return official(args as never);
  const { values, indices } = topK(backend.readSync(x.dataId) as Float32Array, length, k);
  const shape = [...x.shape.slice(0, -1), k];
  return [backend.makeTensorInfo(shape, x.dtype, values), backend.makeTensorInfo([...shape], 'int32', indices)];
});
