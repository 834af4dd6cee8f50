// Non-maximum suppression: of boxes in the order of their scores, those that overlap none that has been taken before.
//
// The overlap of two boxes is their intersection over their union. The boxes that have been taken lie in five rows of
// numbers, so that one candidate is compared with four of them at a time.

import type { Device } from '../device.js';
import { type F32Var, type Fn, type I32, load, loadF32, loadI32, program, splat, type V128 } from '../emit/index.js';
import { bitsOf, fill } from '../movement/fill.js';
import { withScratch } from '../scratch.js';

const args = {
  /** [count, 4] corners: y, x and the opposite y, x. */
  boxes: 'i32',
  /** [count] scores and the numbers of their boxes, the greatest score first. */
  scores: 'i32',
  order: 'i32',
  count: 'i32',
  /** The most boxes to take, and room for their numbers. */
  most: 'i32',
  taken: 'i32',
  /** Top, left, bottom, right and area of the boxes taken, in rows of `rowBytes`, NaN at first. */
  rows: 'i32',
  rowBytes: 'i32',
  /** Two words: how many boxes were taken, and whether an overlap was too near to the threshold to tell. */
  result: 'i32',
  iouThreshold: 'f32',
  scoreThreshold: 'f32',
} as const;

/** How near an overlap is to the threshold where the rounding of float32 might decide. */
const margin = 1e-5;

/** Item: all of the work. */
export const nonMaxProgram = program('nonMaxSuppression', args, (fn, a, { from, to }) => {
  fn.range('item', from, to, 1, () => {
    const taken = fn.i32('takenCount', 0);
    const isUnclear = fn.i32('isUnclear', 0);
    const i = fn.i32('i', 0);
    fn.while(i.lt(a.count).and(taken.lt(a.most)), () => {
      fn.if(loadF32(a.scores.add(i.shl(2))).gt(a.scoreThreshold), () => {
        const number = fn.i32('number', loadI32(a.order.add(i.shl(2))));
        const box = edgesOf(fn, a.boxes.add(number.shl(4)));
        const suppressed = fn.v128('suppressed', splat(0));
        const unclear = fn.v128('unclear', splat(0));
        const row = fn.i32('row', a.rows);
        fn.times(taken.add(3).shr(2), () => {
          const overlap = fn.v128('overlap', overlapOf(fn, box, row, a.rowBytes));
          fn.set(suppressed, suppressed.or(overlap.ge(splat(a.iouThreshold))));
          fn.set(unclear, unclear.or(overlap.sub(splat(a.iouThreshold)).abs().lt(splat(margin))));
          fn.advance(row, 16);
        });
        fn.if(unclear.anyTrue(), () => fn.set(isUnclear, 1));
        fn.if(suppressed.anyTrue().isZero(), () => {
          const at = fn.i32('at', a.rows.add(taken.shl(2)));
          for (const edge of box) {
            fn.store(at, edge);
            fn.advance(at, a.rowBytes);
          }
          fn.store(a.taken.add(taken.shl(2)), number);
          fn.advance(taken, 1);
        });
      });
      fn.advance(i, 1);
    });
    fn.store(a.result, taken);
    fn.store(a.result, isUnclear, 4);
  });
});

type Box = readonly [top: F32Var, left: F32Var, bottom: F32Var, right: F32Var, area: F32Var];

/** The corners may be any two opposite ones. */
function edgesOf(fn: Fn, address: I32): Box {
  const [y1, x1, y2, x2] = [0, 4, 8, 12].map((offset) => fn.f32('corner', loadF32(address, offset)));
  const [top, bottom] = [fn.f32('top', y1.min(y2)), fn.f32('bottom', y1.max(y2))];
  const [left, right] = [fn.f32('left', x1.min(x2)), fn.f32('right', x1.max(x2))];
  return [top, left, bottom, right, fn.f32('area', bottom.sub(top).mul(right.sub(left)))];
}

/** Four overlaps: 0 with a box without an area, NaN where there is no box. */
function overlapOf(fn: Fn, [top, left, bottom, right, area]: Box, row: I32, rowBytes: I32): V128 {
  const at = fn.i32('edge', row);
  const edges = ['tops', 'lefts', 'bottoms', 'rights', 'areas'].map((name) => {
    const edge = fn.v128(name, load(at));
    fn.advance(at, rowBytes);
    return edge;
  });
  const [tops, lefts, bottoms, rights, areas] = edges;
  const zero = splat(0);
  const h = splat(bottom).min(bottoms).sub(splat(top).max(tops)).max(zero);
  const w = splat(right).min(rights).sub(splat(left).max(lefts)).max(zero);
  const common = fn.v128('common', h.mul(w));
  const own = fn.v128('own', splat(area));
  const isFlat = own.le(zero).or(areas.le(zero));
  return isFlat.choose(zero, common.div(own.add(areas).sub(common)));
}

export interface NonMaxOperands {
  readonly boxes: number;
  /** Sorted, see topK(). */
  readonly scores: number;
  readonly order: number;
  readonly count: number;
  readonly most: number;
  readonly iouThreshold: number;
  readonly scoreThreshold: number;
  /** Room for `most` numbers of boxes. */
  readonly taken: number;
}

/** The number of boxes taken; undefined where an overlap is so near to the threshold that rounding would decide. */
export function nonMaxSuppression(device: Device, operands: NonMaxOperands): number | undefined {
  const { count, most } = operands;
  const rowValues = most + 4;
  return withScratch(device, 4 * (5 * rowValues + 2), (rows) => {
    fill(device, rows, 5 * rowValues, bitsOf(Number.NaN, 'float32'));
    const result = rows + 4 * 5 * rowValues;
    const args = { ...operands, rows, rowBytes: 4 * rowValues, result };
    device.launch(nonMaxProgram, args, { items: 1, cost: 10 * count * Math.sqrt(most) });
    const [taken, isUnclear] = device.ints(result, 2);
    return isUnclear ? undefined : taken;
  });
}
