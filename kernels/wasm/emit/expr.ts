// Expressions of a kernel: immutable trees of instructions, typed I32, F32 or V128 (four floats, or four integers).
// An expression is computed each time it is used. Put one that is used twice into a local (fn.ts).

import type { OpName } from './opcodes.js';

export type ValueType = 'i32' | 'f32' | 'v128';

export abstract class Expr {
  abstract readonly type: ValueType;

  constructor(
    readonly op: OpName,
    readonly operands: readonly Expr[] = [],
    readonly immediates: readonly number[] = [],
  ) {}
}

export type Int = I32 | number;
type Float = F32 | number;

export class I32 extends Expr {
  readonly type = 'i32';

  // Adding 0 and multiplying by 1 emit nothing, so kernels can be written for any stride and unrolled with constants.
  add(b: Int): I32 {
    return b === 0 ? this : new I32('i32.add', [this, i32(b)]);
  }
  sub(b: Int): I32 {
    return b === 0 ? this : new I32('i32.sub', [this, i32(b)]);
  }
  mul(b: Int): I32 {
    return b === 1 ? this : new I32('i32.mul', [this, i32(b)]);
  }
  /** Unsigned quotient. */
  div(b: Int): I32 {
    return new I32('i32.div_u', [this, i32(b)]);
  }
  /** Unsigned remainder. */
  rem(b: Int): I32 {
    return new I32('i32.rem_u', [this, i32(b)]);
  }
  and(b: Int): I32 {
    return new I32('i32.and', [this, i32(b)]);
  }
  or(b: Int): I32 {
    return new I32('i32.or', [this, i32(b)]);
  }
  shl(bits: Int): I32 {
    return bits === 0 ? this : new I32('i32.shl', [this, i32(bits)]);
  }
  /** Unsigned shift. */
  shr(bits: Int): I32 {
    return new I32('i32.shr_u', [this, i32(bits)]);
  }
  // Comparisons are signed: compare counts, never addresses, which may exceed 2^31.
  lt(b: Int): I32 {
    return new I32('i32.lt_s', [this, i32(b)]);
  }
  le(b: Int): I32 {
    return new I32('i32.le_s', [this, i32(b)]);
  }
  gt(b: Int): I32 {
    return new I32('i32.gt_s', [this, i32(b)]);
  }
  ge(b: Int): I32 {
    return new I32('i32.ge_s', [this, i32(b)]);
  }
  eq(b: Int): I32 {
    return new I32('i32.eq', [this, i32(b)]);
  }
  ne(b: Int): I32 {
    return new I32('i32.ne', [this, i32(b)]);
  }
  isZero(): I32 {
    return new I32('i32.eqz', [this]);
  }
  toF32(): F32 {
    return new F32('f32.convert_i32_s', [this]);
  }
}

export class F32 extends Expr {
  readonly type = 'f32';

  add(b: Float): F32 {
    return new F32('f32.add', [this, f32(b)]);
  }
  sub(b: Float): F32 {
    return new F32('f32.sub', [this, f32(b)]);
  }
  mul(b: Float): F32 {
    return new F32('f32.mul', [this, f32(b)]);
  }
  div(b: Float): F32 {
    return new F32('f32.div', [this, f32(b)]);
  }
  /** NaN if either is. */
  min(b: Float): F32 {
    return new F32('f32.min', [this, f32(b)]);
  }
  max(b: Float): F32 {
    return new F32('f32.max', [this, f32(b)]);
  }
  lt(b: Float): I32 {
    return new I32('f32.lt', [this, f32(b)]);
  }
  gt(b: Float): I32 {
    return new I32('f32.gt', [this, f32(b)]);
  }
  ge(b: Float): I32 {
    return new I32('f32.ge', [this, f32(b)]);
  }
  floor(): F32 {
    return new F32('f32.floor', [this]);
  }
  ceil(): F32 {
    return new F32('f32.ceil', [this]);
  }
  nearest(): F32 {
    return new F32('f32.nearest', [this]);
  }
  sqrt(): F32 {
    return new F32('f32.sqrt', [this]);
  }
  abs(): F32 {
    return new F32('f32.abs', [this]);
  }
  neg(): F32 {
    return new F32('f32.neg', [this]);
  }
  /** Rounds towards zero. NaN gives 0; a value out of range gives the nearest integer. */
  toI32(): I32 {
    return new I32('i32.trunc_sat_f32_s', [this]);
  }
}

/** Four 32-bit lanes. Names without a suffix are for floats, `...I` for integers. */
export class V128 extends Expr {
  readonly type = 'v128';

  add(b: V128): V128 {
    return new V128('f32x4.add', [this, b]);
  }
  sub(b: V128): V128 {
    return new V128('f32x4.sub', [this, b]);
  }
  mul(b: V128): V128 {
    return new V128('f32x4.mul', [this, b]);
  }
  div(b: V128): V128 {
    return new V128('f32x4.div', [this, b]);
  }
  /** NaN if either is. Five instructions on x86. */
  min(b: V128): V128 {
    return new V128('f32x4.min', [this, b]);
  }
  max(b: V128): V128 {
    return new V128('f32x4.max', [this, b]);
  }
  /** b < this ? b : this. One instruction on x86: NaN in `this` stays, NaN in b is ignored. */
  pmin(b: V128): V128 {
    return new V128('f32x4.pmin', [this, b]);
  }
  /** this < b ? b : this, with the same treatment of NaN. */
  pmax(b: V128): V128 {
    return new V128('f32x4.pmax', [this, b]);
  }
  abs(): V128 {
    return new V128('f32x4.abs', [this]);
  }
  neg(): V128 {
    return new V128('f32x4.neg', [this]);
  }
  sqrt(): V128 {
    return new V128('f32x4.sqrt', [this]);
  }
  floor(): V128 {
    return new V128('f32x4.floor', [this]);
  }
  ceil(): V128 {
    return new V128('f32x4.ceil', [this]);
  }
  trunc(): V128 {
    return new V128('f32x4.trunc', [this]);
  }
  /** Rounds to the nearest integer, ties to even. */
  nearest(): V128 {
    return new V128('f32x4.nearest', [this]);
  }

  // Comparisons give lanes of all ones or all zeros.
  eq(b: V128): V128 {
    return new V128('f32x4.eq', [this, b]);
  }
  ne(b: V128): V128 {
    return new V128('f32x4.ne', [this, b]);
  }
  lt(b: V128): V128 {
    return new V128('f32x4.lt', [this, b]);
  }
  le(b: V128): V128 {
    return new V128('f32x4.le', [this, b]);
  }
  gt(b: V128): V128 {
    return new V128('f32x4.gt', [this, b]);
  }
  ge(b: V128): V128 {
    return new V128('f32x4.ge', [this, b]);
  }
  and(b: V128): V128 {
    return new V128('v128.and', [this, b]);
  }
  or(b: V128): V128 {
    return new V128('v128.or', [this, b]);
  }
  xor(b: V128): V128 {
    return new V128('v128.xor', [this, b]);
  }
  /** this and not b */
  andNot(b: V128): V128 {
    return new V128('v128.andnot', [this, b]);
  }
  not(): V128 {
    return new V128('v128.not', [this]);
  }
  /** Uses this as a mask: a where bits are set, else b. */
  choose(a: V128, b: V128): V128 {
    return new V128('v128.bitselect', [a, b, this]);
  }
  anyTrue(): I32 {
    return new I32('v128.any_true', [this]);
  }

  addI(b: V128): V128 {
    return new V128('i32x4.add', [this, b]);
  }
  subI(b: V128): V128 {
    return new V128('i32x4.sub', [this, b]);
  }
  mulI(b: V128): V128 {
    return new V128('i32x4.mul', [this, b]);
  }
  minI(b: V128): V128 {
    return new V128('i32x4.min_s', [this, b]);
  }
  maxI(b: V128): V128 {
    return new V128('i32x4.max_s', [this, b]);
  }
  absI(): V128 {
    return new V128('i32x4.abs', [this]);
  }
  eqI(b: V128): V128 {
    return new V128('i32x4.eq', [this, b]);
  }
  ltI(b: V128): V128 {
    return new V128('i32x4.lt_s', [this, b]);
  }
  gtI(b: V128): V128 {
    return new V128('i32x4.gt_s', [this, b]);
  }
  shlI(bits: Int): V128 {
    return new V128('i32x4.shl', [this, i32(bits)]);
  }
  /** Arithmetic shift: keeps the sign. */
  shrI(bits: Int): V128 {
    return new V128('i32x4.shr_s', [this, i32(bits)]);
  }
  shrU(bits: Int): V128 {
    return new V128('i32x4.shr_u', [this, i32(bits)]);
  }
  /** Rounds towards zero. NaN gives 0; a value out of range gives the nearest integer. */
  toInts(): V128 {
    return new V128('i32x4.trunc_sat_f32x4_s', [this]);
  }
  toFloats(): V128 {
    return new V128('f32x4.convert_i32x4_s', [this]);
  }

  /** Eight 16-bit integers: those of this, then those of b. Values out of range become the nearest bound. */
  narrow(b: V128): V128 {
    return new V128('i16x8.narrow_i32x4_s', [this, b]);
  }
  /** Sixteen bytes from two vectors of eight 16-bit integers, limited to 0 and 255. */
  narrowBytes(b: V128): V128 {
    return new V128('i8x16.narrow_i16x8_u', [this, b]);
  }
  /** The first four bytes as four integers. */
  widenBytes(): V128 {
    return new V128('i32x4.extend_low_i16x8_u', [new V128('i16x8.extend_low_i8x16_u', [this])]);
  }
  /** Compares sixteen bytes; equal ones give all ones. */
  eqBytes(b: V128): V128 {
    return new V128('i8x16.eq', [this, b]);
  }
  minBytes(b: V128): V128 {
    return new V128('i8x16.min_u', [this, b]);
  }

  lane(lane: number): F32 {
    return new F32('f32x4.extract_lane', [this], [lane]);
  }
  laneI(lane: number): I32 {
    return new I32('i32x4.extract_lane', [this], [lane]);
  } /** Lanes by number: 0 to 3 of this, 4 to 7 of b. */
  shuffle(b: V128, lanes: readonly [number, number, number, number]): V128 {
    return new V128(
      'i8x16.shuffle',
      [this, b],
      lanes.flatMap((i) => [0, 1, 2, 3].map((byte) => 4 * i + byte)),
    );
  }
}

/** A constant; an expression stays as it is. */
export function i32(value: Int): I32 {
  return typeof value === 'number' ? new I32('i32.const', [], [value | 0]) : value;
}

export function f32(value: Float): F32 {
  return typeof value === 'number' ? new F32('f32.const', [], [value]) : value;
}

/** One float in all four lanes. */
export function splat(value: Float): V128 {
  return new V128('f32x4.splat', [f32(value)]);
}

/** One integer in all four lanes. */
export function splatI(value: Int): V128 {
  return new V128('i32x4.splat', [i32(value)]);
}

/** Four integers. */
export function lanesI(a: number, b: number, c: number, d: number): V128 {
  return new V128('v128.const', [], [...new Uint8Array(Int32Array.of(a, b, c, d).buffer)]);
}
