// A complex tensor that comes from another backend. TensorFlow.js reads it as one array and keeps it as two tensors; its
// own backends do not take the array apart again.

import { type BackendValues, backend_util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';

interface Maker {
  makeTensorInfo(shape: number[], dtype: DataType, values: Float32Array): TensorInfo;
}

/**
 * The tensors of both parts, which belong to the complex one.
 *
 * @param values Real and imaginary parts in turns.
 * @param shape The complex tensor's.
 */
export function partsOfComplex(
  backend: Maker,
  values: BackendValues,
  shape: number[],
): { readonly real: TensorInfo; readonly imag: TensorInfo } {
  const { real, imag } = backend_util.splitRealAndImagArrays(values as Float32Array);
  return {
    real: backend.makeTensorInfo([...shape], 'float32', real),
    imag: backend.makeTensorInfo([...shape], 'float32', imag),
  };
}
