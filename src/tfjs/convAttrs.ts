// What TensorFlow.js calls convolution kernels with: its names for inputs and attributes.

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
  /** The bias's shape, where there is a bias and a gradient is recorded. */
  readonly biasShape?: readonly number[];
}

export type GradInputAttrs = ConvAttrs & { readonly inputShape: readonly number[] };
export type GradFilterAttrs = ConvAttrs & { readonly filterShape: readonly number[] };
