// What a kernel on small tensors is.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { CallAttrs } from '../../../../tfjs/kernelCall.js';
import type { WebglBackend } from '../../backend.js';

export interface FlatArgs {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: CallAttrs;
  readonly backend: WebglBackend;
}

/** A kernel on small tensors, none of them empty; undefined for what it leaves to TensorFlow.js. */
export type FlatFunc = (args: FlatArgs) => TensorInfo | TensorInfo[] | undefined;
