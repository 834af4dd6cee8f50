// What one core can do at most, in the terms of its WebAssembly engine: multiply-adds on four lanes, from registers alone. A
// loop runs fourteen independent chains acc = acc * acc + b, which is more than a core needs to hide the latency of one.

export interface Peak {
  /** Billions of floating-point operations a second, a multiply-add being two. */
  readonly gflops: number;
  /** Whether the engine has relaxed SIMD, and so a fused multiply-add. */
  readonly fma: boolean;
}

const CHAINS = 14; // with b all vector registers of x86-64 but the one that V8 keeps for itself
const UNROLLED = 4; // loop control costs nothing against 56 multiply-adds
const FLOP = CHAINS * UNROLLED * 4 * 2; // a turn of the loop: 4 lanes, 2 operations

const TURNS = 20_000; // 0.2 to 0.4 ms a call, so that the engine replaces its baseline code after a few calls
const CALLS = 1000;

/** The fastest of many calls: whatever else the machine does only slows them down. */
export function measurePeak(): Peak {
  const fma = WebAssembly.validate(peakModule(true));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(peakModule(fma)));
  const run = exports.run as (turns: number) => number;
  let best = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < CALLS / 4; sample++) {
    const start = performance.now();
    for (let i = 0; i < 4; i++) run(TURNS);
    best = Math.min(best, performance.now() - start);
  }
  return { gflops: (4 * TURNS * FLOP) / best / 1e6, fma };
}

// Opcodes of https://webassembly.github.io/spec/core/binary/instructions.html
const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;
const EMPTY = 0x40;
const LOOP = 0x03;
const END = 0x0b;
const BR_IF = 0x0d;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const LOCAL_TEE = 0x22;
const I32_CONST = 0x41;
const F32_CONST = 0x43;
const I32_SUB = 0x6b;
const F32X4_SPLAT = [0xfd, 0x13];
const F32X4_EXTRACT_LANE_0 = [0xfd, 0x1f, 0];
const F32X4_ADD = [0xfd, 0xe4, 0x01];
const F32X4_MUL = [0xfd, 0xe6, 0x01];
const F32X4_RELAXED_MADD = [0xfd, 0x85, 0x02];

// Locals: the parameter, then the chains, then b.
const TURNS_LEFT = 0;
const FIRST_CHAIN = 1;
const B = FIRST_CHAIN + CHAINS;

/** A module whose `run(turns: i32): f32` runs the loop; the sum it gives keeps the chains alive. */
function peakModule(fma: boolean): Uint8Array<ArrayBuffer> {
  const functionType = [0x60, ...vector([[I32]]), ...vector([[F32]])];
  const exported = [...vector([...'run'].map((letter) => [letter.charCodeAt(0)])), 0x00, 0];
  const code = [...vector([[CHAINS + 1, V128]]), ...loopBody(fma), END];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // '\0asm', version 1
    ...section(1, vector([functionType])),
    ...section(3, vector([[0]])), // the only function has type 0
    ...section(7, vector([exported])),
    ...section(10, vector([[...unsigned(code.length), ...code]])),
  ]);
}

function loopBody(fma: boolean): number[] {
  const chains = Array.from({ length: CHAINS }, (_, i) => FIRST_CHAIN + i);
  const [square, add] = fma ? [[], F32X4_RELAXED_MADD] : [F32X4_MUL, F32X4_ADD];
  const step = chains.flatMap((acc) => [
    ...[LOCAL_GET, acc, LOCAL_GET, acc, ...square],
    ...[LOCAL_GET, B, ...add, LOCAL_SET, acc],
  ]);
  return [
    ...setSplat(B, 0.1), // acc tends to 0.113: neither overflow nor denormals
    // unequal starts, or the compiler might see that all chains are one
    ...chains.flatMap((acc) => setSplat(acc, acc / 100)),
    ...[LOOP, EMPTY],
    ...Array.from({ length: UNROLLED }, () => step).flat(),
    ...[LOCAL_GET, TURNS_LEFT, I32_CONST, 1, I32_SUB, LOCAL_TEE, TURNS_LEFT, BR_IF, 0],
    END,
    ...chains.flatMap((acc, i) => [LOCAL_GET, acc, ...(i > 0 ? F32X4_ADD : [])]),
    ...F32X4_EXTRACT_LANE_0,
  ];
}

function setSplat(local: number, value: number): number[] {
  const bytes = new Uint8Array(new Float32Array([value]).buffer); // WebAssembly is little-endian, as are all its hosts
  return [F32_CONST, ...bytes, ...F32X4_SPLAT, LOCAL_SET, local];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

/** LEB128: seven bits a byte, the low ones first. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >> 7)];
}
