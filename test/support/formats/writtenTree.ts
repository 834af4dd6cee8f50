// A tree with every type of value that can be written.

import type { WriteDataset, WriteGroup } from '../../../src/formats/hdf5/writeHdf5.js';

type Tree = WriteGroup & { readonly datasets: Readonly<Record<string, WriteDataset>> };

export const everyKind: Tree = {
  attributes: {
    text: 'grüße "x"',
    empty_text: '',
    list: ['a', 'bc', 'é'],
    empty_list: [],
    integer: -3,
    number: 1.5,
    integers: [1, 2],
    numbers: [0.5, -0, 3],
    yes: true,
    no: false,
    float32: Float32Array.of(1, 2.5),
    int32: Int32Array.of(-1),
    float64: Float64Array.of(1e300),
  },
  groups: { deep: { groups: { er: { attributes: { name: 'groß' } } } }, nothing: {} },
  datasets: {
    float16: { shape: [3], dtype: 'float16', data: Float32Array.of(1, -0.5, 2 ** -24) },
    bfloat16: { shape: [2], dtype: 'bfloat16', data: Float32Array.of(1, -3) },
    float32: { shape: [2, 3], dtype: 'float32', data: Float32Array.of(1, 2, 3, 4, 5, Number.POSITIVE_INFINITY) },
    float64: { shape: [1, 1], dtype: 'float64', data: Float64Array.of(1e300) },
    int8: { shape: [2], dtype: 'int8', data: Int8Array.of(-128, 127) },
    int16: { shape: [1], dtype: 'int16', data: Int16Array.of(-32768) },
    int32: { shape: [1], dtype: 'int32', data: Int32Array.of(-(2 ** 31)) },
    int64: { shape: [], dtype: 'int64', data: BigInt64Array.of(-(2n ** 63n)) },
    uint8: { shape: [1], dtype: 'uint8', data: Uint8Array.of(255) },
    uint16: { shape: [1], dtype: 'uint16', data: Uint16Array.of(65535) },
    uint32: { shape: [1], dtype: 'uint32', data: Uint32Array.of(2 ** 32 - 1) },
    uint64: { shape: [1], dtype: 'uint64', data: BigUint64Array.of(2n ** 64n - 1n) },
    bool: { shape: [2], dtype: 'bool', data: Uint8Array.of(1, 0) },
    scalar: { shape: [], dtype: 'float32', data: Float32Array.of(7) },
    empty: { shape: [0, 3], dtype: 'float32', data: new Float32Array(0) },
  },
};

/** Names with more than 64512 bytes together. */
export const longNames = Array.from({ length: 2500 }, (_, i) => `a_layer_with_quite_a_long_name_in_é_${i}`);
