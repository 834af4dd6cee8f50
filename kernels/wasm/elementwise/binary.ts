// Functions of two tensors with broadcasting: chooses rows, replicates short ones, and launches.

import type { Device } from '../device.js';
import { move } from '../movement/move.js';
import { withScratch } from '../scratch.js';
import { type Axis, collapse } from './axes.js';
import { binaryProgram, type Pattern } from './binaryProgram.js';
import { type BinaryName, binaryFunctions } from './binaryTable.js';
import { chunk, costs } from './vector.js';

export interface BinaryOperands {
  /** Addresses. y may be the address of an operand that no axis repeats. */
  readonly a: number;
  readonly b: number;
  readonly y: number;
}

/** A repeated row shorter than this is replicated into one of up to `longRow` values. */
const shortRow = 96;
const longRow = 1024;
/** Replicating is faster if the result has this many long rows, and a long row this many short ones. */
const manyRows = 64;
const manyTimes = 4;
/** Dimensions of one launch: the row, and three dimensions of rows. */
const launchAxes = 4;

type BinaryProgram = ReturnType<typeof binaryProgram>;
const programs = new Map<BinaryName, Partial<Record<Pattern, BinaryProgram>>>();

function programOf(name: BinaryName, pattern: Pattern): BinaryProgram {
  let ofName = programs.get(name);
  if (!ofName) {
    ofName = {};
    programs.set(name, ofName);
  }
  ofName[pattern] ??= binaryProgram(name, pattern);
  return ofName[pattern];
}

/** y = f(a, b), with y contiguous in the order of `axes`, outermost first. No axis may have size 0. */
export function binary(device: Device, name: BinaryName, at: BinaryOperands, axes: readonly Axis[]): void {
  launchAll(device, name, at, collapse(axes));
}

/** y = f(a, b) for operands of the same shape, or with one value for one of them. */
export function binaryFlat(
  device: Device,
  name: BinaryName,
  at: BinaryOperands,
  length: number,
  pattern: Pattern,
): void {
  launchLayout(device, name, pattern, at, {
    length,
    row: chunk,
    inner: { size: Math.ceil(length / chunk), a: pattern === 'sv' ? 0 : chunk, b: pattern === 'vs' ? 0 : chunk },
    middle: single,
    outer: single,
  });
}

/** A result of `length` values in rows of `row`, along up to three dimensions. The last row may be shorter. */
interface Layout {
  readonly length: number;
  readonly row: number;
  readonly inner: Axis;
  readonly middle: Axis;
  readonly outer: Axis;
}

const single: Axis = { size: 1, a: 0, b: 0 };

function launchLayout(
  device: Device,
  name: BinaryName,
  pattern: Pattern,
  { a, b, y }: BinaryOperands,
  { length, row, inner, middle, outer }: Layout,
): void {
  const rows = inner.size * middle.size * outer.size;
  const rowsPerItem = Math.max(1, Math.floor(chunk / row));
  // Spelled out, since spreading objects of this size takes longer than the kernel of a small tensor.
  const args = {
    a,
    b,
    y,
    length,
    row,
    rowsPerItem,
    rows,
    inner: inner.size,
    middle: middle.size,
    aInner: 4 * inner.a,
    bInner: 4 * inner.b,
    aMiddle: 4 * (middle.a - inner.a * inner.size),
    bMiddle: 4 * (middle.b - inner.b * inner.size),
    aOuter: 4 * (outer.a - middle.a * middle.size),
    bOuter: 4 * (outer.b - middle.b * middle.size),
  };
  device.launch(programOf(name, pattern), args, {
    items: Math.ceil(rows / rowsPerItem),
    cost: length * costs.light,
    isInPlace: a === y || b === y,
  });
}

/** @param axes Collapsed, innermost first. */
function launchAll(device: Device, name: BinaryName, at: BinaryOperands, axes: readonly Axis[]): void {
  const [row, ...outer] = isRow(axes[0]) ? axes : [{ size: 1, a: 1, b: 1 }, ...axes];
  if (outer.length >= launchAxes) {
    launchEach(device, name, at, [row, ...outer]);
    return;
  }
  const pattern = row.a === 0 ? 'sv' : row.b === 0 ? 'vs' : 'vv';
  const [inner = single, middle = single, last = single] = outer;
  const length = row.size * inner.size * middle.size * last.size;
  if (outer.length === 0) binaryFlat(device, name, at, row.size, pattern);
  else if (outer.length === 1 && timesOver(row, inner) >= manyTimes) launchReplicated(device, name, at, row, inner);
  else launchLayout(device, name, pattern, at, { length, row: row.size, inner, middle, outer: last });
}

/** Whether a program can follow both operands along the axis. */
function isRow(axis: Axis | undefined): axis is Axis {
  return axis !== undefined && (axis.a === 1 ? axis.b === 0 || axis.b === 1 : axis.a === 0 && axis.b === 1);
}

/** Whether one operand continues without a gap while the other repeats the row. */
function repeats(row: Axis, outer: Axis): boolean {
  return row.a === 1 && row.b === 1 && (outer.a === 0 ? outer.b === row.size : outer.b === 0 && outer.a === row.size);
}

/** How many short rows make a long one; 0 where the row is not repeated or not short. */
function timesOver(row: Axis, outer: Axis): number {
  if (row.size >= shortRow || !repeats(row, outer)) return 0;
  return Math.ceil(Math.min(longRow / row.size, outer.size / manyRows));
}

/** One launch for each index of the outermost dimension. */
function launchEach(device: Device, name: BinaryName, { a, b, y }: BinaryOperands, axes: readonly Axis[]): void {
  const inner = axes.slice(0, -1);
  const { size, ...step } = axes[axes.length - 1];
  const yBytes = binaryFunctions[name].output === 'bool' ? 1 : 4;
  const yStep = yBytes * inner.reduce((n, axis) => n * axis.size, 1);
  for (let i = 0; i < size; i++) {
    launchAll(device, name, { a: a + 4 * i * step.a, b: b + 4 * i * step.b, y: y + i * yStep }, inner);
  }
}

/** Replicates the values of a few channels into a long row, so that the inner loop is long, and launches. */
function launchReplicated(device: Device, name: BinaryName, at: BinaryOperands, row: Axis, outer: Axis): void {
  const size = timesOver(row, outer) * row.size;
  withScratch(device, 4 * size, (scratch) => {
    const isA = outer.a === 0;
    move(device, isA ? at.a : at.b, scratch, [
      { size: size / row.size, from: 0, to: row.size },
      { size: row.size, from: 1, to: 1 },
    ]);
    const operands = isA ? { a: scratch, b: at.b, y: at.y } : { a: at.a, b: scratch, y: at.y };
    const length = row.size * outer.size;
    const inner = { size: Math.ceil(length / size), a: isA ? 0 : size, b: isA ? size : 0 };
    launchLayout(device, name, 'vv', operands, { length, row: size, inner, middle: single, outer: single });
  });
}
