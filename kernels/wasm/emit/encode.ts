// Functions -> the bytes of a WebAssembly module.
// https://webassembly.github.io/spec/core/binary/modules.html

import type { Expr, ValueType } from './expr.js';
import type { Features, Fn, Local, Statement } from './fn.js';
import { type OpName, opcodes } from './opcodes.js';

const typeCodes: Record<ValueType, number> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
const sections = { type: 1, import: 2, function: 3, table: 4, export: 7, element: 9, code: 10, custom: 0 };
const FUNC = 0x60;
const FUNCREF = 0x70;
const BLOCK = { loop: 0x03, if: 0x04, else: 0x05, end: 0x0b, brIf: 0x0d, callIndirect: 0x11, empty: 0x40, set: 0x21 };

/** A shared memory declares its largest size; 65536 pages of 64 KiB are all that 32 bits can address. */
export const maxPages = 65536;

/**
 * A module that imports the memory `env.memory` and exports its functions, all of which take `parameters` integers. The
 * same functions stand in a table, in their order, for Fn.call.
 */
export function encodeModule(
  functions: readonly Fn[],
  features: Features,
  parameters: number,
): Uint8Array<ArrayBuffer> {
  const count = functions.length;
  const indices = functions.map((_, i) => i);
  const type = [FUNC, ...vector(Array(parameters).fill([typeCodes.i32])), ...vector([])];
  const memory = features.shared ? [0x03, ...unsigned(1), ...unsigned(maxPages)] : [0x00, ...unsigned(1)];
  const bytes = [
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section('type', vector([type])),
    ...section('import', vector([[...text('env'), ...text('memory'), 0x02, ...memory]])),
    ...section('function', vector(indices.map(() => unsigned(0)))),
    ...section('table', vector([[FUNCREF, 0x00, ...unsigned(count)]])),
    ...section('export', vector(functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]))),
    ...section('element', vector([[0x00, 0x41, ...signed(0), BLOCK.end, ...vector(indices.map((i) => unsigned(i)))]])),
    ...section('code', vector(functions.map((fn) => sized(encodeBody(fn))))),
    ...section('custom', [
      ...text('name'),
      0x01,
      ...sized(vector(functions.map(({ name }, i) => [...unsigned(i), ...text(name)]))),
    ]),
  ];
  return Uint8Array.from(bytes);
}

function encodeBody({ locals, body }: Fn): number[] {
  const out: number[] = [...vector(runsOfType(locals))];
  for (const statement of body) encodeStatement(statement, out);
  out.push(BLOCK.end);
  return out;
}

/** Locals of one type in a row are declared together. */
function runsOfType(locals: readonly Local[]): number[][] {
  const runs: { type: ValueType; count: number }[] = [];
  for (const { type } of locals) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  return runs.map(({ type, count }) => [...unsigned(count), typeCodes[type]]);
}

function encodeStatement(statement: Statement, out: number[]): void {
  switch (statement.kind) {
    case 'set':
      encodeExpr(statement.value, out);
      out.push(BLOCK.set, ...unsigned(statement.local.index));
      return;
    case 'store':
      encodeExpr(statement.address, out);
      encodeExpr(statement.value, out);
      encodeOp(statement.op, statement.immediates, out);
      return;
    case 'if':
      encodeExpr(statement.condition, out);
      out.push(BLOCK.if, BLOCK.empty);
      for (const inner of statement.yes) encodeStatement(inner, out);
      if (statement.no.length > 0) {
        out.push(BLOCK.else);
        for (const inner of statement.no) encodeStatement(inner, out);
      }
      out.push(BLOCK.end);
      return;
    case 'loop':
      out.push(BLOCK.loop, BLOCK.empty);
      for (const inner of statement.body) encodeStatement(inner, out);
      encodeExpr(statement.again, out);
      out.push(BLOCK.brIf, 0, BLOCK.end);
      return;
    case 'call':
      for (const operand of statement.operands) encodeExpr(operand, out);
      encodeExpr(statement.table, out);
      out.push(BLOCK.callIndirect, 0, 0);
      return;
    default:
      statement satisfies never;
  }
}

function encodeExpr({ op, operands, immediates }: Expr, out: number[]): void {
  for (const operand of operands) encodeExpr(operand, out);
  encodeOp(op, immediates, out);
}

function encodeOp(op: OpName, immediates: readonly number[], out: number[]): void {
  const { bytes, immediate, align } = opcodes[op];
  out.push(...bytes);
  switch (immediate) {
    case 'none':
      return;
    case 'i32':
      out.push(...signed(immediates[0]));
      return;
    case 'f32':
      out.push(...new Uint8Array(Float32Array.of(immediates[0]).buffer));
      return;
    case 'local':
      out.push(...unsigned(immediates[0]));
      return;
    case 'memory':
      out.push(align, ...unsigned(immediates[0]));
      return;
    case 'memoryLane':
      out.push(align, ...unsigned(immediates[0]), immediates[1]);
      return;
    case 'lane':
    case 'shuffle':
      out.push(...immediates);
      return;
    default:
      immediate satisfies never;
  }
}

function section(name: keyof typeof sections, content: readonly number[]): number[] {
  return [sections[name], ...sized(content)];
}

function sized(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): number[] {
  return sized([...new TextEncoder().encode(value)]);
}

/** LEB128: seven bits a byte, the top bit says that more follow. */
function unsigned(value: number): number[] {
  const out: number[] = [];
  let rest = value >>> 0;
  while (rest > 127) {
    out.push((rest & 127) | 128);
    rest >>>= 7;
  }
  out.push(rest);
  return out;
}

function signed(value: number): number[] {
  const out: number[] = [];
  let rest = value | 0;
  while (rest > 63 || rest < -64) {
    out.push((rest & 127) | 128);
    rest >>= 7;
  }
  out.push(rest & 127);
  return out;
}
