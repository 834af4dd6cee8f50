// MaxPoolWithArgmax: the maxima are those of MaxPool, their places come from a program on TensorFlow.js's textures.

import { backend_util, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { poolArgmaxSource } from '../../../../../kernels/glsl/untiled/argmax.js';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import { type NamedKernel, typedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { drawUntiled } from '../drawUntiled.js';
import { poolKernels } from './pool.js';

interface Attrs {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number;
  readonly includeBatchInIndex: boolean;
}

const { kernelFunc: maxPool } = poolKernels.find(({ kernelName }) => kernelName === 'MaxPool') as NamedKernel;

export const argmaxKernel: NamedKernel = typedKernel<{ readonly x: TensorInfo }, Attrs, WebglBackend>(
  'MaxPoolWithArgmax',
  (args) => {
    const { inputs, attrs, backend } = args;
    const { x } = inputs;
    const { filterSize, strides, pad, includeBatchInIndex } = attrs;
    const given = args as unknown as Parameters<KernelFunc>[0];
    const isKnown = x.dtype === 'float32' && x.shape.length === 4 && util.sizeFromShape(x.shape) > 0;
    if (!isKnown) return officialWebgl.get('MaxPoolWithArgmax')(given);
    const shape = x.shape as [number, number, number, number];
    const { padInfo, ...info } = backend_util.computePool2DInfo(shape, filterSize, strides, [1, 1], pad);
    const [, h, w, c] = shape;
    const result = maxPool({ ...given, attrs: { filterSize, strides, pad } as never }) as TensorInfo;
    const places = drawUntiled(backend, {
      source: poolArgmaxSource,
      operands: { X: x },
      shape: info.outShape,
      dtype: 'int32',
      uniforms: {
        window: [info.filterHeight, info.filterWidth, info.strideHeight, info.strideWidth],
        place: [h, w, padInfo.top, padInfo.left],
        batchStep: includeBatchInIndex ? h * w * c : 0,
      },
    });
    return [result, places];
  },
);
