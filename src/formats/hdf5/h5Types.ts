// The interface of an open HDF5 file. Groups, attributes and values are read on request.

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
  /** Any other type; `read()` throws and names it. */
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

/** Attributes by name. A value is decoded on request, which may throw a KerasFileError. */
export interface H5Attributes {
  readonly names: readonly string[];
  has(name: string): boolean;
  /**
   * A scalar; an array of any rank as a flat list; null for an empty dataspace; undefined if there is no such
   * attribute.
   */
  get(name: string): H5Value | undefined;
}

export interface H5Group {
  readonly kind: 'group';
  /** '/' or '/a/b'. */
  readonly path: string;
  readonly attributes: H5Attributes;
  /** The names of all links in the order of the file. */
  keys(): string[];
  /** The group of a name or relative path; null if no group has it. Throws for a link that leaves the tree. */
  group(name: string): H5Group | null;
  /** The dataset of a name or relative path; null if no dataset has it. */
  dataset(name: string): H5Dataset | null;
}

export interface H5Dataset {
  readonly kind: 'dataset';
  readonly path: string;
  readonly attributes: H5Attributes;
  /** [] for a scalar. */
  readonly shape: readonly number[];
  readonly dtype: H5Dtype;
  /** The number of elements. */
  readonly size: number;
  /**
   * Reads the values of a numeric dataset in row-major order: float16 and bfloat16 as Float32Array, bool as Uint8Array
   * of 0 and 1, opaque2 as the two bytes in a Uint16Array, all others in their own type. The array may be a view of the
   * file: do not write to it.
   */
  read(): H5Numbers;
  /** Reads the values of a string dataset. */
  readStrings(): string[];
}

export interface H5Limits {
  /** The largest number of reads of the structure, and for each dataset. Default: in proportion to the file's size. */
  readonly maxReads?: number;
  /** The largest size of a dataset in bytes. Default 4 GiB. */
  readonly maxDatasetBytes?: number;
}

/** A link of a group. Only hard links are followed, since the others name any object of any file. */
export type Link =
  | { readonly kind: 'hard'; readonly address: number }
  | { readonly kind: 'soft' | 'external' | 'user-defined' };
