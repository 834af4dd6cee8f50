// The emitter: engines accept the bytes of numbers, statements and modules, and run them right.

import { expect } from 'chai';
import {
  encodeModule,
  Fn,
  f32,
  I32,
  i32,
  load,
  loadByte,
  parameterNames,
  printFn,
  program,
  splat,
  type V128,
} from '../../../../kernels/wasm/emit/index.js';
import { compile } from '../../../../src/engines/cpu/runtime/compile.js';
import { detectFeatures } from '../../../../src/engines/cpu/runtime/features.js';
import { floats, ints, plain, run } from '../../../support/cpu/runEmitted.js';

const found = detectFeatures({ threads: true });

describe('emitter: numbers', () => {
  const edges = [0, 1, 63, 64, 127, 128, 8191, 8192, 1048575, 1048576, 134217727, 134217728, 2147483647];
  it('integers of every length', () => {
    const all = [...edges, ...edges.map((n) => -n), ...edges.map((n) => -n - 1)];
    expect(ints(...all.map((n) => i32(n)))).to.deep.equal(all.map((n) => n | 0));
  });

  it('addresses above 2^31', () => {
    expect(ints(i32(4294967295), i32(2147483648))).to.deep.equal([-1, -2147483648]);
  });

  it('offsets of every length', () => {
    const offsets = [0, 60, 124, 128, 16380, 16384, 65532, 65536, 131068];
    const { ints } = run((fn) => {
      for (const offset of offsets) fn.store(i32(0), i32(offset + 1), offset);
    });
    expect(offsets.map((offset) => ints[offset / 4])).to.deep.equal(offsets.map((offset) => offset + 1));
  });

  it('floats: signs of zero, infinities, NaN, subnormals, the largest', () => {
    const values = [0, -0, Infinity, -Infinity, Number.NaN, 1e-45, -1e-45, 3.4028234663852886e38, 0.1, -1.5];
    const expected = [...Float32Array.from(values)];
    expect(floats(...values.map((value) => f32(value)))).to.deep.equal(expected);
    expect(Object.is(floats(f32(-0))[0], -0)).to.equal(true);
  });

  it('more locals than one byte counts, of mixed types', () => {
    const { ints } = run((fn) => {
      const locals = Array.from({ length: 300 }, (_, i) => {
        if (i % 3 === 0) fn.v128(`v${i}`, splat(1));
        return fn.i32(`n${i}`, i);
      });
      for (const [i, local] of locals.entries()) fn.store(i32(0), local, 4 * i);
    });
    expect([...ints.subarray(0, 300)]).to.deep.equal(Array.from({ length: 300 }, (_, i) => i));
  });
});

describe('emitter: statements', () => {
  it('stores bytes and the first lanes, and nothing else', () => {
    const { floats, bytes } = run((fn) => {
      for (let count = 1; count <= 4; count++) fn.storeLanes(i32(32 * count), splat(count), count, 4);
      fn.storeByte(i32(300), i32(0x1234), 2);
      fn.storeByte(i32(310), loadByte(i32(302)));
    });
    for (let count = 1; count <= 4; count++) {
      const expected = [0, ...Array(count).fill(count), ...Array(5 - count).fill(0)];
      expect([...floats.subarray(8 * count, 8 * count + 6)]).to.deep.equal(expected);
    }
    expect([...bytes.subarray(300, 312)]).to.deep.equal([0, 0, 0x34, 0, 0, 0, 0, 0, 0, 0, 0x34, 0]);
  });

  it('nested branches', () => {
    const { ints } = run((fn) => {
      fn.range('i', 0, i32(6), 1, (i) => {
        const set = (value: number) => () => fn.store(i.mul(4), i32(value));
        fn.if(
          i.lt(3),
          () => fn.if(i.eq(1), set(1), () => fn.if(i.eq(2), set(2), set(3))),
          () => fn.if(i.ge(5), set(5)),
        );
      });
    });
    expect([...ints.subarray(0, 6)]).to.deep.equal([3, 1, 2, 0, 0, 5]);
  });

  it('nested loops; none, once, many times; steps', () => {
    const { ints } = run((fn) => {
      const counts = [-1, 0, 1, 5].map((n, i) => {
        const count = fn.i32(`count${i}`, 0);
        fn.times(n, () => fn.times(3, () => fn.advance(count, 1)));
        return count;
      });
      const steps = fn.i32('steps', 0);
      fn.range('i', 10, i32(31), 5, (i) => fn.range('j', i, i32(20), 4, () => fn.advance(steps, 1)));
      const once = fn.i32('once', 0);
      fn.loop(() => {
        fn.advance(once, 1);
        return i32(0);
      });
      const halved = fn.i32('halved', 100);
      fn.while(halved.gt(5), () => fn.set(halved, halved.shr(1)));
      for (const [i, result] of [...counts, steps, once, halved].entries()) fn.store(i32(4 * i), result);
    });
    expect([...ints.subarray(0, 7)]).to.deep.equal([0, 0, 3, 15, 5, 1, 3]);
  });

  it('a local declared in a loop is set again in each round', () => {
    const { ints } = run((fn) => {
      fn.range('i', 0, i32(3), 1, (i) => {
        const sum = fn.i32('sum', 10);
        fn.advance(sum, i);
        fn.store(i.mul(4), sum);
      });
    });
    expect([...ints.subarray(0, 3)]).to.deep.equal([10, 11, 12]);
  });

  it('calls through the table', () => {
    const parameter = (i: number) => new I32('local.get', [], [i]);
    const functions = [1, 10, 100].map((factor) => {
      const fn = new Fn(`times${factor}`, 2, plain);
      fn.store(parameter(0), parameter(1).mul(factor));
      return fn;
    });
    const caller = new Fn('caller', 2, plain);
    caller.range('i', 0, parameter(1), 1, (i) => caller.call(i, parameter(0).add(i.mul(4)), i.add(5)));
    const memory = new WebAssembly.Memory({ initial: 1 });
    const module = compile(encodeModule([...functions, caller], plain, 2));
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    (exports.caller as (address: number, count: number) => void)(64, 3);
    expect([...new Int32Array(memory.buffer, 64, 3)]).to.deep.equal([5, 60, 700]);
  });

  it('refuses a value of another type than the local’s', () => {
    const fn = new Fn('wrong', 0, plain);
    const n = fn.i32('n');
    expect(() => fn.set(n, f32(1) as unknown as I32)).to.throw(TypeError, 'wrong: n is i32, not f32');
    expect(() => fn.v128('v', f32(1) as unknown as V128)).to.throw(TypeError, 'wrong: v is v128, not f32');
  });
});

describe('emitter: modules', () => {
  const clamp = program('clamp', { x: 'i32', y: 'i32', high: 'f32' }, (fn, a, { from, to }) => {
    const high = fn.v128('high', splat(a.high));
    fn.range('item', from, to, 1, (item) => {
      const at = fn.i32('at', item.shl(4));
      fn.if(
        at.ge(64),
        () => fn.store(a.y.add(at), load(a.x.add(at), 16).pmin(high)),
        () => fn.storeLanes(a.y.add(at), splat(0), 3),
      );
    });
  });

  it('print as text', () => {
    expect(printFn(clamp.emit(plain), parameterNames)).to.equal(
      `clamp(args, from, to, thread)
  x = i32.load [args]
  y = i32.load [args + 4]
  high = f32.load [args + 8]
  high2 = f32x4.splat(high)
  item = from
  if (item < to)
    do
      at = (item << 4)
      if (at >= 64)
        v128.store [(y + at)] = f32x4.pmin(v128.load [(x + at) + 16], high2)
      else
        v128.store64_lane 0 [(y + at)] = f32x4.splat(0)
        v128.store32_lane 2 [(y + at) + 8] = f32x4.splat(0)
      item = (item + 1)
    while (item < to)`,
    );
  });

  it('name their functions and import the memory that the features say', () => {
    for (const shared of [false, true]) {
      const features = { fma: false, shared };
      const bytes = encodeModule([clamp.emit(features)], features, parameterNames.length);
      if (shared && !found?.shared) continue;
      const module = compile(bytes);
      expect(WebAssembly.Module.exports(module)).to.deep.equal([{ name: 'clamp', kind: 'function' }]);
      const [memory] = WebAssembly.Module.imports(module);
      expect([memory.module, memory.name, memory.kind]).to.deep.equal(['env', 'memory', 'memory']);
      const [names] = WebAssembly.Module.customSections(module, 'name');
      expect(new TextDecoder().decode(names)).to.match(/clamp$/);
    }
  });

  it('may be larger than the buffer that they begin with, and empty', () => {
    const fn = new Fn('large', 0, plain);
    for (let i = 0; i < 20_000; i++) fn.store(i32(4 * i), i32(i));
    expect(WebAssembly.validate(encodeModule([fn], plain, 0))).to.equal(true);
    expect(WebAssembly.validate(encodeModule([], plain, 3))).to.equal(true);
  });
});
