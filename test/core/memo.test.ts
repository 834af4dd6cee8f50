// Results that are remembered by the values of their arguments.

import { expect } from 'chai';
import { Memo } from '../../src/core/memo.js';

describe('Memo', () => {
  /** A memo whose results are the numbers of the calls that made them. */
  function counting(): (...args: unknown[]) => number {
    const memo = new Memo<number>();
    let made = 0;
    return (...args) => memo.get(args, () => ++made);
  }

  it('gives equal arguments the same result, and others one of their own', () => {
    const different: readonly unknown[][] = [
      [],
      [1],
      ['1'],
      [[1]],
      [1, 2],
      [2, 1],
      [[1, 2]],
      [[1], 2],
      [1, [2]],
      [undefined],
      [null],
      [false],
      [true],
      [0],
      ['same', 3],
      ['SAME', 3],
      [
        [
          [0, 0],
          [1, 2],
        ],
      ],
      [
        [
          [0, 0],
          [2, 1],
        ],
      ],
    ];
    const get = counting();
    const first = different.map((args) => get(...args));
    expect(new Set(first).size).to.equal(different.length);
    expect(different.map((args) => get(...structuredClone(args)))).to.deep.equal(first);
  });

  it('tells arguments apart whose hashes are equal', () => {
    const get = counting();
    const [a, b] = [get(1, 32), get(2, 1)]; // 31*1 + 32 = 31*2 + 1
    expect(a).not.to.equal(b);
    expect([get(1, 32), get(2, 1)]).to.deep.equal([a, b]);
  });

  it('keeps its own copy of arrays that the caller changes later', () => {
    const get = counting();
    const shape = [1, [2, 3]];
    const result = get(shape);
    (shape[1] as number[])[0] = 9;
    expect(get([1, [2, 3]])).to.equal(result);
    expect(get(shape)).not.to.equal(result);
  });

  it('works out again what depends on NaN, and what threw', () => {
    const get = counting();
    expect(get(Number.NaN)).not.to.equal(get(Number.NaN));
    const memo = new Memo<number>();
    expect(() =>
      memo.get([1], () => {
        throw new Error('no');
      }),
    ).to.throw('no');
    expect(memo.get([1], () => 5)).to.equal(5);
  });

  it('forgets before it fills the memory', () => {
    const get = counting();
    const first = get(0);
    for (let i = 1; i < 4096; i++) get(i);
    expect(get(0)).to.equal(first);
    get(4096);
    expect(get(0)).not.to.equal(first);
  });
});
