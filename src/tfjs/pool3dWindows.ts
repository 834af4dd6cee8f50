// The windows of TensorFlow.js's pooling over volumes.

import { backend_util, type MaxPool3DGradAttrs } from '@tensorflow/tfjs-core';
import type { MaxPool3dGrad } from '../../kernels/maxPool3dGrad.js';

type Attrs = Pick<MaxPool3DGradAttrs, 'filterSize' | 'strides' | 'pad' | 'dimRoundingMode'>;

/** @param shape [batch, depth, height, width, channels] of what is pooled. */
export function pool3dWindows(
  shape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: Attrs,
): MaxPool3dGrad {
  const volumes = shape as [number, number, number, number, number];
  const info = backend_util.computePool3DInfo(volumes, filterSize, strides, 1, pad, dimRoundingMode);
  const { inDepth, inHeight, inWidth, outDepth, outHeight, outWidth, padInfo } = info;
  return {
    batch: info.batchSize,
    channels: info.inChannels,
    depth: {
      ...{ inSize: inDepth, outSize: outDepth },
      ...{ size: info.filterDepth, stride: info.strideDepth, padding: padInfo.front },
    },
    height: {
      ...{ inSize: inHeight, outSize: outHeight },
      ...{ size: info.filterHeight, stride: info.strideHeight, padding: padInfo.top },
    },
    width: {
      ...{ inSize: inWidth, outSize: outWidth },
      ...{ size: info.filterWidth, stride: info.strideWidth, padding: padInfo.left },
    },
  };
}
