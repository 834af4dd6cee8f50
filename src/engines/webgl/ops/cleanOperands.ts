// TensorFlow.js's packed textures hold 2x2 values in a texel. Where a size is odd, the last texels have values beyond the
// tensor, and most packed programs leave something there: exp(0) is 1. Its programs for matrix products and for scattering
// read those values as if they were zeros, so that products of odd depth come out wrong. Here such an operand is unpacked
// first; packing it again writes zeros.

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { officialWebgl } from '../../../tfjs/officialWebgl.js';
import type { WebglBackend } from '../backend.js';

/** The function of an official kernel, run with operands that have zeros beyond their values. */
export function withCleanOperands(kernelName: string): KernelFunc {
  const official = officialWebgl.get(kernelName);
  return ({ inputs, attrs, backend }) => {
    const webgl = backend as WebglBackend;
    const given = Object.entries(inputs);
    const clean = given.map(([name, info]) => [name, info && cleaned(webgl, info)] as const);
    const result = official({ inputs: Object.fromEntries(clean), attrs, backend });
    for (const [i, [, info]] of clean.entries()) {
      if (info && info !== given[i][1]) webgl.disposeIntermediateTensorInfo(info);
    }
    return result;
  };
}

function cleaned(backend: WebglBackend, info: TensorInfo): TensorInfo {
  const { isPacked, texture } = backend.texData.get(info.dataId);
  const [rows = 1, columns = 1] = [info.shape.at(-2), info.shape.at(-1)];
  const hasRest = rows % 2 === 1 || columns % 2 === 1;
  return isPacked && texture != null && hasRest ? backend.unpackTensor(info) : info;
}
