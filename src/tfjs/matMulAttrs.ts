// What TensorFlow.js calls the kernels BatchMatMul and _FusedMatMul with: its names for inputs and attributes.

import type { TensorInfo } from '@tensorflow/tfjs-core';

export interface MatMulInputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

export interface FusedMatMulInputs extends MatMulInputs {
  readonly bias?: TensorInfo;
  readonly preluActivationWeights?: TensorInfo;
}

export interface MatMulAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

export interface FusedMatMulAttrs extends MatMulAttrs {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}
