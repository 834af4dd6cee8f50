// The plan of textures: no two lives overlap in one texture, and there are as many as live at once.

import { expect } from 'chai';
import { planTextures, type TextureLife } from '../../../../src/engines/webgl/capture/virtualTexture.js';
import { randomValues } from '../../../support/randomCases.js';

const life = (key: string, from: number, to: number): TextureLife => ({ key, from, to });

describe('planTextures', () => {
  const rows: Record<string, readonly [readonly TextureLife[], readonly number[], readonly string[]]> = {
    none: [[], [], []],
    'one after the other': [[life('a', 0, 1), life('a', 2, 3)], [0, 0], ['a']],
    'a draw that reads one and writes the other': [
      [life('a', 0, 1), life('a', 1, 2)],
      [0, 1],
      ['a', 'a'],
    ],
    'a chain': [
      [life('a', 0, 1), life('a', 1, 2), life('a', 2, 3)],
      [0, 1, 0],
      ['a', 'a'],
    ],
    'other sizes': [
      [life('a', 0, 1), life('b', 2, 3)],
      [0, 1],
      ['a', 'b'],
    ],
    'out of order': [[life('a', 4, 5), life('a', 0, 3)], [0, 0], ['a']],
  };
  for (const [title, [lives, places, keys]] of Object.entries(rows)) {
    it(title, () => expect(planTextures(lives)).to.deep.equal({ places, keys }));
  }

  it('random lives', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const numbers = [...randomValues(120, seed)].map((v) => Math.abs(v));
      const lives = Array.from({ length: 40 }, (_, i) => {
        const from = Math.floor(numbers[3 * i] * 50);
        return life(numbers[3 * i + 1] < 0.5 ? 'a' : 'b', from, from + Math.floor(numbers[3 * i + 2] * 20));
      });
      const { places, keys } = planTextures(lives);
      for (const [i, a] of lives.entries()) {
        expect(keys[places[i]]).to.equal(a.key);
        for (const [j, b] of lives.entries()) {
          const overlap = a.from <= b.to && b.from <= a.to;
          if (i < j && overlap) expect(places[i], `seed ${seed}`).not.to.equal(places[j]);
        }
      }
      for (const key of ['a', 'b']) {
        const own = lives.filter((one) => one.key === key);
        const alive = Array.from({ length: 80 }, (_, t) => own.filter(({ from, to }) => from <= t && t <= to).length);
        expect(keys.filter((one) => one === key).length, `seed ${seed}`).to.equal(Math.max(0, ...alive));
      }
    }
  });
});
