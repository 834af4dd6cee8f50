// The kernels take NHWC. NCHW images are transposed before and after: two passes over the memory, while a convolution
// with 32 output channels takes 32*kH*kW multiply-adds for each value that is moved.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv } from '../../../../kernels/conv.js';
import { transposeBatches } from '../../../../kernels/wasm/movement/index.js';
import { withScratch } from '../../../../kernels/wasm/scratch.js';
import type { CpuBackend } from '../backend.js';
import type { WasmDevice } from '../runtime/device.js';

/** The image with inC channels and the one with outC. The values of a new tensor are not set yet. */
export interface Images {
  readonly x: TensorInfo;
  readonly y: TensorInfo;
}

type Written = 'x' | 'y' | 'none';

/** Calls `run` with the addresses of both images in NHWC. `writes` names the one that `run` writes. */
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

/** Calls `use` with the address of the image in NHWC: a transposed copy, which is transposed back if it is written. */
function withNhwc(device: WasmDevice, image: Image, use: (address: number) => void): void {
  const { address, batch, channels, pixels, isWritten } = image;
  if (channels === 1 || pixels === 1) {
    use(address); // NCHW and NHWC are the same
    return;
  }
  withScratch(device, 4 * batch * channels * pixels, (nhwc) => {
    if (!isWritten) transposeBatches(device, { from: address, to: nhwc, batch, rows: channels, columns: pixels });
    use(nhwc);
    if (isWritten) transposeBatches(device, { from: nhwc, to: address, batch, rows: pixels, columns: channels });
  });
}
