// Turns every kind of bytes into a plain Uint8Array. A Node Buffer is a Uint8Array too, but its `slice` does not copy.

/** The same memory as a plain Uint8Array. */
export function plainBytes(source: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (!ArrayBuffer.isView(source)) return new Uint8Array(source);
  return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}
