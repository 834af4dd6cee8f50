// Broken and hostile HDF5 files. Each ends in a KerasFileError or a result, after a number of reads in proportion to
// the file.

import { expect } from 'chai';
import { openHdf5 } from '../../../src/formats/hdf5/hdf5.js';
import { KerasFileError } from '../../../src/formats/kerasFileError.js';
import { corrupt, findMarks, redirect, seededRandom } from '../../support/formats/corrupt.js';
import { catchFileError } from '../../support/formats/expectFileError.js';
import { readContents, readDespiteErrors } from '../../support/formats/hdf5Walk.js';
import { readFixture } from '../../support/formats/readFixture.js';

const FILES = ['dtypes', 'strings', 'attributes', 'chunks', 'compact', 'many', 'committed', 'links', 'foreign'].flatMap(
  (name) => ['earliest', 'latest'].map((version) => `hdf5/${name}-${version}.h5`),
);
const MAX_READS = 400_000; // the largest of these files has 280 kB
const MAX_OBJECTS = 1000; // the largest tree has 123

/**
 * Reads all that can be read. The budget of reads holds for each dataset, and the number of objects limits the
 * datasets.
 */
function readAll(bytes: Uint8Array): void {
  try {
    const { objects } = readDespiteErrors(openHdf5(bytes, { maxReads: MAX_READS }));
    expect(objects).to.be.below(MAX_OBJECTS);
  } catch (error) {
    if (!(error instanceof KerasFileError)) throw error;
  }
}

describe('Keras files: broken HDF5', () => {
  for (const file of [
    'hdf5/strings-earliest.h5',
    'hdf5/compact-latest.h5',
    'hdf5/links-earliest.h5',
    'hdf5/committed-latest.h5',
  ]) {
    it(`ends in an error wherever ${file} is cut`, async () => {
      const bytes = await readFixture(file);
      for (let length = 0; length < bytes.length; length += 7) {
        catchFileError(() => readContents(openHdf5(bytes.subarray(0, length))));
      }
    });
  }

  for (const file of FILES) {
    it(`survives 60 broken copies of ${file}`, async () => {
      const bytes = await readFixture(file);
      const random = seededRandom(bytes.length);
      for (let i = 0; i < 60; i++) readAll(corrupt(bytes, random));
    });
  }

  it('sees every flipped bit in the structure of a new file', async () => {
    const bytes = await readFixture('hdf5/compact-latest.h5');
    const whole = JSON.stringify(readContents(openHdf5(bytes)));
    const [header] = findMarks(bytes, 'OHDR');
    const size = bytes[header + 6]; // the first block, after flags and size
    for (let at = header; at < header + size; at++) {
      const copy = new Uint8Array(bytes);
      copy[at] ^= 4;
      expect(catchFileError(() => readContents(openHdf5(copy))).message, String(at)).to.match(/^hdf5: /);
    }
    expect(whole).to.equal(JSON.stringify(readContents(openHdf5(bytes))));
  });

  for (const [file, mark] of [
    ['many-earliest', 'TREE'],
    ['many-earliest', 'SNOD'],
    ['chunks-earliest', 'TREE'],
    ['many-latest', 'BTHD'],
    ['many-latest', 'BTLF'],
    ['many-latest', 'FHIB'],
    ['many-latest', 'FHDB'],
    ['strings-earliest', 'GCOL'],
    ['chunks-latest', 'FADB'],
    ['chunks-latest', 'EADB'],
  ]) {
    it(`ends when every ${mark} of ${file} stands for the first`, async () => {
      const bytes = new Uint8Array(await readFixture(`hdf5/${file}.h5`));
      const [first, ...others] = findMarks(bytes, mark);
      for (const other of others) redirect(bytes, other, first);
      readAll(bytes);
    });
  }

  it('ends in a tree whose nodes multiply at every level', async () => {
    const bytes = await multiplyingTree(await readFixture('hdf5/committed-earliest.h5'), 8);
    const message = catchFileError(() => openHdf5(bytes).keys()).message;
    expect(message).to.include('the tree of a group leads back into itself');
  });

  it('ends in groups that hold each other', async () => {
    const bytes = new Uint8Array(await readFixture('hdf5/attributes-earliest.h5'));
    const root = openHdf5(bytes);
    expect(root.group('deep/er')).not.to.equal(null);
    // Both groups get the tree and the names of the outer one.
    const trees = findMarks(bytes, 'TREE');
    const heaps = findMarks(bytes, 'HEAP');
    for (const tree of trees.slice(1)) redirect(bytes, tree, trees[0]);
    for (const heap of heaps.slice(1)) redirect(bytes, heap, heaps[0]);
    const error = catchFileError(() => readContents(openHdf5(bytes)));
    expect(error.message).to.include('must not be linked from two places');
  });

  it('refuses a chunk that is listed twice', async () => {
    const bytes = new Uint8Array(await readFixture('hdf5/chunks-earliest.h5'));
    const [node] = findMarks(bytes, 'TREE').filter((at) => bytes[at + 4] === 1); // of the three-dimensional dataset
    const key = node + 24;
    bytes.copyWithin(key + 48, key, key + 40);
    const error = catchFileError(() => openHdf5(bytes).dataset('plain')?.read());
    expect(error.message).to.include("no chunk may be stored twice; received path='/plain', offset=[0,0,0]");
  });

  it('does not make much from nothing', async () => {
    const bytes = new Uint8Array(await readFixture('hdf5/chunks-earliest.h5'));
    // The sparse dataset declares 2^28 elements instead of 100.
    const view = new DataView(bytes.buffer);
    let changed = 0;
    for (let at = 0; at + 8 <= bytes.length; at += 8) {
      if (view.getBigUint64(at, true) === 100n) {
        view.setBigUint64(at, 2n ** 28n, true);
        changed++;
      }
    }
    expect(changed).to.be.above(0);
    const error = catchFileError(() => openHdf5(bytes).dataset('sparse')?.read());
    expect(error.message).to.include('declares far more than is stored');
  });
});

/**
 * A file whose root group has `levels` nodes above its tree, each with 32 links to the next: 32^levels paths to the
 * leaf.
 */
async function multiplyingTree(whole: Uint8Array, levels: number): Promise<Uint8Array> {
  const nodeBytes = 24 + 32 * 16 + 8;
  const bytes = new Uint8Array(whole.length + levels * nodeBytes);
  bytes.set(whole);
  const view = new DataView(bytes.buffer);
  const [leaf] = findMarks(bytes, 'TREE');
  redirect(bytes, leaf, whole.length + (levels - 1) * nodeBytes);
  for (let level = 1; level <= levels; level++) {
    const at = whole.length + (level - 1) * nodeBytes;
    bytes.set(bytes.subarray(leaf, leaf + 4), at);
    bytes[at + 5] = level;
    view.setUint16(at + 6, 32, true);
    const child = level === 1 ? leaf : at - nodeBytes;
    for (let i = 0; i < 32; i++) view.setBigUint64(at + 24 + 16 * i + 8, BigInt(child), true);
  }
  view.setBigUint64(40, BigInt(bytes.length), true); // the end of the file in the superblock
  return bytes;
}
