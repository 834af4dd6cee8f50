// Plans of memory: no two blocks that live at once overlap, whatever the lifetimes, and the range is not larger than
// it must be where that can be told.

import { expect } from 'chai';
import { type Lifetime, planMemory } from '../../../../src/engines/cpu/capture/memoryPlan.js';
import { randomValues } from '../../../support/randomCases.js';

const alignment = 64;
const tail = 64;

function overlaps(a: Lifetime, b: Lifetime): boolean {
  for (let t = a.from; t <= a.to; t++) if (t >= b.from && t <= b.to) return true;
  return false;
}

/** The bytes that are in use at the busiest moment. */
function livePeak(blocks: readonly Lifetime[]): number {
  const at = (t: number) => blocks.filter(({ from, to }) => from <= t && t <= to);
  const moments = blocks.map(({ from }) => at(from).reduce((sum, { bytes }) => sum + Math.ceil(bytes / 64) * 64, 0));
  return Math.max(0, ...moments);
}

describe('memory plan', () => {
  it('keeps blocks that live at once apart', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const numbers = randomValues(120, seed).map((v) => Math.abs(v));
      const blocks = Array.from({ length: 40 }, (_, i): Lifetime => {
        const from = Math.floor(numbers[3 * i] * 60);
        return { bytes: Math.floor(numbers[3 * i + 1] * 5000), from, to: from + Math.floor(numbers[3 * i + 2] * 20) };
      });
      const { offsets, bytes } = planMemory(blocks, alignment, tail);
      for (const [i, a] of blocks.entries()) {
        expect(offsets[i] % alignment).to.equal(0);
        expect(offsets[i] + a.bytes + tail).to.be.at.most(bytes);
        for (const [j, b] of blocks.entries()) {
          if (i >= j || !overlaps(a, b)) continue;
          const isApart = offsets[i] + a.bytes <= offsets[j] || offsets[j] + b.bytes <= offsets[i];
          expect(isApart, `seed ${seed}: blocks ${i} and ${j}`).to.equal(true);
        }
      }
      expect(bytes).to.be.at.least(livePeak(blocks));
    }
  });

  it('needs two places for a chain of equal blocks', () => {
    const blocks = Array.from({ length: 20 }, (_, i) => ({ bytes: 1000, from: i, to: i + 1 }));
    expect(planMemory(blocks, alignment, tail).bytes).to.equal(2 * 1024 + tail);
  });

  it('never reuses the place of a block that lives on', () => {
    const { offsets } = planMemory(
      [
        { bytes: 64, from: 0, to: Number.POSITIVE_INFINITY },
        { bytes: 64, from: 5, to: 6 },
      ],
      alignment,
      tail,
    );
    expect(offsets[0]).not.to.equal(offsets[1]);
  });

  it('of nothing is empty', () => {
    expect(planMemory([], alignment, tail)).to.deep.equal({ offsets: [], bytes: tail });
  });
});
