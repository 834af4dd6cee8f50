// Writes datatype and dataspace messages (File Format Specification IV.A.2.d, IV.A.2.b), which datatype.ts reads.

import { Fields } from './writeFields.js';

export type WriteDtype =
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64'
  | `${'int' | 'uint'}${8 | 16 | 32 | 64}`
  | 'bool';

/** Bits of the exponent and the fraction. */
const FLOATS = { float16: [5, 10], float32: [8, 23], float64: [11, 52] } as const;
const FIXED_POINT = 0x10; // class and version of a datatype
const FLOATING_POINT = 0x11;
const STRING = 0x13;
const OPAQUE = 0x15;
const ENUMERATION = 0x38;
const VARIABLE_LENGTH = 0x19;

/**
 * The message of a numeric type. bfloat16 is two opaque bytes, as in Keras's files; an attribute of the dataset names
 * it.
 */
export function numberType(dtype: WriteDtype): Uint8Array {
  switch (dtype) {
    case 'float16':
    case 'float32':
    case 'float64':
      return floatType(FLOATS[dtype]);
    case 'bfloat16':
      return new Fields().u8(OPAQUE, 0, 0, 0).u32(2).done();
    case 'bool': {
      const members = new Fields().u8(ENUMERATION, 2, 0, 0).u32(1).raw(numberType('int8'));
      return members.text('FALSE\0TRUE\0').u8(0, 1).done();
    }
    default: {
      const bits = Number(dtype.replace(/\D+/, ''));
      const signed = dtype.startsWith('int') ? 8 : 0;
      return new Fields()
        .u8(FIXED_POINT, signed, 0, 0)
        .u32(bits / 8)
        .u16(0)
        .u16(bits)
        .done();
    }
  }
}

function floatType([exponent, fraction]: readonly [number, number]): Uint8Array {
  const bits = 1 + exponent + fraction;
  const impliedBit = 0x20; // the leading bit of the fraction is not stored
  return new Fields()
    .u8(FLOATING_POINT, impliedBit, bits - 1, 0) // bits - 1: position of the sign
    .u32(bits / 8)
    .u16(0)
    .u16(bits)
    .u8(fraction, exponent, 0, fraction)
    .u32(2 ** (exponent - 1) - 1)
    .done();
}

/** The message of UTF-8 text of variable length. */
export function variableStringType(): Uint8Array {
  return new Fields().u8(VARIABLE_LENGTH, 1, 1, 0).u32(16).raw(numberType('uint8')).done();
}

/** The message of UTF-8 text of fixed length, padded with zeros: numpy's `S<size>`. */
export function fixedStringType(size: number): Uint8Array {
  return new Fields().u8(STRING, 0x11, 0, 0).u32(size).done();
}

/** The message of a shape; [] is a scalar. */
export function dataspace(shape: readonly number[]): Uint8Array {
  const fields = new Fields().u8(2, shape.length, 0, shape.length === 0 ? 0 : 1);
  for (const size of shape) fields.u64(size);
  return fields.done();
}
