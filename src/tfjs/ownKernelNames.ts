// Names of kernels that TensorFlow.js does not have. The CPU engine has all of them; the WebGL2 engine has those of
// gradients that TensorFlow.js composes: Spread, BatchNormSums, ReluGrad.

/** x -> x * sigmoid(x), of floats. */
export const SILU_KERNEL = 'Silu';

/** `x` repeated along dimensions of size 1 up to a shape of the same rank. */
export const SPREAD_KERNEL = 'Spread';

export interface SpreadAttrs {
  readonly shape: number[];
}

/**
 * Batch normalization by the statistics of x itself: x of [..., channels], gamma and beta give y, mean and variance. The
 * variance is divided by the number of values.
 */
export const BATCH_NORM_KERNEL = 'BatchNormTraining';

/** The gradient of it: dy, dMean, dVariance and what went in and out give dx, dGamma and dBeta. */
export const BATCH_NORM_GRAD_KERNEL = 'BatchNormTrainingGrad';

/** The sums per channel, for x and dy of [..., channels], mean and variance: of dy, and of dy times normalized x. */
export const BATCH_NORM_SUMS_KERNEL = 'BatchNormSums';

/** The gradient of relu: dy where x is above 0, for x and dy of one shape. */
export const RELU_GRAD_KERNEL = 'ReluGrad';

export interface BatchNormAttrs {
  readonly epsilon: number;
  /** Whether relu follows in the same pass. */
  readonly hasRelu: boolean;
}
