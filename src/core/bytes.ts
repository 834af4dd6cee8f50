// Types of arrays on memory of their own.

/**
 * Bytes in an `ArrayBuffer`, never in shared memory: what `Blob`, `fetch`, `crypto.subtle` and files take. To TypeScript
 * 5.7 and newer it is `Uint8Array<ArrayBuffer>`, to older ones, which know no such type, `Uint8Array`.
 */
export type Bytes = ReturnType<Uint8ArrayConstructor['of']>;

/** The same with floats. */
export type Floats = ReturnType<Float32ArrayConstructor['of']>;
