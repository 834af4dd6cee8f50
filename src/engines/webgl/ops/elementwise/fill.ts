// Fill, whose value for integers loses its fraction before it gets into a texture of floats.

import type { DataType, KernelFunc } from '@tensorflow/tfjs-core';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';

interface Attrs {
  readonly value: number | string;
  readonly dtype: DataType;
}

const official = officialWebgl.get('Fill');

export const fillKernel: NamedKernel = {
  kernelName: 'Fill',
  kernelFunc: ((args) => {
    const { value, dtype } = args.attrs as unknown as Attrs;
    if (dtype !== 'int32' || typeof value !== 'number') return official(args);
    return official({ ...args, attrs: { ...args.attrs, value: value | 0 } });
  }) as KernelFunc,
};
