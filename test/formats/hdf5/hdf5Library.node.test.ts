// The HDF5 library (h5wasm) reads what this package writes, and the other way round.

import { expect } from 'chai';
import { Dataset, File, FS, Group, ready } from 'h5wasm';
import { openHdf5, readStringList } from '../../../src/formats/hdf5/hdf5.js';
import { writeHdf5 } from '../../../src/formats/hdf5/writeHdf5.js';
import { everyKind, longNames } from '../../support/formats/writtenTree.js';

/** Left out, since the wrapper of the library lacks these numbers or has another form for them. */
const NOT_SEEN = new Set(['float16', 'bfloat16', 'bool', 'int64', 'uint64', 'empty']);

describe('Keras files: the HDF5 library', () => {
  before(async () => {
    await ready;
  });

  function withFile<Result>(bytes: Uint8Array, use: (file: File) => Result): Result {
    FS?.writeFile('/written.h5', bytes);
    const file = new File('/written.h5', 'r');
    try {
      return use(file);
    } finally {
      file.close();
      FS?.unlink('/written.h5');
    }
  }

  it('reads what is written', () => {
    withFile(writeHdf5({ ...everyKind, attributes: { ...everyKind.attributes, names: longNames } }), (file) => {
      for (const [name, { shape, data }] of Object.entries(everyKind.datasets)) {
        const found = file.get(name);
        expect(found, name).to.be.instanceOf(Dataset);
        expect((found as Dataset).shape, name).to.deep.equal(shape);
        if (NOT_SEEN.has(name)) continue;
        const { value } = found as Dataset;
        expect(shape.length === 0 ? [value] : Array.from(value as Float32Array), name).to.deep.equal(
          Array.from(data as Float32Array),
        );
      }
      expect(file.attrs.text.value).to.equal('grüße "x"');
      expect(file.attrs.list.value).to.deep.equal(['a', 'bc', 'é']);
      expect(file.attrs.empty_list.shape).to.deep.equal([0]);
      expect(file.attrs.number.value).to.equal(1.5);
      expect([file.attrs.names0.value, file.attrs.names1.value].flat()).to.deep.equal(longNames);
      const deep = file.get('deep/er');
      expect(deep).to.be.instanceOf(Group);
      expect((deep as Group).attrs.name.value).to.equal('groß');
    });
  });

  it('writes what is read', () => {
    const file = new File('/other.h5', 'w');
    file.create_attribute('text', 'grüße');
    file.create_attribute('names', ['a', 'bc']);
    const group = file.create_group('layers');
    group.create_dataset({ name: 'kernel', data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] });
    group.create_dataset({
      name: 'packed',
      data: Int32Array.of(1, 2, 3, 4),
      shape: [4],
      chunks: [3],
      compression: 'gzip',
    });
    file.close();
    const bytes = FS?.readFile('/other.h5') as Uint8Array;
    FS?.unlink('/other.h5');
    const root = openHdf5(bytes);
    expect(root.attributes.get('text')).to.equal('grüße');
    expect(readStringList(root, 'names')).to.deep.equal(['a', 'bc']);
    expect(root.dataset('layers/kernel')?.shape).to.deep.equal([2, 2]);
    expect(root.dataset('layers/kernel')?.read()).to.deep.equal(Float32Array.of(1, 2, 3, 4));
    expect(root.dataset('layers/packed')?.read()).to.deep.equal(Int32Array.of(1, 2, 3, 4));
  });
});
