// Deflate that holds more than it says.

import { expect } from 'chai';
import { deflateSync, zlibSync } from 'fflate';
import { inflateUpTo } from '../../src/formats/inflate.js';

describe('inflateUpTo', () => {
  const forms = { raw: deflateSync, zlib: zlibSync } as const;
  for (const [form, pack] of Object.entries(forms)) {
    for (const length of [0, 10, 20_000, 1_000_000]) {
      for (const level of [0, 6] as const) {
        it(`${length} bytes, ${form}, level ${level}`, () => {
          const bytes = Uint8Array.from({ length }, (_, i) => (i * i * 31 + (i >> 7)) & (i % 3 ? 255 : 15));
          const packed = pack(bytes, { level });
          const equal = (limit: number) => {
            const found = inflateUpTo(limit, packed, form as 'raw' | 'zlib');
            const expected = bytes.subarray(0, limit + 1);
            return found.length === expected.length && found.every((byte, i) => byte === expected[i]);
          };
          for (const limit of [length, length + 7, length >> 1])
            expect(equal(limit), `at most ${limit}`).to.equal(true);
          expect(() => inflateUpTo(length, packed.subarray(0, packed.length >> 1), form as 'raw')).to.throw();
        });
      }
    }
  }

  it('reads no further than the limit', () => {
    const packed = deflateSync(new Uint8Array(2 ** 26)); // 64 KiB
    packed.fill(255, packed.length >> 1); // read, this would be an error
    expect(inflateUpTo(10, packed, 'raw').length).to.equal(11);
    expect(() => inflateUpTo(2 ** 26, packed, 'raw')).to.throw();
  });
});
