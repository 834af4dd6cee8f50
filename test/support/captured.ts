// Captures functions and compares what they replay with what they compute, bit by bit.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { WebglBackend } from '../../src/engines/webgl/backend.js';
import { type CapturedModel, capture } from '../../src/index.js';
import { randomValues } from './randomCases.js';

export type Tensors = tf.Tensor | tf.Tensor[] | Record<string, tf.Tensor>;

/** A picture of random values, and its shape. */
export const shape: [number, number, number, number] = [1, 9, 7, 5];
let seed = 1;
/** Other values at each call. */
export const nextSeed = () => seed++;
export const picture = () => tf.tensor4d(randomValues(9 * 7 * 5, nextSeed()), shape);
export const weights = (...sizes: number[]) => tf.tensor(randomValues(tf.util.sizeFromShape(sizes), nextSeed()), sizes);

/** The tensors of a tree in order. */
function flat(value: Tensors): tf.Tensor[] {
  return value instanceof tf.Tensor ? [value] : Object.values(value).flatMap((child: Tensors) => flat(child));
}

/** Values as bits, so that NaN and the signs of zeros count. */
export function bitsOf(tensors: Tensors): number[][] {
  return flat(tensors).map((tensor) => [...new Uint8Array((tensor.dataSync() as Float32Array).slice().buffer)]);
}

/**
 * Expects the outputs of a captured model for other inputs. On WebGL2 the direct call gets them in textures: official
 * kernels compute few values on the CPU, and round otherwise there.
 */
export function expectSame(captured: CapturedModel, direct: (x: never) => Tensors, inputs: Tensors): void {
  const backend = tf.backend();
  const isOnGpu = backend instanceof WebglBackend;
  tf.tidy(() => {
    if (isOnGpu) for (const x of flat(inputs)) if (x.size > 0) backend.uploadToGPU(x.dataId);
    const [actual, expected] = [captured.predict(inputs), direct(inputs as never)];
    expect(flat(actual).map((t) => t.shape)).to.deep.equal(flat(expected).map((t) => t.shape));
    expect(flat(actual).map((t) => t.dtype)).to.deep.equal(flat(expected).map((t) => t.dtype));
    expect(bitsOf(actual)).to.deep.equal(bitsOf(expected));
  });
}

/** Captures a function on one picture and compares on others. */
export function expectReplays(f: (x: tf.Tensor4D) => Tensors, launches?: number): readonly string[] {
  const x = picture();
  const captured = capture(f, x);
  try {
    for (let i = 0; i < 3; i++) {
      const other = picture();
      expectSame(captured, f, other);
      other.dispose();
    }
    if (launches !== undefined) expect(captured.info.launches).to.equal(launches);
    return captured.info.javascript;
  } finally {
    captured.dispose();
    x.dispose();
  }
}

/** The message with which a function of a picture is refused. */
export function refusal(f: (x: tf.Tensor4D) => unknown): string {
  const x = picture();
  try {
    capture(f as (x: tf.Tensor4D) => tf.Tensor, x).dispose();
  } catch (error) {
    return (error as Error).message;
  } finally {
    x.dispose();
  }
  throw new Error('it was captured');
}
