// Writes HDF5 and reads it back, value for value. Values that the format cannot hold are refused.

import { expect } from 'chai';
import { openHdf5, readStringList } from '../../../src/formats/hdf5/hdf5.js';
import { type WriteDataset, type WriteGroup, writeHdf5 } from '../../../src/formats/hdf5/writeHdf5.js';
import { catchFileError } from '../../support/formats/expectFileError.js';
import { readValues } from '../../support/formats/hdf5Walk.js';
import { everyKind, longNames } from '../../support/formats/writtenTree.js';

const one: WriteDataset = { shape: [1], dtype: 'float32', data: Float32Array.of(1) };

const refused: readonly (readonly [string, string, WriteGroup])[] = [
  [
    'data that does not fit the shape',
    "received name='a', shape=[2], elements=1",
    { datasets: { a: { ...one, shape: [2] } } },
  ],
  [
    'data of another type',
    "data of float32 must be a Float32Array; received name='a', type='Int32Array'",
    { datasets: { a: { ...one, data: Int32Array.of(1) } } },
  ],
  ['an empty name', "received path=''", { datasets: { '': one } }],
  ['empty parts of a path', "received path='a//b'", { datasets: { 'a//b': one } }],
  ['paths of groups', "received path='a/b'", { groups: { 'a/b': {} } }],
  ['two of a name', "received path='a'", { groups: { a: {} }, datasets: { a: one } }],
  ['a dataset in a dataset', "cannot hold another; received path='a/b'", { datasets: { a: one, 'a/b': one } }],
  [
    'long numeric attributes',
    'an attribute may have 65535 bytes at most',
    { attributes: { a: new Float64Array(9000) } },
  ],
  ['names beyond the split', 'a name may have 64512 bytes at most', { attributes: { a: ['x'.repeat(64513)] } }],
  [
    'mixed lists',
    'must be text, a number, or a list of one of them',
    { attributes: { a: ['x', 1] as unknown as string[] } },
  ],
];

describe('Keras files: writing HDF5', () => {
  it('writes every type of dataset and attribute', () => {
    const root = openHdf5(writeHdf5(everyKind));
    for (const [name, { shape, dtype, data }] of Object.entries(everyKind.datasets)) {
      const found = root.dataset(name);
      expect(found?.shape, name).to.deep.equal(shape);
      expect(found?.dtype, name).to.equal(dtype);
      expect(found?.read(), name).to.deep.equal(data);
    }
    expect(Object.fromEntries(root.attributes.names.map((name) => [name, root.attributes.get(name)]))).to.deep.equal({
      ...everyKind.attributes,
      float32: [1, 2.5],
      int32: [-1],
      float64: [1e300],
    });
    expect(root.group('deep/er')?.attributes.get('name')).to.equal('groß');
  });

  it('makes the groups of a path', () => {
    const root = openHdf5(
      writeHdf5({ groups: { conv: {} }, datasets: { 'conv/seq/kernel:0': one, 'conv/seq/bias:0': one } }),
    );
    expect(root.keys()).to.deep.equal(['conv']);
    expect(root.group('conv/seq')?.keys()).to.deep.equal(['kernel:0', 'bias:0']);
  });

  it('splits lists of names as Keras does', () => {
    const root = openHdf5(writeHdf5({ attributes: { layer_names: longNames, few: ['a', 'é', ''], none: [] } }));
    expect(root.attributes.names).to.deep.equal(['layer_names0', 'layer_names1', 'few', 'none']);
    expect(readStringList(root, 'layer_names')).to.deep.equal(longNames);
    expect(readStringList(root, 'few')).to.deep.equal(['a', 'é', '']);
    expect(readStringList(root, 'none')).to.deep.equal([]);
  });

  it('holds thousands of members, and texts beyond 64 KiB', () => {
    const datasets: Record<string, WriteDataset> = {};
    for (let i = 0; i < 3000; i++) datasets[`d${i}`] = { ...one, data: Float32Array.of(i) };
    const text = '{"é": 1}'.repeat(50_000);
    const root = openHdf5(writeHdf5({ attributes: { model_config: text, again: text, short: 'x' }, datasets }));
    expect(root.keys().length).to.equal(3000);
    expect(root.dataset('d2999')?.read()).to.deep.equal(Float32Array.of(2999));
    expect(root.attributes.get('model_config')).to.equal(text);
    expect(root.attributes.get('again')).to.equal(text);
    expect(root.attributes.get('short')).to.equal('x');
  });

  it('rounds to 16 bits, ties to even', () => {
    // float32 and the nearest float16 and bfloat16, the last two of them from numpy and ml_dtypes
    const table: readonly (readonly [number, number, number])[] = [
      [1, 1, 1],
      [1 + 2 ** -11, 1, 1],
      [1 + 3 * 2 ** -11, 1 + 2 ** -9, 1],
      [1 + 2 ** -8, 1 + 2 ** -8, 1],
      [1 + 3 * 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -6],
      [65519, 65504, 65536],
      [65520, Number.POSITIVE_INFINITY, 65536],
      [-(2 ** 100), Number.NEGATIVE_INFINITY, -(2 ** 100)],
      [2 ** -24, 2 ** -24, 2 ** -24],
      [2 ** -25, 0, 2 ** -25],
      [3 * 2 ** -25, 2 ** -23, 3 * 2 ** -25],
      [2 ** -14 - 2 ** -26, 2 ** -14, 2 ** -14],
      [3.4028234663852886e38, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      [Number.NaN, Number.NaN, Number.NaN],
      [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ];
    const data = Float32Array.from(table, ([value]) => value);
    for (const [dtype, column] of [
      ['float16', 1],
      ['bfloat16', 2],
    ] as const) {
      const root = openHdf5(writeHdf5({ datasets: { a: { shape: [table.length], dtype, data } } }));
      expect(root.dataset('a')?.read()).to.deep.equal(Float32Array.from(table, (row) => row[column]));
    }
  });

  it('gives back every float16', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const root = openHdf5(writeHdf5({ datasets: { a: { shape: [65536], dtype: 'float16', data: bits } } }));
    const data = root.dataset('a')?.read() as Float32Array;
    const again = openHdf5(writeHdf5({ datasets: { a: { shape: [65536], dtype: 'float16', data } } })).dataset('a');
    expect(again?.read()).to.deep.equal(data);
    expect(readValues(again as NonNullable<typeof again>)[0x3c00]).to.equal(1);
  });

  for (const [what, message, tree] of refused) {
    it(`refuses ${what}`, () => expect(catchFileError(() => writeHdf5(tree)).message).to.include(message));
  }
});
