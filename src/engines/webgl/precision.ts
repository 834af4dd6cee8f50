// Whether our textures hold 32-bit or 16-bit floats. Sums always have 32 bits. 16-bit storage keeps 11 bits of each
// value, and no value beyond 65504.

import { readFlag } from '../../tfjs/flags.js';

/**
 * Reads the flag CONVNET_PRECISION, when a backend starts: `auto` is 32 bits wherever the device renders to them, `f16`
 * asks for 16 bits, and `f32` warns where the device has no 32 bits.
 */
export function storesFloat32(canFloat32: boolean): boolean {
  const value = readFlag('CONVNET_PRECISION');
  if (value === 'f32' && !canFloat32) {
    console.warn(
      "convnet: this GPU cannot render to 32-bit floats; 16 bits are used; received CONVNET_PRECISION='f32'",
    );
  }
  return canFloat32 && value !== 'f16';
}
