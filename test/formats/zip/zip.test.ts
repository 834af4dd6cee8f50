// Zip archives: the kinds that Keras and others write, those that must be refused, and broken ones.

import { expect } from 'chai';
import { deflateSync, zipSync } from 'fflate';
import { KerasFileError } from '../../../src/formats/kerasFileError.js';
import { crc32, crc32Tables } from '../../../src/formats/zip/crc32.js';
import { isZip, openZip, zipStored } from '../../../src/formats/zip/zip.js';
import { corrupt, seededRandom } from '../../support/formats/corrupt.js';
import { catchFileError } from '../../support/formats/expectFileError.js';
import { type ArchiveOptions, buildZip, type Member } from '../../support/formats/zipTools.js';

const content = Uint8Array.from({ length: 3000 }, (_, i) => (i * i) >> 5);
const text = new TextEncoder().encode('{"a": NaN}');
const stored: Member = { name: 'a/b.bin', packed: content, crc: crc32(content) };
const packed = deflateSync(content);
const deflated: Member = { ...stored, packed, size: content.length, method: 8 };

const readable: readonly (readonly [string, readonly Member[], ArchiveOptions?])[] = [
  ['a stored member', [stored]],
  ['a deflated member', [deflated]],
  [
    'data descriptors',
    [
      { ...deflated, descriptor: true },
      { ...stored, name: 'c', descriptor: true },
    ],
  ],
  [
    'Zip64 sizes',
    [
      { ...stored, zip64: true },
      { ...deflated, name: 'c', zip64: true },
    ],
  ],
  ['a Zip64 end record', [stored, { ...deflated, name: 'c' }], { zip64End: true }],
  ['a comment', [stored], { comment: 'PK\u0005\u0006 is no end' }],
  ['UTF-8 names', [{ ...stored, name: 'grüße.bin', flags: 0x800 }]],
  ['an empty member', [stored, { name: 'c', packed: new Uint8Array(0), crc: 0 }]],
  ['folders, which are left out', [{ name: 'a/', packed: new Uint8Array(0), crc: 0 }, stored]],
];

const refused: readonly (readonly [string, string, readonly Member[], ArchiveOptions?])[] = [
  ['encryption', 'encrypted archives', [{ ...stored, flags: 1 }]],
  [
    'another method',
    "stored or compressed with deflate; received name='a/b.bin', method=12",
    [{ ...stored, method: 12 }],
  ],
  ['two members of a name', 'must not have the same name', [stored, stored]],
  ['a wrong checksum', 'the checksum of a member must hold', [{ ...stored, crc: 1 }]],
  ['a wrong checksum of packed data', 'the checksum of a member must hold', [{ ...deflated, crc: 1 }]],
  [
    'another name in the header',
    'the same name in the directory and in its header',
    [{ ...stored, localName: 'a/c.bin' }],
  ],
  ['data longer than declared', 'must have the size that the directory gives', [{ ...deflated, size: 2999 }]],
  ['data shorter than declared', 'must have the size that the directory gives', [{ ...deflated, size: 3001 }]],
  ['data that does not inflate', 'cannot be inflated', [{ ...deflated, packed: packed.slice(0, 100) }]],
  ['a size that deflate cannot reach', 'no compressed data can grow', [{ ...deflated, size: 2 ** 27 }]],
  [
    'a bomb',
    'a large member may grow 100 times at most',
    [{ ...deflated, packed: new Uint8Array(2 ** 19), size: 2 ** 28 + 1 }],
  ],
  ['a member above the limit', 'may have 4294967296 bytes at most', [{ ...deflated, size: 2 ** 33, zip64: true }]],
  ['a stored member of two sizes', 'must have one size', [{ ...stored, size: 5 }]],
  ...['../a', 'a/../b', '/a', 'a\\b', 'C:a', 'a//b', './a', '', 'a\nb'].map(
    (name) => [`the name ${JSON.stringify(name)}`, 'plain relative paths', [{ ...stored, name }]] as const,
  ),
];

function readAll(bytes: Uint8Array): Uint8Array[] {
  const archive = openZip(bytes);
  return archive.names.map((name) => archive.read(name));
}

describe('Keras files: zip', () => {
  for (const [what, members, options] of readable) {
    it(`reads ${what}`, () => {
      const archive = openZip(buildZip(members, options));
      const files = members.filter(({ name }) => !name.endsWith('/'));
      expect(archive.names).to.deep.equal(files.map(({ name }) => name));
      for (const { name, size, packed: bytes } of files) {
        expect(archive.size(name)).to.equal(size ?? bytes.length);
        expect(archive.read(name)).to.deep.equal(bytes.length === 0 ? bytes : content);
      }
    });
  }

  for (const [what, message, members, options] of refused) {
    it(`refuses ${what}`, () => {
      expect(catchFileError(() => readAll(buildZip(members, options))).message).to.include(message);
    });
  }

  it('refuses members that share bytes', () => {
    const bytes = buildZip([stored, { ...stored, name: 'a/c.bin' }]);
    const end = new DataView(bytes.buffer).getUint32(bytes.length - 6, true);
    new DataView(bytes.buffer).setUint32(end + 46 + 7 + 42, 0, true); // both begin at one position
    expect(catchFileError(() => readAll(bytes)).message).to.include('members must not overlap');
  });

  it('names the members when one is missing', () => {
    const archive = openZip(buildZip([stored]));
    expect(archive.has('a/b.bin')).to.equal(true);
    expect(archive.has('constructor')).to.equal(false);
    expect(catchFileError(() => archive.read('config.json')).message).to.include("names=['a/b.bin']");
  });

  it('gives views of stored members, and reads lazily', () => {
    const bytes = buildZip([stored, { ...deflated, name: 'broken', packed: new Uint8Array(100) }]);
    const archive = openZip(bytes.subarray(0));
    expect(archive.read('a/b.bin').buffer).to.equal(bytes.buffer);
    catchFileError(() => archive.read('broken'));
  });

  it('reads what fflate writes', () => {
    const archive = openZip(zipSync({ a: { 'b.bin': content }, 'c.json': [text, { level: 0 }] }));
    expect(archive.read('a/b.bin')).to.deep.equal(content);
    expect(archive.read('c.json')).to.deep.equal(text);
  });

  it('writes stored members with a fixed date, the same bytes each time', () => {
    const bytes = zipStored({ 'metadata.json': text, 'config.json': text, 'model.weights.h5': content });
    expect(isZip(bytes)).to.equal(true);
    expect(bytes).to.deep.equal(zipStored({ 'metadata.json': text, 'config.json': text, 'model.weights.h5': content }));
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    expect([view.getUint16(8, true), view.getUint16(10, true), view.getUint16(12, true)]).to.deep.equal([0, 0, 0x21]);
    const archive = openZip(bytes);
    expect(archive.names).to.deep.equal(['metadata.json', 'config.json', 'model.weights.h5']);
    expect(archive.read('model.weights.h5')).to.deep.equal(content);
  });

  it('knows the checksum', () => {
    expect(crc32Tables(new TextEncoder().encode('123456789'))).to.equal(0xcbf43926); // the check value of the algorithm
    for (const length of [0, 1, 15, 16, 17, 31, 3000]) {
      expect(crc32Tables(content.subarray(0, length))).to.equal(crc32(content.subarray(0, length)));
    }
  });

  it('ends in an error of ours wherever the file is cut', () => {
    const bytes = zipStored({ 'config.json': text, b: content.subarray(0, 200) });
    for (let length = 0; length < bytes.length; length++) catchFileError(() => readAll(bytes.subarray(0, length)));
  });

  for (const seed of [1, 2, 3]) {
    it(`gives the right content or an error of ours for 400 broken archives (seed ${seed})`, () => {
      const random = seededRandom(seed);
      const whole = buildZip([deflated, { name: 'c', packed: text, crc: crc32(text) }], { zip64End: seed === 2 });
      for (let i = 0; i < 400; i++) {
        try {
          for (const member of readAll(corrupt(whole, random))) {
            expect([content, text, new Uint8Array(0)]).to.deep.include(member);
          }
        } catch (error) {
          if (!(error instanceof KerasFileError)) throw error;
        }
      }
    });
  }
});
