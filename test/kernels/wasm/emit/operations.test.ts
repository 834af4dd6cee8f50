// The emitter: every operation against the same one in JavaScript.

import { expect } from 'chai';
import {
  atomicAdd,
  type F32,
  f32,
  type I32,
  i32,
  load,
  loadF32,
  loadFirst,
  loadSplat,
  loadTwo,
  maxI32,
  minI32,
  selectI32,
  splat,
  splatI,
  type V128,
} from '../../../../kernels/wasm/emit/index.js';
import { detectFeatures } from '../../../../src/engines/cpu/runtime/features.js';
import { floats, ints, run } from '../../../support/cpu/runEmitted.js';

const found = detectFeatures({ threads: true });

describe('emitter: operations', () => {
  // Compilers fold constants, but not loads.
  const value = (i: number) => loadF32(i32(1024), 4 * i);
  const integer = (i: number) => value(i).toI32();

  it('integers', () => {
    const [a, b] = [i32(-7), i32(3)];
    const cases: [I32, number][] = [
      [a.add(b), -4],
      [a.sub(b), -10],
      [a.mul(b), -21],
      [i32(17).div(5), 3],
      [a.div(2), 2147483644],
      [i32(17).rem(5), 2],
      [a.and(12), 8],
      [a.or(2), -5],
      [b.shl(4), 48],
      [a.shr(28), 15],
      [a.lt(b), 1],
      [a.le(-7), 1],
      [a.gt(b), 0],
      [a.ge(b), 0],
      [a.eq(-7), 1],
      [a.ne(-7), 0],
      [i32(0).isZero(), 1],
      [selectI32(b, 10, 20), 10],
      [minI32(a, b), -7],
      [maxI32(a, b), 3],
      [a.add(0), -7],
      [a.mul(1), -7],
      [f32(-2.9).toI32(), -2],
      [f32(Number.NaN).toI32(), 0],
      [f32(1e20).toI32(), 2147483647],
      [f32(1).lt(2), 1],
      [f32(1).gt(2), 0],
      [f32(2).ge(2), 1],
    ];
    expect(ints(...cases.map(([expr]) => expr))).to.deep.equal(cases.map(([, expected]) => expected));
  });

  it('floats', () => {
    const [a, b] = [f32(-2.5), f32(4)];
    const cases: [F32, number][] = [
      [a.add(b), 1.5],
      [a.sub(b), -6.5],
      [a.mul(b), -10],
      [a.div(b), -0.625],
      [a.min(b), -2.5],
      [a.max(b), 4],
      [a.min(Number.NaN), Number.NaN],
      [a.floor(), -3],
      [a.ceil(), -2],
      [a.nearest(), -2],
      [b.sqrt(), 2],
      [a.abs(), 2.5],
      [b.neg(), -4],
      [i32(-3).toF32(), -3],
    ];
    expect(floats(...cases.map(([expr]) => expr))).to.deep.equal(cases.map(([, expected]) => expected));
  });

  const [x, y] = [
    [1.5, -2.5, 0, 3],
    [2, -4, 0, 1],
  ];
  const [vx, vy] = [load(i32(1024)), load(i32(1024), 16)];
  const mask = (lanes: readonly boolean[]) => lanes.map((lane) => (lane ? -1 : 0));
  const round = { down: Math.floor, up: Math.ceil, zero: Math.trunc };

  const floatCases: [string, V128, number[]][] = [
    ['add', vx.add(vy), x.map((a, i) => a + y[i])],
    ['sub', vx.sub(vy), x.map((a, i) => a - y[i])],
    ['mul', vx.mul(vy), x.map((a, i) => a * y[i])],
    ['div', vx.div(splat(2)), x.map((a) => a / 2)],
    ['min', vx.min(vy), x.map((a, i) => Math.min(a, y[i]))],
    ['max', vx.max(vy), x.map((a, i) => Math.max(a, y[i]))],
    ['pmin', vx.pmin(vy), x.map((a, i) => (y[i] < a ? y[i] : a))],
    ['pmax', vx.pmax(vy), x.map((a, i) => (a < y[i] ? y[i] : a))],
    ['abs', vx.abs(), x.map(Math.abs)],
    ['neg', vx.neg(), x.map((a) => -a)],
    ['sqrt', vy.abs().sqrt(), y.map((a) => Math.fround(Math.sqrt(Math.abs(a))))],
    ['floor', vx.floor(), x.map(round.down)],
    ['ceil', vx.ceil(), x.map(round.up)],
    ['trunc', vx.trunc(), x.map(round.zero)],
    ['nearest', vx.nearest(), [2, -2, 0, 3]],
    ['choose', vx.lt(vy).choose(vx, vy), x.map((a, i) => (a < y[i] ? a : y[i]))],
    ['toFloats', vx.toInts().toFloats(), x.map(round.zero)],
    ['splat of a value', splat(value(1)), [-2.5, -2.5, -2.5, -2.5]],
    ['lane', splat(vx.lane(3)), [3, 3, 3, 3]],
    ['shuffle', vx.shuffle(vy, [7, 0, 5, 2]), [1, 1.5, -4, 0]],
    ['loadSplat', loadSplat(i32(1024), 4), [-2.5, -2.5, -2.5, -2.5]],
    ['loadFirst', loadFirst(i32(1024), 4), [-2.5, 0, 0, 0]],
    ['loadTwo', loadTwo(i32(1024), 12), [3, 2, 0, 0]],
    ['load anywhere', load(i32(1025), 3), [-2.5, 0, 3, 2]],
  ];
  for (const [name, expr, expected] of floatCases) {
    it(`four floats: ${name}`, () => {
      const { floats } = run((fn) => fn.store(i32(0), expr), [...x, ...y]);
      expect([...floats.subarray(0, 4)].map((a) => a + 0)).to.deep.equal(expected.map((a) => a + 0));
    });
  }

  const [ix, iy] = [vx.toInts(), vy.toInts()];
  const intCases: [string, V128, number[]][] = [
    ['eq', vx.eq(vy), mask(x.map((a, i) => a === y[i]))],
    ['ne', vx.ne(vy), mask(x.map((a, i) => a !== y[i]))],
    ['lt', vx.lt(vy), mask(x.map((a, i) => a < y[i]))],
    ['le', vx.le(vy), mask(x.map((a, i) => a <= y[i]))],
    ['gt', vx.gt(vy), mask(x.map((a, i) => a > y[i]))],
    ['ge', vx.ge(vy), mask(x.map((a, i) => a >= y[i]))],
    ['and', splatI(12).and(splatI(10)), [8, 8, 8, 8]],
    ['or', splatI(12).or(splatI(10)), [14, 14, 14, 14]],
    ['xor', splatI(12).xor(splatI(10)), [6, 6, 6, 6]],
    ['andNot', splatI(12).andNot(splatI(10)), [4, 4, 4, 4]],
    ['not', splatI(12).not(), [-13, -13, -13, -13]],
    ['addI', ix.addI(iy), [3, -6, 0, 4]],
    ['subI', ix.subI(iy), [-1, 2, 0, 2]],
    ['mulI', ix.mulI(iy), [2, 8, 0, 3]],
    ['minI', ix.minI(iy), [1, -4, 0, 1]],
    ['maxI', ix.maxI(iy), [2, -2, 0, 3]],
    ['eqI', ix.eqI(iy), mask([false, false, true, false])],
    ['ltI', ix.ltI(iy), mask([true, false, false, false])],
    ['gtI', ix.gtI(iy), mask([false, true, false, true])],
    ['shlI', ix.shlI(3), [8, -16, 0, 24]],
    ['shrI', ix.shrI(1), [0, -1, 0, 1]],
    ['shrU', ix.shrU(31), [0, 1, 0, 0]],
    ['laneI', splatI(ix.laneI(1)), [-2, -2, -2, -2]],
    ['anyTrue', splatI(vx.lt(vy).anyTrue()), [1, 1, 1, 1]],
    ['anyTrue of none', splatI(vx.ne(vx).anyTrue()), [0, 0, 0, 0]],
    ['splatI of a value', splatI(integer(3)), [3, 3, 3, 3]],
  ];
  for (const [name, expr, expected] of intCases) {
    it(`four integers: ${name}`, () => {
      const { ints } = run((fn) => fn.store(i32(0), expr), [...x, ...y]);
      expect([...ints.subarray(0, 4)]).to.deep.equal(expected);
    });
  }

  for (const fma of found?.fma ? [false, true] : [false]) {
    it(`multiply-add, ${fma ? 'rounded once' : 'plain'}`, () => {
      const features = { fma, shared: false };
      const { floats } = run(
        (fn) => {
          fn.store(i32(0), fn.madd(splat(3), splat(5), splat(7)));
          fn.store(i32(16), fn.nmadd(splat(3), splat(5), splat(7)));
        },
        [],
        features,
      );
      expect([...floats.subarray(0, 8)]).to.deep.equal([22, 22, 22, 22, -8, -8, -8, -8]);
    });
  }

  if (found?.shared) {
    it('atomic addition gives the value from before', () => {
      const shared = { fma: false, shared: true };
      const { ints } = run(
        (fn) => fn.store(i32(0), atomicAdd(i32(1024), 5).add(atomicAdd(i32(1024), i32(1)))),
        [],
        shared,
      );
      expect([ints[0], ints[256]]).to.deep.equal([5, 6]);
    });
  }
});
