// TensorFlow.js keeps integers in textures of floats, in which whole numbers above 2^24 lose digits. Who uploads or reads
// such numbers is told once. And the largest int32 comes back as itself: rounded to 2^31, it would turn into the smallest.

import type { TextureData } from '@tensorflow/tfjs-backend-webgl/dist/tex_util.js';

const EXACT = 2 ** 24;
const ABOVE = 2 ** 31;
const MOST = ABOVE - 1;

let isTold = false;

function tell(value: number): void {
  if (isTold) return;
  isTold = true;
  console.warn(
    `convnet: integers above ${EXACT} lose digits on WebGL2, where textures hold floats; received value=${value}. ` +
      "Use float32 for such numbers where digits do not matter, or the backend 'convnet-cpu'.",
  );
}

/**
 * Warns where int32 values that are about to be uploaded have digits that a float has not. What is on the CPU alone is
 * uploaded next, or becomes a uniform.
 */
export function noteOperand({ values, texture }: TextureData): void {
  if (!(values instanceof Int32Array) || texture != null) return;
  for (let i = 0; !isTold && i < values.length; i++) if (Math.fround(values[i]) !== values[i]) tell(values[i]);
}

/** Puts right what int32 values were made of floats that were read from a texture, and warns of lost digits. */
export function correctIntegers(integers: Int32Array, floats: ArrayLike<number>): void {
  for (let i = 0; i < integers.length; i++) {
    const size = Math.abs(floats[i]);
    if (size <= EXACT) continue;
    if (floats[i] === ABOVE) integers[i] = MOST;
    tell(integers[i]);
  }
}

/** Forgets that it has warned, for tests. */
export function warnAgain(): void {
  isTold = false;
}
