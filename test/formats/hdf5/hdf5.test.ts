// Reads HDF5 in every variety of the format that h5py writes (test/fixtures/hdf5/make_hdf5.py), and compares with
// h5py's values.

import { expect } from 'chai';
import { lookup3 } from '../../../src/formats/hdf5/checksum.js';
import { type H5Group, isHdf5, openHdf5, readStringList } from '../../../src/formats/hdf5/hdf5.js';
import { catchFileError } from '../../support/formats/expectFileError.js';
import { readContents } from '../../support/formats/hdf5Walk.js';
import { readFixture, readJsonFixture } from '../../support/formats/readFixture.js';

interface Expected {
  readonly datasets: Readonly<Record<string, { shape: number[] | null; dtype: string; values: unknown }>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const VERSIONS = ['earliest', 'latest'];
const FILES = [
  ...['dtypes', 'strings', 'attributes', 'chunks', 'compact', 'many', 'committed'].flatMap((name) =>
    VERSIONS.map((version) => [name, `${name}-${version}.h5`] as const),
  ),
  ['chunks', 'chunks-v110.h5'],
  ['compact', 'compact-v110.h5'],
  ['large_attribute', 'large_attribute-latest.h5'],
  ['ordered', 'ordered.h5'],
] as const;

async function open(name: string): Promise<H5Group> {
  return openHdf5(await readFixture(`hdf5/${name}`));
}

describe('Keras files: HDF5', () => {
  let tables: Readonly<Record<string, Expected>>;
  before(async () => {
    tables = await readJsonFixture('hdf5/expected.json');
  });

  for (const [table, file] of FILES) {
    it(`reads ${file} as h5py does`, async () => {
      const { datasets, groups } = readContents(await open(file));
      const expected = tables[table];
      expect(Object.keys(datasets)).to.have.members(Object.keys(expected.datasets));
      for (const [name, { shape, dtype, values }] of Object.entries(expected.datasets)) {
        const found = datasets[name];
        expect(found.shape, name).to.deep.equal(shape ?? [0]);
        if (/[fiu]\d/.test(dtype)) expect(found.dtype, name).to.match(kindPattern(dtype));
        const list = (Array.isArray(values) ? values : values === null ? [] : [values]) as unknown[];
        expect(found.values, name).to.deep.equal(found.dtype === 'bool' ? list.map(Number) : list);
      }
      expect(groups['/']).to.deep.equal(expected.attributes);
    });
  }

  for (const version of VERSIONS) {
    it(`reads bfloat16 from opaque bytes (${version})`, async () => {
      const root = await open(`bfloat16-${version}.h5`);
      expect(root.dataset('named')?.dtype).to.equal('bfloat16');
      const values = [1, -2, Number.POSITIVE_INFINITY, 2 ** -133];
      expect(root.dataset('named')?.read()).to.deep.equal(Float32Array.from(values));
      expect(root.dataset('bare')?.dtype).to.equal('opaque2');
      expect(root.dataset('bare')?.read()).to.deep.equal(Uint16Array.of(0x3f80, 0xc000, 0x7f80, 1));
      const other = root.dataset('other');
      expect(other?.dtype).to.equal('other');
      expect(catchFileError(() => other?.read()).message).to.include("type='3 opaque bytes'");
    });

    it(`follows hard links only, and no group twice (${version})`, async () => {
      const root = await open(`links-${version}.h5`);
      expect(root.dataset('data')?.read()).to.deep.equal(Float32Array.of(0, 1, 2));
      expect(root.dataset('same_data')?.read()).to.deep.equal(Float32Array.of(0, 1, 2));
      expect(root.dataset('group/inner')?.read()).to.deep.equal(Int32Array.of(0, 1));
      for (const [name, message] of [
        ['soft', "received path='/soft', link='soft'"],
        ['external', "received path='/external', link='external'"],
        ['group/up', "must not be linked from two places; received path='/group/up', known='/'"],
        ['again', "must not be linked from two places; received path='/again', known='/group'"],
      ]) {
        expect(catchFileError(() => root.group(name)).message).to.include(message);
        expect(catchFileError(() => root.dataset(name)).message).to.include(message);
      }
      expect(root.keys()).to.have.members(['data', 'group', 'same_data', 'soft', 'external', 'again']);
    });

    it(`refuses what lies elsewhere, and names types it does not read (${version})`, async () => {
      const root = await open(`foreign-${version}.h5`);
      for (const [name, message] of [
        ['virtual', 'virtual datasets'],
        ['external', 'values lie in other files are refused'],
        ['compound', "type='compounds'"],
        ['reference', "type='references'"],
        ['lists', "type='lists of variable length'"],
        ['lzf', "gzip, shuffle and fletcher32 only; received filter='lzf'"],
        ['huge', 'may have 4294967296 bytes at most'],
      ]) {
        expect(catchFileError(() => root.dataset(name)?.read()).message).to.include(message);
      }
      expect(root.attributes.has('reference')).to.equal(true);
      expect(catchFileError(() => root.attributes.get('reference')).message).to.include("name='reference'");
    });

    it(`puts split lists of names together (${version})`, async () => {
      const root = await open(`attributes-${version}.h5`);
      expect(readStringList(root, 'layer_names')).to.deep.equal(
        Array.from({ length: 60 }, (_, i) => `layer_with_a_long_name_${i}`),
      );
      expect(readStringList(root, 'weight_names')).to.deep.equal([]);
      expect(readStringList(root, 'list')).to.deep.equal(['a', 'bc']);
      expect(readStringList(root, 'list_fixed')).to.deep.equal(['ab', 'cde']);
      expect(readStringList(root, 'missing')).to.equal(null);
      expect(catchFileError(() => readStringList(root, 'floats')).message).to.include('must be a list of strings');
    });
  }

  it('finds objects by path, and nothing where there is nothing', async () => {
    const root = await open('attributes-earliest.h5');
    expect(root.path).to.equal('/');
    const deep = root.group('deep/er/est');
    expect(deep?.path).to.equal('/deep/er/est');
    expect(deep?.attributes.get('where')).to.equal('deep');
    expect(deep?.attributes.get('missing')).to.equal(undefined);
    expect(root.group('deep')?.group('er')?.path).to.equal('/deep/er');
    for (const name of ['nothing', 'deep/nothing', '..', 'deep/..', '__proto__', 'constructor']) {
      expect(root.group(name)).to.equal(null);
      expect(root.dataset(name)).to.equal(null);
    }
    expect(root.dataset('deep')).to.equal(null);
    for (const name of ['', '/deep', 'deep/', 'deep//er']) catchFileError(() => root.group(name));
  });

  it('gives views of aligned numbers and copies others', async () => {
    const bytes = await readFixture('hdf5/dtypes-earliest.h5');
    const direct = openHdf5(bytes).dataset('little_f4')?.read() as Float32Array;
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    const copied = openHdf5(shifted.subarray(1)).dataset('little_f4')?.read() as Float32Array;
    expect(copied).to.deep.equal(direct);
    const inPlace = [direct, copied].filter(({ buffer }) => buffer === bytes.buffer || buffer === shifted.buffer);
    expect(inPlace).to.have.length(1);
  });

  it('may be limited', async () => {
    const bytes = await readFixture('hdf5/chunks-earliest.h5');
    const small = openHdf5(bytes, { maxDatasetBytes: 1000 }).dataset('gzip');
    expect(catchFileError(() => small?.read()).message).to.include(
      "may have 1000 bytes at most; received path='/gzip'",
    );
    expect(catchFileError(() => openHdf5(bytes, { maxReads: 10 }).keys()).message).to.include('lead back into itself');
  });

  it('refuses other files', async () => {
    expect(isHdf5(await readFixture('hdf5/ordered.h5'))).to.equal(true);
    expect(isHdf5(new Uint8Array(3))).to.equal(false);
    for (const bytes of [new Uint8Array(0), new TextEncoder().encode('{"a": 1}')]) {
      expect(catchFileError(() => openHdf5(bytes)).message).to.include('must begin with the HDF5 signature');
    }
  });

  it('knows the checksum', () => {
    // The test values of lookup3.c
    expect(lookup3(new Uint8Array(0))).to.equal(0xdeadbeef);
    expect(lookup3(new TextEncoder().encode('Four score and seven years ago'))).to.equal(0x17770551);
  });
});

/** Compares numpy's name of a type with this package's. */
function kindPattern(dtype: string): RegExp {
  const kind = { f: 'float', i: 'int', u: 'uint' }[/[fiu]/.exec(dtype)?.[0] ?? ''];
  const bits = 8 * Number(/\d$/.exec(dtype)?.[0]);
  return /^(float|int|uint)/.test(dtype) ? new RegExp(`^${dtype}$`) : new RegExp(`^${kind}${bits}$`);
}
