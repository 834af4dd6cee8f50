// A byte array that grows, and the number formats of WebAssembly's binary form.
// https://webassembly.github.io/spec/core/binary/values.html

const initialBytes = 4096;
/** A 32-bit integer in LEB128. */
const mostBytesOfInteger = 5;

const asFloat = new Float32Array(1);
const floatBytes = new Uint8Array(asFloat.buffer);

export class ByteBuffer {
  private data = new Uint8Array(initialBytes);
  private length = 0;

  toArray(): Uint8Array<ArrayBuffer> {
    return this.data.slice(0, this.length);
  }

  byte(value: number): this {
    this.reserve(1);
    this.data[this.length++] = value;
    return this;
  }

  bytes(values: ArrayLike<number>): this {
    this.reserve(values.length);
    for (let i = 0; i < values.length; i++) this.data[this.length++] = values[i];
    return this;
  }

  /** LEB128: seven bits a byte. The top bit says that another byte follows. */
  unsigned(value: number): this {
    this.reserve(mostBytesOfInteger);
    let rest = value >>> 0;
    while (rest > 127) {
      this.data[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.data[this.length++] = rest;
    return this;
  }

  /** Signed LEB128: bit 6 of the last byte is the sign. */
  signed(value: number): this {
    this.reserve(mostBytesOfInteger);
    let rest = value | 0;
    while (rest > 63 || rest < -64) {
      this.data[this.length++] = (rest & 127) | 128;
      rest >>= 7;
    }
    this.data[this.length++] = rest & 127;
    return this;
  }

  float(value: number): this {
    asFloat[0] = value;
    return this.bytes(floatBytes);
  }

  text(value: string): this {
    const codes = Array.from(value, (letter) => letter.charCodeAt(0)); // jsdom has no TextEncoder
    if (codes.some((code) => code > 127)) throw new Error(`bytes: a name must be ASCII; received name=${value}`);
    return this.unsigned(codes.length).bytes(codes);
  }

  /** A vector: the number of items, then each item. */
  vector<T>(items: readonly T[], write: (item: T, index: number) => void): this {
    this.unsigned(items.length);
    items.forEach(write);
    return this;
  }

  /** Appends the length of some content, then the content. `write` appends it first, and it then moves up. */
  sized(write: () => void): this {
    const start = this.length;
    write();
    const size = this.length - start;
    this.unsigned(size);
    const prefix = this.length - start - size;
    this.data.copyWithin(start + prefix, start, start + size);
    this.length = start;
    this.unsigned(size);
    this.length += size;
    return this;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.data.length) return;
    const larger = new Uint8Array(2 * (this.length + count));
    larger.set(this.data.subarray(0, this.length));
    this.data = larger;
  }
}
