// The kernels are written for channels last. Images with channels first are turned, computed with, and turned back: two passes
// over the memory, where a convolution with 32 outputs does as many as 32 * kH * kW multiply-adds for each value that is moved.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv } from '../../../../kernels/conv.js';
import { transposeBatches } from '../../../../kernels/wasm/movement/index.js';
import type { CpuBackend } from '../backend.js';
import type { WasmDevice } from '../runtime/device.js';

/** The image with inC channels and the one with outC; of a new tensor the values are still to be written. */
export interface Images {
  readonly x: TensorInfo;
  readonly y: TensorInfo;
}

type Written = 'x' | 'y' | 'none';

/** Calls `run` with addresses of both images in NHWC; what it writes to the one named `writes` ends up in the tensor. */
export function runInNhwc(
  backend: CpuBackend,
  conv: Conv,
  { x, y, writes }: Images & { readonly writes: Written },
  run: (addresses: { readonly x: number; readonly y: number }) => void,
): void {
  const device = backend.device as WasmDevice;
  const [xAddress, yAddress] = [backend.toHeap(x), backend.toHeap(y)];
  if (conv.dataFormat === 'NHWC') {
    run({ x: xAddress, y: yAddress });
    return;
  }
  const { batch, inH, inW, inC, outH, outW, outC } = conv;
  const images = {
    x: { address: xAddress, channels: inC, pixels: inH * inW },
    y: { address: yAddress, channels: outC, pixels: outH * outW },
  };
  withNhwc(device, { ...images.x, batch, isWritten: writes === 'x' }, (nhwcX) => {
    withNhwc(device, { ...images.y, batch, isWritten: writes === 'y' }, (nhwcY) => {
      run({ x: nhwcX, y: nhwcY });
    });
  });
}

interface Image {
  readonly address: number;
  readonly batch: number;
  readonly channels: number;
  readonly pixels: number;
  readonly isWritten: boolean;
}

function withNhwc(device: WasmDevice, image: Image, use: (address: number) => void): void {
  const { address, batch, channels, pixels, isWritten } = image;
  if (channels === 1 || pixels === 1) {
    use(address); // both orders are the same
    return;
  }
  const turned = device.alloc(4 * batch * channels * pixels);
  try {
    if (!isWritten) transposeBatches(device, { from: address, to: turned, batch, rows: channels, columns: pixels });
    use(turned);
    if (isWritten) transposeBatches(device, { from: turned, to: address, batch, rows: pixels, columns: channels });
  } finally {
    device.free(turned);
  }
}
