// What Winograd's transforms round away: the errors of a 3x3 convolution with and without them, on the current backend,
// against sums in float64.

import * as tf from '@tensorflow/tfjs';

export interface WinogradErrors {
  readonly inputs: 'normal' | 'after relu';
  readonly channels: number;
  readonly size: number;
  /** Errors with Winograd's transforms over those of plain sums: the root mean square, and the largest of the image. */
  readonly meanSquare: number;
  readonly largest: number;
}

const FILTERS = 64;
/** Every so many columns of every so many rows are looked at. */
const STEP = 3;

export function winogradErrors(
  inputs: WinogradErrors['inputs'],
  channels: number,
  size: number,
  seed: number,
): WinogradErrors {
  const [x, filter] = tf.tidy(() => {
    const normal = tf.randomNormal<tf.Rank.R4>([1, size, size, channels], 0, 1, 'float32', seed);
    const deviation = Math.sqrt(2 / (9 * channels)); // results as large as what goes in
    const filter = tf.randomNormal<tf.Rank.R4>([3, 3, channels, FILTERS], 0, deviation, 'float32', seed + 1);
    return [inputs === 'normal' ? normal : tf.relu(normal), filter];
  });
  const before = tf.env().get('CONVNET_WINOGRAD');
  const run = (flag: string) => {
    tf.env().set('CONVNET_WINOGRAD', flag);
    return tf.tidy(() => tf.conv2d(x, filter, 1, 'same').dataSync<'float32'>());
  };
  const [transformed, plain] = [run('auto'), run('off')];
  tf.env().set('CONVNET_WINOGRAD', before);
  const operands = { x: x.dataSync<'float32'>(), filter: filter.dataSync<'float32'>(), size, channels };
  tf.dispose([x, filter]);
  const own = { sum: 0, largest: 0 };
  const others = { sum: 0, largest: 0 };
  for (let row = 0; row < size; row += STEP) {
    for (let column = 0; column < size; column += STEP) {
      exactPixel(operands, row, column).forEach((exact, k) => {
        const at = (row * size + column) * FILTERS + k;
        add(own, transformed[at] - exact);
        add(others, plain[at] - exact);
      });
    }
  }
  if (own.sum === others.sum) throw new Error('winogradErrors: the transforms must be used; the errors are the same');
  const meanSquare = Math.sqrt(own.sum / others.sum);
  return { inputs, channels, size, meanSquare, largest: own.largest / others.largest };
}

function add(errors: { sum: number; largest: number }, error: number): void {
  errors.sum += error * error;
  errors.largest = Math.max(errors.largest, Math.abs(error));
}

interface Operands {
  readonly x: Float32Array;
  readonly filter: Float32Array;
  readonly size: number;
  readonly channels: number;
}

function exactPixel({ x, filter, size, channels }: Operands, row: number, column: number): Float64Array {
  const y = new Float64Array(FILTERS);
  for (let tap = 0; tap < 9; tap++) {
    const [iy, ix] = [row + Math.floor(tap / 3) - 1, column + (tap % 3) - 1];
    if (iy < 0 || ix < 0 || iy >= size || ix >= size) continue;
    for (let c = 0; c < channels; c++) {
      const value = x[(iy * size + ix) * channels + c];
      const weights = (tap * channels + c) * FILTERS;
      for (let k = 0; k < FILTERS; k++) y[k] += value * filter[weights + k];
    }
  }
  return y;
}
