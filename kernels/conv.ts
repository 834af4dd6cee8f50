// The resolved geometry of one convolution: no 'same', no defaults, no undefined sizes. Sizes are named, never
// positional, and do not depend on the data format: only code that addresses the memory reads `dataFormat`.

/** Order of the dimensions of activations: [batch, height, width, channels] or [batch, channels, height, width]. */
export type DataFormat = 'NHWC' | 'NCHW';

/**
 * The frozen geometry of one convolution, made by `resolveConv`.
 *
 *   y[n, oy, ox, oc] = sum over ky, kx, ic of
 *     x[n, oy*strideH - padTop + ky*dilationH, ox*strideW - padLeft + kx*dilationW, g*inC/groups + ic]
 *       * w[ky, kx, ic, oc]                                     with g = floor(oc / (outC/groups))
 *
 * The filter is always [kH, kW, inC/groups, outC]. A depthwise filter [kH, kW, inC, multiplier] has the same
 * bytes as the grouped filter [kH, kW, 1, inC*multiplier] with groups = inC, so one set of kernels serves both.
 */
export interface Conv {
  readonly dataFormat: DataFormat;
  readonly batch: number;
  readonly inH: number;
  readonly inW: number;
  readonly inC: number;
  readonly outH: number;
  readonly outW: number;
  readonly outC: number;
  readonly kH: number;
  readonly kW: number;
  readonly groups: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly dilationH: number;
  readonly dilationW: number;
  readonly padTop: number;
  readonly padBottom: number;
  readonly padLeft: number;
  readonly padRight: number;
}
