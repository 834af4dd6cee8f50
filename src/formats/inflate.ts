// Inflates what says how large it is, and stops where it is larger: 1 MB of deflate can hold 1 GB. Given
// all at once, fflate reads to the end, however little room there is.

import { Inflate, Unzlib } from 'fflate';

const PIECE_BYTES = 2 ** 14; // which grow to 16 MiB at most

/** The forms of deflate, by RFC 1951 and 1950. */
const forms = { raw: Inflate, zlib: Unzlib };

/**
 * Gives the inflated bytes, or the first limit + 1 of them where there are more.
 * @throws Error of the inflater for damaged bytes.
 */
export function inflateUpTo(limit: number, packed: Uint8Array, form: keyof typeof forms): Uint8Array {
  const content = new Uint8Array(limit + 1);
  let length = 0;
  const stream = new forms[form]((bytes) => {
    content.set(bytes.subarray(0, content.length - length), length);
    length = Math.min(length + bytes.length, content.length);
  });
  for (let at = 0; at < packed.length && length <= limit; at += PIECE_BYTES) {
    stream.push(packed.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= packed.length);
  }
  return content.subarray(0, length);
}
