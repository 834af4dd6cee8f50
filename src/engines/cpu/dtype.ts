// The dtypes whose values lie in the WebAssembly heap.

import type { DataType } from '@tensorflow/tfjs-core';

export type Dtype = 'float32' | 'int32' | 'bool';

export function isInHeap(dtype: DataType): dtype is Dtype {
  return dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
}
