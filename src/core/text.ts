// UTF-8. jsdom, in which Jest tests pages, has neither TextEncoder nor TextDecoder; there Node's are taken. They are looked
// for when a text is read or written, not when the module is imported.

import type { Bytes } from './bytes.js';
import { builtinModule } from './platform.js';

type Coders = Pick<typeof globalThis, 'TextEncoder' | 'TextDecoder'>;

function coders(): Coders {
  const { TextEncoder, TextDecoder } = globalThis as Partial<Coders>;
  if (TextEncoder && TextDecoder) return { TextEncoder, TextDecoder };
  const node = builtinModule('util') as Coders | undefined;
  if (!node) throw new Error('text: TextEncoder and TextDecoder are needed, and this JavaScript engine has neither');
  return node;
}

/** The text in UTF-8. */
export function encodeText(text: string): Bytes {
  const bytes = new (coders().TextEncoder)().encode(text);
  // Node's bytes are no Uint8Array of jsdom's.
  return bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
}

/** Reads UTF-8 with the options of `TextDecoder`. Throws with `fatal` for anything else. */
export function decodeText(bytes: Uint8Array, options?: TextDecoderOptions): string {
  return new (coders().TextDecoder)('utf-8', options).decode(bytes);
}
