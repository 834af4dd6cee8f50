// Kernels of gradients that TensorFlow.js composes: of relu, and of means, which repeat a value for each channel.

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { binaryProgram, binaryValues } from '../../../../../kernels/glsl/tiled/elementwise/binary.js';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import { RELU_GRAD_KERNEL, SPREAD_KERNEL, type SpreadAttrs } from '../../../../tfjs/ownKernelNames.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { bind } from '../../gl/draw.js';
import { dimsOf } from '../../tensors/tensorStore.js';
import { drawn } from '../tiledImages.js';
import { type TiledArgs, tiledKernel } from '../tiledKernel.js';
import { replaced } from '../views.js';
import { broadcastTensor, runBinary } from './binary.js';

/** What kernels of TensorFlow.js's types are called with. */
type Given = Parameters<KernelFunc>[0];

interface ReluGradInputs {
  readonly dy: TensorInfo;
  readonly x: TensorInfo;
}

export const reluGradKernel: NamedKernel = tiledKernel<ReluGradInputs>(
  RELU_GRAD_KERNEL,
  ({ inputs: { dy, x }, backend }) => runBinary(backend, { name: 'reluGrad', arithmetic: 'add' }, { a: dy, b: x }),
  reluGradOfTwo,
);

/** The product with the steps of x, as TensorFlow.js has it. */
function reluGradOfTwo({ inputs, backend }: Given): TensorInfo {
  const { dy, x } = inputs as unknown as ReluGradInputs;
  const steps = officialWebgl.get('Step')({ inputs: { x }, attrs: { alpha: 0 }, backend }) as TensorInfo;
  return product(backend, dy, steps);
}

interface SpreadInputs {
  readonly x: TensorInfo;
}

export const spreadKernel: NamedKernel = tiledKernel<SpreadInputs, SpreadAttrs>(SPREAD_KERNEL, spread, spreadByOnes);

/** Images of a value for each channel, or of one for all. */
function spread({ inputs: { x }, attrs, backend }: TiledArgs<SpreadInputs, SpreadAttrs>): TensorInfo | undefined {
  const isImage = attrs.shape.length === 4 && attrs.shape[1] * attrs.shape[2] > 1;
  const layout = isImage ? backend.tensors.layoutOf(dimsOf(attrs.shape)) : undefined;
  const vector = layout && broadcastTensor(backend, x, layout);
  if (!layout || !vector || vector.layout.h * vector.layout.w > 1) return undefined;
  const program = binaryProgram({ name: 'second', isSwapped: false, byPixel: false, tile: layout.tile });
  const texture = vector.drawnTexture();
  return drawn(backend, layout, bind(program, { a: texture, b: texture }, binaryValues(layout, vector.layout, 'add')));
}

/** The product with ones, as TensorFlow.js has it. */
function spreadByOnes({ inputs, attrs, backend }: Given): TensorInfo {
  const { shape } = attrs as unknown as SpreadAttrs;
  const fill = { shape, value: 1, dtype: 'float32' as const };
  const ones = officialWebgl.get('Fill')({ inputs: {}, attrs: fill, backend }) as TensorInfo;
  return product(backend, (inputs as unknown as SpreadInputs).x, ones);
}

/** a * b; disposes of b. */
function product(backend: Given['backend'], a: TensorInfo, b: TensorInfo): TensorInfo {
  const webgl = backend as Parameters<typeof replaced>[0];
  const multiply = officialWebgl.get('Multiply');
  return replaced(webgl, b, () => multiply({ inputs: { a, b }, attrs: {}, backend }) as TensorInfo);
}
