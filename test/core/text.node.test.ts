// UTF-8 with the engine's encoder, and with Node's where the page's globals have none (jsdom).

import { expect } from 'chai';
import { decodeText, encodeText } from '../../src/core/text.js';

const texts: readonly (readonly [string, readonly number[]])[] = [
  ['', []],
  ['conv', [0x63, 0x6f, 0x6e, 0x76]],
  ['é', [0xc3, 0xa9]],
  ['日', [0xe6, 0x97, 0xa5]],
  ['😀', [0xf0, 0x9f, 0x98, 0x80]],
];

for (const where of ['with the globals', 'without them']) {
  describe(`UTF-8 ${where}`, () => {
    const { TextEncoder, TextDecoder } = globalThis;
    before(() => {
      if (where === 'without them') Object.assign(globalThis, { TextEncoder: undefined, TextDecoder: undefined });
    });
    after(() => void Object.assign(globalThis, { TextEncoder, TextDecoder }));

    for (const [text, codes] of texts) {
      it(JSON.stringify(text), () => {
        const bytes = encodeText(text);
        expect(bytes).to.be.instanceOf(Uint8Array);
        expect([...bytes]).to.deep.equal(codes);
        expect(decodeText(Uint8Array.from(codes), { fatal: true })).to.equal(text);
      });
    }

    it('decodes by its options', () => {
      const bom = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61);
      expect(decodeText(bom)).to.equal('a');
      expect(decodeText(bom, { ignoreBOM: true })).to.equal('\uFEFFa');
      expect(decodeText(Uint8Array.of(0xff))).to.equal('\uFFFD');
      expect(() => decodeText(Uint8Array.of(0xff), { fatal: true })).to.throw(TypeError);
    });
  });
}
