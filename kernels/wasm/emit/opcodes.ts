// The WebAssembly instructions of kernels: their bytes, and the immediate values that follow the bytes.
// https://webassembly.github.io/spec/core/binary/instructions.html
// https://github.com/WebAssembly/relaxed-simd, https://github.com/WebAssembly/threads

/** The immediate values of an instruction. */
export type Immediate = 'none' | 'i32' | 'f32' | 'local' | 'memory' | 'lane' | 'memoryLane' | 'shuffle';

export interface Opcode {
  readonly bytes: readonly number[];
  readonly immediate: Immediate;
  /** Log2 of the natural alignment, of a memory access. */
  readonly align: number;
}

const plain = (...bytes: number[]): Opcode => ({ bytes, immediate: 'none', align: 0 });
const memory = (align: number, ...bytes: number[]): Opcode => ({ bytes, immediate: 'memory', align });
const lane = (...bytes: number[]): Opcode => ({ bytes, immediate: 'lane', align: 0 });

/** The prefix byte of vector instructions, then their number as LEB128. */
const simd = (n: number): number[] => [0xfd, ...leb(n)];
const vector = (n: number): Opcode => plain(...simd(n));
const atomic = (align: number, n: number): Opcode => memory(align, 0xfe, n);

function leb(n: number): number[] {
  return n < 128 ? [n] : [(n & 127) | 128, ...leb(n >>> 7)];
}

export const opcodes = {
  'local.get': { bytes: [0x20], immediate: 'local', align: 0 },
  'i32.const': { bytes: [0x41], immediate: 'i32', align: 0 },
  'f32.const': { bytes: [0x43], immediate: 'f32', align: 0 },
  select: plain(0x1b),

  'i32.load': memory(2, 0x28),
  'f32.load': memory(2, 0x2a),
  'i32.load8_u': memory(0, 0x2d),
  'i32.store': memory(2, 0x36),
  'f32.store': memory(2, 0x38),
  'i32.store8': memory(0, 0x3a),
  'i32.atomic.rmw.add': atomic(2, 0x1e),

  'i32.eqz': plain(0x45),
  'i32.eq': plain(0x46),
  'i32.ne': plain(0x47),
  'i32.lt_s': plain(0x48),
  'i32.gt_s': plain(0x4a),
  'i32.le_s': plain(0x4c),
  'i32.ge_s': plain(0x4e),
  'i32.add': plain(0x6a),
  'i32.sub': plain(0x6b),
  'i32.mul': plain(0x6c),
  'i32.div_u': plain(0x6e),
  'i32.rem_u': plain(0x70),
  'i32.and': plain(0x71),
  'i32.or': plain(0x72),
  'i32.shl': plain(0x74),
  'i32.shr_u': plain(0x76),
  'i32.trunc_sat_f32_s': plain(0xfc, 0x00),

  'f32.lt': plain(0x5d),
  'f32.gt': plain(0x5e),
  'f32.ge': plain(0x60),
  'f32.abs': plain(0x8b),
  'f32.neg': plain(0x8c),
  'f32.ceil': plain(0x8d),
  'f32.floor': plain(0x8e),
  'f32.nearest': plain(0x90),
  'f32.sqrt': plain(0x91),
  'f32.add': plain(0x92),
  'f32.sub': plain(0x93),
  'f32.mul': plain(0x94),
  'f32.div': plain(0x95),
  'f32.min': plain(0x96),
  'f32.max': plain(0x97),
  'f32.convert_i32_s': plain(0xb2),

  'v128.load': memory(4, ...simd(0x00)),
  'v128.load32_splat': memory(2, ...simd(0x09)),
  'v128.load32_zero': memory(2, ...simd(0x5c)),
  'v128.load64_zero': memory(3, ...simd(0x5d)),
  'v128.store': memory(4, ...simd(0x0b)),
  'v128.store32_lane': { bytes: simd(0x5a), immediate: 'memoryLane', align: 2 },
  'v128.store64_lane': { bytes: simd(0x5b), immediate: 'memoryLane', align: 3 },
  'i8x16.shuffle': { bytes: simd(0x0d), immediate: 'shuffle', align: 0 },
  'v128.const': { bytes: simd(0x0c), immediate: 'shuffle', align: 0 },
  'i32x4.splat': vector(0x11),
  'f32x4.splat': vector(0x13),
  'f32x4.extract_lane': lane(...simd(0x1f)),
  'i32x4.extract_lane': lane(...simd(0x1b)),

  'i32x4.eq': vector(0x37),
  'i32x4.lt_s': vector(0x39),
  'i32x4.gt_s': vector(0x3b),
  'f32x4.eq': vector(0x41),
  'f32x4.ne': vector(0x42),
  'f32x4.lt': vector(0x43),
  'f32x4.gt': vector(0x44),
  'f32x4.le': vector(0x45),
  'f32x4.ge': vector(0x46),
  'v128.not': vector(0x4d),
  'v128.and': vector(0x4e),
  'v128.andnot': vector(0x4f),
  'v128.or': vector(0x50),
  'v128.xor': vector(0x51),
  'v128.bitselect': vector(0x52),
  'v128.any_true': vector(0x53),
  'i8x16.narrow_i16x8_u': vector(0x66),
  'i16x8.narrow_i32x4_s': vector(0x85),
  'i8x16.eq': vector(0x23),
  'i8x16.min_u': vector(0x77),
  'i16x8.extend_low_i8x16_u': vector(0x89),
  'i32x4.extend_low_i16x8_u': vector(0xa9),
  'i32x4.shl': vector(0xab),
  'i32x4.shr_s': vector(0xac),
  'i32x4.shr_u': vector(0xad),
  'i32x4.add': vector(0xae),
  'i32x4.sub': vector(0xb1),
  'i32x4.mul': vector(0xb5),
  'i32x4.min_s': vector(0xb6),
  'i32x4.max_s': vector(0xb8),
  'f32x4.ceil': vector(0x67),
  'f32x4.floor': vector(0x68),
  'f32x4.trunc': vector(0x69),
  'f32x4.nearest': vector(0x6a),
  'f32x4.abs': vector(0xe0),
  'f32x4.neg': vector(0xe1),
  'f32x4.sqrt': vector(0xe3),
  'f32x4.add': vector(0xe4),
  'f32x4.sub': vector(0xe5),
  'f32x4.mul': vector(0xe6),
  'f32x4.div': vector(0xe7),
  'f32x4.min': vector(0xe8),
  'f32x4.max': vector(0xe9),
  'f32x4.pmin': vector(0xea),
  'f32x4.pmax': vector(0xeb),
  'i32x4.abs': vector(0xa0),
  'f64x2.floor': vector(0x75),
  'f64x2.div': vector(0xf3),
  'f64x2.convert_low_i32x4_s': vector(0xfe),
  'i32x4.trunc_sat_f64x2_s_zero': vector(0xfc),
  'i32x4.trunc_sat_f32x4_s': vector(0xf8),
  'f32x4.convert_i32x4_s': vector(0xfa),
  'f32x4.relaxed_madd': vector(0x105),
  'f32x4.relaxed_nmadd': vector(0x106),
} as const satisfies Record<string, Opcode>;

export type OpName = keyof typeof opcodes;
