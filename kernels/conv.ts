// The data that flows into a kernel. Everything here is resolved: no 'same', no defaults, no undefined sizes.
// Sizes are named, never positional, and do not depend on the data format: only the kernel that walks the
// memory looks at `dataFormat`.

import type { Activation } from './activation.js';

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

/**
 * Where an operand that is broadcast over the output (bias, PReLU weights) finds the value for y[n, oy, ox, oc]:
 * at n*strideN + oy*strideY + ox*strideX + oc*strideC. A stride of 0 repeats the value along that dimension.
 */
export interface Broadcast {
  readonly strideN: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly strideC: number;
}

/** What follows the sum of products: y = activation(sum + bias). */
export interface Epilogue {
  readonly activation: Activation;
  /** Slope of `leakyrelu` below zero; not read by the others. */
  readonly leakyAlpha: number;
  /** Present when there is a bias tensor. */
  readonly bias?: Broadcast;
  /** Present exactly when `activation` is `prelu`. */
  readonly prelu?: Broadcast;
}

/** What a WebGL2 device offers, as far as kernels care. */
export interface GlCaps {
  /** Texels along one side of a texture. */
  readonly maxTextureSize: number;
  /** Render targets of one draw. */
  readonly maxDrawBuffers: number;
  /** Whether results are stored as 32-bit floats (else 16-bit). */
  readonly float32: boolean;
}
