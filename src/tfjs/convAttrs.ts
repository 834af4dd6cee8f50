// What the convolution kernels are called with: the host's names for inputs and attributes.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvAttrs } from '../core/conv.js';

export interface ConvInputs {
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
}

export interface FusedConvInputs extends ConvInputs {
  readonly bias?: TensorInfo;
  readonly preluActivationWeights?: TensorInfo;
}

export interface FusedConvAttrs extends ConvAttrs {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
  /** Of the bias, if there is one and a gradient is recorded. */
  readonly biasShape?: readonly number[];
}

export type GradInputAttrs = ConvAttrs & { readonly inputShape: readonly number[] };
export type GradFilterAttrs = ConvAttrs & { readonly filterShape: readonly number[] };
