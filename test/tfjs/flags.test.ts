// Flags: defaults, values that are allowed, and one warning for a value that is not.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { allowedText, defaultOf, type Flag, type FlagName, flagTable, parseFlag } from '../../src/core/flags.js';
import { readFlag } from '../../src/tfjs/flags.js';
import { captureWarnings } from '../support/warnings.js';

const rows = Object.entries(flagTable) as unknown as readonly [FlagName, Flag][];

/** For each kind of flag: what users set, and what is read. */
const given: Readonly<Record<Flag['kind'], readonly (readonly [unknown, string | number | boolean | undefined])[]>> = {
  choice: [
    ['', undefined],
    [true, undefined],
    [0, undefined],
  ],
  count: [
    ['auto', 'auto'],
    [1, 1],
    ['4', 4],
    [0, undefined],
    [1.5, undefined],
    ['', undefined],
    [65, undefined],
  ],
  amount: [
    [0, 0],
    [0.5, 0.5],
    ['64', 64],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [-1, undefined],
    [Number.NaN, undefined],
    ['', undefined],
    ['much', undefined],
  ],
  switch: [
    [true, true],
    [false, false],
    ['false', undefined],
    [1, undefined],
  ],
};

describe('flags', () => {
  for (const [name, flag] of rows) {
    it(`${name}: its default is allowed, and is what an untouched flag reads`, () => {
      expect(parseFlag(flag, defaultOf(flag))).to.equal(defaultOf(flag));
      expect(readFlag(name)).to.equal(defaultOf(flag));
    });

    it(`${name}: takes ${allowedText(flag)}`, () => {
      for (const [value, read] of given[flag.kind]) expect(parseFlag(flag, value), String(value)).to.equal(read);
      if (flag.kind !== 'choice') return;
      for (const choice of flag.choices) expect(parseFlag(flag, choice)).to.equal(choice);
    });
  }

  it('a value that is not allowed warns once, however often it is read, and again after it was mended', async () => {
    const name = 'CONVNET_WINOGRAD';
    const set = (value: string) => tf.env().set(name, value);
    try {
      const warnings = await captureWarnings(() => {
        set('f4');
        for (let i = 0; i < 3; i++) expect(readFlag(name)).to.equal('auto');
        set('off');
        expect(readFlag(name)).to.equal('off');
        set('f4');
        readFlag(name);
      });
      const text = `convnet: ${name} must be one of auto f2 off; received ${name}='f4'; auto is used`;
      expect(warnings).to.deep.equal([text, text]);
    } finally {
      set('auto');
      readFlag(name);
    }
  });
});
