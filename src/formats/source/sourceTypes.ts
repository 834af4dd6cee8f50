// The types of model files: what a user may give, and what the readers of this folder make of it.

/** Bytes with the name of their file. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: ArrayBuffer | ArrayBufferView;
}

/** A `FileSystemFileHandle` of the browser, or anything that can give a `File`. */
export interface FileHandleLike {
  getFile(): Promise<Blob>;
}

/** A `FileSystemDirectoryHandle` of the browser, or anything that lists its entries. */
export interface FolderHandleLike {
  readonly kind: 'directory';
  entries(): AsyncIterable<[string, FileHandleLike | FolderHandleLike]>;
}

/**
 * A URL; in Node also a path of a file or of a model's folder; a `File` or `Blob`; bytes; all the files of one model
 * (`model.json` and its shards), or the handle of their folder.
 */
export type KerasSource =
  | string
  | URL
  | Blob
  | ArrayBuffer
  | ArrayBufferView
  | NamedBytes
  | FileHandleLike
  | FolderHandleLike
  | readonly (Blob | NamedBytes)[];

export interface SourceOptions {
  /** Called with 0 to 1 as the bytes arrive; only with 1 at the end if the length is unknown. */
  readonly onProgress?: (fraction: number) => void;
  /** Stops the reading. The promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Fetches URLs, for requests with headers or a cache. Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /**
   * Whether the browser keeps files of `http:` and `https:` URLs (Cache API): a later load asks the server only whether
   * they have changed, and works where the server cannot be reached. Default false.
   */
  readonly cache?: boolean;
  /** Called where a file comes from the cache unasked, or cannot be kept. Default: console.warn. */
  readonly onWarning?: (message: string) => void;
  /** The largest size of one file in bytes. Default 4 GiB. */
  readonly maxBytes?: number;
}

export interface SiblingOptions {
  /** As for the file itself. */
  readonly onProgress?: (fraction: number) => void;
  /** The largest size in bytes, for a caller that knows how much it needs. Default: that of the file itself. */
  readonly maxBytes?: number;
}

/** A file in memory, which can read the files beside it. */
export interface SourceFile {
  /** The last part of the file's path or URL; 'bytes' without one. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /**
   * Reads the file of a relative name: `group1-shard1of2.bin`, `shards/a.bin`. Refused are names that leave the folder,
   * links that lead out of it, what is no regular file, and a file that was read before, by whichever name.
   */
  sibling(relativeName: string, options?: SiblingOptions): Promise<SourceFile>;
}

/** A file that can be read: from a server, a folder, memory, or a list chosen by the user. */
export interface Source {
  /** The file's name, for messages. */
  readonly name: string;
  /**
   * Tells which file it is, the same for each of its names: a path, a URL, or the object in memory. On disk it checks
   * that a sibling is a regular file within the folder.
   */
  identify(): unknown;
  read(options: SourceOptions): Promise<Uint8Array>;
  /** The file at a checked relative path. Throws if this kind of source has no siblings. */
  sibling(steps: readonly string[]): Source;
}
