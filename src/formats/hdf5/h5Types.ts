// What the Keras readers see of an HDF5 file. Nothing is read before it is asked for.

export type H5Dtype =
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'
  | 'string'
  /** Two opaque bytes without a `dtype` attribute: bfloat16 in legacy Keras files. */
  | 'opaque2'
  /** Anything else; `read()` throws and says what it is. */
  | 'other';

export type H5Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

export type H5Value = null | string | number | boolean | string[] | number[] | boolean[];

/** Attributes by name; a value is decoded, and may throw KerasFileError, when it is asked for. */
export interface H5Attributes {
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Scalars as they are, arrays of any rank flat, null for an empty dataspace, undefined where there is no such one. */
  get(name: string): H5Value | undefined;
}

export interface H5Group {
  readonly kind: 'group';
  /** '/' or '/a/b'. */
  readonly path: string;
  readonly attributes: H5Attributes;
  /** Names of all links, in the order of the file. */
  keys(): string[];
  /** A group by its name or relative path; null if there is none (a dataset has the name). Links that leave the tree throw. */
  group(name: string): H5Group | null;
  /** A dataset by its name or relative path; null if there is none. */
  dataset(name: string): H5Dataset | null;
}

export interface H5Dataset {
  readonly kind: 'dataset';
  readonly path: string;
  readonly attributes: H5Attributes;
  /** [] for a scalar. */
  readonly shape: readonly number[];
  readonly dtype: H5Dtype;
  /** Number of elements. */
  readonly size: number;
  /**
   * The values of a numeric dataset in row-major order: float16 and bfloat16 as Float32Array, bool as Uint8Array of 0 and 1,
   * opaque2 as the two bytes in a Uint16Array, everything else in its own type. May be a view of the file: do not write to it.
   */
  read(): H5Numbers;
  /** The values of a string dataset. */
  readStrings(): string[];
}

export interface H5Limits {
  /** How many fields may be read of the structure, and for each dataset; by default in proportion to the file. */
  readonly maxReads?: number;
  /** Largest dataset, in bytes; 4 GiB. */
  readonly maxDatasetBytes?: number;
}

/** Only hard links can be followed; the others lead by name to anywhere. */
export type Link =
  | { readonly kind: 'hard'; readonly address: number }
  | { readonly kind: 'soft' | 'external' | 'user-defined' };
