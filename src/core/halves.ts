// float32 to the two 16-bit formats, rounded to nearest, ties to even, as numpy and JAX do.

/** IEEE 754 half precision as bits. */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) {
    const sign = (bits[i] >>> 16) & 0x8000;
    halves[i] = sign | halfMagnitude(bits[i] & 0x7fffffff, Math.abs(values[i]));
  }
  return halves;
}

/** The upper half of float32. */
export function float32ToBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) {
    const notNumber = (bits[i] & 0x7fffffff) > 0x7f800000;
    halves[i] = notNumber ? (bits[i] >>> 16) | 0x40 : (bits[i] + 0x7fff + ((bits[i] >>> 16) & 1)) / 65536;
  }
  return halves;
}

function halfMagnitude(bits: number, value: number): number {
  if (bits > 0x7f800000) return 0x7e00; // not a number
  if (value >= 65520) return 0x7c00; // infinity, also by rounding
  if (value < 2 ** -14) return roundEven(value * 2 ** 24); // below the normal numbers: steps of 2^-24
  // Drops 13 bits of the fraction and moves the exponent from bias 127 to 15; a carry runs into the exponent as it should.
  const rounded = bits + 0xfff + ((bits >>> 13) & 1);
  return (rounded >>> 13) - ((127 - 15) << 10);
}

function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
