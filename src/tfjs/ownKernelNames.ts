// Names of kernels that TensorFlow.js does not have, and the CPU engine has.

/** x -> x * sigmoid(x), of floats. */
export const SILU_KERNEL = 'Silu';

/** `x` repeated along dimensions of size 1 up to a shape of the same rank. */
export const SPREAD_KERNEL = 'Spread';

export interface SpreadAttrs {
  readonly shape: number[];
}
