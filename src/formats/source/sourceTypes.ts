// What a user may hand over as a model file, and what the readers of this folder make of it.

/** Bytes with the name of the file they came from. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: ArrayBuffer | ArrayBufferView;
}

/** A `FileSystemFileHandle` of the browser, or anything that can give a `File`. */
export interface FileHandleLike {
  getFile(): Promise<Blob>;
}

/** A URL; in Node also a path. A `File` or `Blob`, bytes, or all the files of one model (`model.json` and its shards). */
export type KerasSource =
  | string
  | URL
  | Blob
  | ArrayBuffer
  | ArrayBufferView
  | NamedBytes
  | FileHandleLike
  | readonly (Blob | NamedBytes)[];

export interface SourceOptions {
  /** Called with 0 to 1 as the bytes arrive; while the length is unknown not before the end. */
  readonly onProgress?: (fraction: number) => void;
  /** Ends the reading; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Instead of the global `fetch`, for requests with headers or a cache. */
  readonly fetch?: typeof fetch;
  /** Largest size of one file, in bytes; 4 GiB. */
  readonly maxBytes?: number;
}

/** One file in memory, and the way to those beside it. */
export interface SourceFile {
  /** The last part of its path or URL; 'bytes' if it has none. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** A file named relative to this one: `group1-shard1of2.bin`, `shards/a.bin`; never outside of its folder. */
  sibling(relativeName: string, onProgress?: (fraction: number) => void): Promise<SourceFile>;
}

/** A place files can be read from: a server, a folder, a list chosen by the user. */
export interface SourcePlace {
  /** For messages. */
  readonly name: string;
  read(options: SourceOptions): Promise<Uint8Array>;
  /** The place of a file with a checked relative path; throws if there is no such thing. */
  sibling(steps: readonly string[]): SourcePlace;
}
