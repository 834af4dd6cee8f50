// Converts float32 to the two 16-bit formats, rounding to nearest and ties to even, as numpy and JAX do.

/** The bits of IEEE 754 half precision. */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) {
    const sign = (bits[i] >>> 16) & 0x8000;
    halves[i] = sign | halfMagnitude(bits[i] & 0x7fffffff, Math.abs(values[i]));
  }
  return halves;
}

/** The bits of bfloat16, the upper half of float32. */
export function float32ToBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) {
    const holdsNaN = (bits[i] & 0x7fffffff) > 0x7f800000;
    halves[i] = holdsNaN ? (bits[i] >>> 16) | 0x40 : (bits[i] + 0x7fff + ((bits[i] >>> 16) & 1)) / 65536;
  }
  return halves;
}

function halfMagnitude(bits: number, value: number): number {
  if (bits > 0x7f800000) return 0x7e00; // NaN
  if (value >= 65520) return 0x7c00; // infinity, or rounded to it
  if (value < 2 ** -14) return roundEven(value * 2 ** 24); // subnormal: steps of 2^-24
  // Drops 13 bits of the fraction and moves the exponent from bias 127 to 15. A carry out of the fraction raises the
  // exponent.
  const rounded = bits + 0xfff + ((bits >>> 13) & 1);
  return (rounded >>> 13) - ((127 - 15) << 10);
}

function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
