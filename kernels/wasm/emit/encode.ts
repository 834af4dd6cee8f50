// Encodes functions as the bytes of a WebAssembly module.
// https://webassembly.github.io/spec/core/binary/modules.html

import { ByteBuffer } from './bytes.js';
import type { Expr, ValueType } from './expr.js';
import type { Features, Fn, Local, Statement } from './fn.js';
import { type OpName, opcodes } from './opcodes.js';

const typeCodes: Record<ValueType, number> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
const sections = { type: 1, import: 2, function: 3, table: 4, export: 7, element: 9, code: 10, custom: 0 };
const FUNC = 0x60;
const FUNCREF = 0x70;
const BLOCK = { loop: 0x03, if: 0x04, else: 0x05, end: 0x0b, brIf: 0x0d, callIndirect: 0x11, empty: 0x40, set: 0x21 };
/** From memory 0 to memory 0. */
const MEMORY_COPY = [0xfc, 0x0a, 0x00, 0x00];
const MEMORY = 0x02;
const NAMES_OF_FUNCTIONS = 0x01;

/** A shared memory declares its largest size. 65536 pages of 64 KiB are all that 32 bits can address. */
export const maxPages = 65536;

/**
 * A module that imports the memory `env.memory` and exports its functions, which all take `parameters` integers. A
 * table has the same functions in the same order, for Fn.call.
 */
export function encodeModule(
  functions: readonly Fn[],
  features: Features,
  parameters: number,
): Uint8Array<ArrayBuffer> {
  const out = new ByteBuffer();
  out.bytes([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  section(out, 'type', () => encodeTypes(out, parameters));
  section(out, 'import', () => encodeImports(out, features));
  section(out, 'function', () => out.vector(functions, () => out.unsigned(0)));
  section(out, 'table', () => out.bytes([1, FUNCREF, 0x00]).unsigned(functions.length));
  section(out, 'export', () => out.vector(functions, ({ name }, i) => out.text(name).byte(0x00).unsigned(i)));
  section(out, 'element', () => {
    out.bytes([1, 0x00, 0x41, 0, BLOCK.end]).vector(functions, (_, i) => out.unsigned(i));
  });
  section(out, 'code', () => out.vector(functions, (fn) => out.sized(() => encodeBody(fn, out))));
  section(out, 'custom', () => {
    out.text('name').byte(NAMES_OF_FUNCTIONS);
    out.sized(() => out.vector(functions, ({ name }, i) => out.unsigned(i).text(name)));
  });
  // An engine reuses the code of a module with equal bytes even if its flags have changed, so the bytes must differ.
  if (features.revec) section(out, 'custom', () => out.text('revec'));
  return out.toArray();
}

function section(out: ByteBuffer, name: keyof typeof sections, content: () => void): void {
  out.byte(sections[name]).sized(content);
}

/** All functions have one type: integers, and no result. */
function encodeTypes(out: ByteBuffer, parameters: number): void {
  out.bytes([1, FUNC]).unsigned(parameters);
  for (let i = 0; i < parameters; i++) out.byte(typeCodes.i32);
  out.unsigned(0);
}

function encodeImports(out: ByteBuffer, { shared }: Features): void {
  out.unsigned(1).text('env').text('memory').byte(MEMORY);
  if (shared) out.byte(0x03).unsigned(1).unsigned(maxPages);
  else out.byte(0x00).unsigned(1);
}

function encodeBody({ locals, body }: Fn, out: ByteBuffer): void {
  out.vector(runsOfType(locals), ({ type, count }) => out.unsigned(count).byte(typeCodes[type]));
  encodeBlock(body, out);
  out.byte(BLOCK.end);
}

/** Consecutive locals of one type are declared together. */
function runsOfType(locals: readonly Local[]): { readonly type: ValueType; readonly count: number }[] {
  const runs: { type: ValueType; count: number }[] = [];
  for (const { type } of locals) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  return runs;
}

function encodeBlock(statements: readonly Statement[], out: ByteBuffer): void {
  for (const statement of statements) encodeStatement(statement, out);
}

function encodeStatement(statement: Statement, out: ByteBuffer): void {
  switch (statement.kind) {
    case 'set':
      encodeExpr(statement.value, out);
      out.byte(BLOCK.set).unsigned(statement.local.index);
      return;
    case 'store':
      encodeExpr(statement.address, out);
      encodeExpr(statement.value, out);
      encodeOp(statement.op, statement.immediates, out);
      return;
    case 'if':
      encodeExpr(statement.condition, out);
      out.byte(BLOCK.if).byte(BLOCK.empty);
      encodeBlock(statement.yes, out);
      if (statement.no.length > 0) {
        out.byte(BLOCK.else);
        encodeBlock(statement.no, out);
      }
      out.byte(BLOCK.end);
      return;
    case 'loop':
      out.byte(BLOCK.loop).byte(BLOCK.empty);
      encodeBlock(statement.body, out);
      encodeExpr(statement.again, out);
      out.byte(BLOCK.brIf).byte(0).byte(BLOCK.end);
      return;
    case 'call':
      for (const operand of statement.operands) encodeExpr(operand, out);
      encodeExpr(statement.table, out);
      out.byte(BLOCK.callIndirect).byte(0).byte(0);
      return;
    case 'copy':
      for (const operand of [statement.to, statement.from, statement.bytes]) encodeExpr(operand, out);
      out.bytes(MEMORY_COPY);
      return;
    default:
      statement satisfies never;
  }
}

function encodeExpr({ op, operands, immediates }: Expr, out: ByteBuffer): void {
  for (const operand of operands) encodeExpr(operand, out);
  encodeOp(op, immediates, out);
}

function encodeOp(op: OpName, immediates: readonly number[], out: ByteBuffer): void {
  const { bytes, immediate, align } = opcodes[op];
  out.bytes(bytes);
  switch (immediate) {
    case 'none':
      return;
    case 'i32':
      out.signed(immediates[0]);
      return;
    case 'f32':
      out.float(immediates[0]);
      return;
    case 'local':
      out.unsigned(immediates[0]);
      return;
    case 'memory':
      out.byte(align).unsigned(immediates[0]);
      return;
    case 'memoryLane':
      out.byte(align).unsigned(immediates[0]).byte(immediates[1]);
      return;
    case 'lane':
    case 'shuffle':
      out.bytes(immediates);
      return;
    default:
      immediate satisfies never;
  }
}
