// Decodes JPEG files as Pillow, TensorFlow and browsers do: by libjpeg-turbo, whose interpolation of colours all of them
// show. docs/decisions/jpeg-decoder.md has the reasons.

import jpegJs from 'jpeg-js';
import { builtinModule } from '../core/platform.js';
import type { Picture } from './picture.js';
import { PictureError } from './pictureError.js';

/** @throws Error for a file that is damaged or ends early. */
export async function decodeJpeg(bytes: Uint8Array, components: number): Promise<Picture> {
  // mozjpeg as it is compiled converts grey and colours; the four inks of a printer are left to jpeg-js.
  if (components === 4)
    return jpegJs.decode(bytes, { useTArray: true, maxMemoryUsageInMB: 2048, tolerantDecoding: false });
  const decoded = last.then(() => decodeColours(bytes));
  last = decoded.catch(() => undefined);
  return decoded;
}

/** The decoder has one list of complaints, so that one file is decoded after the other. */
let last: Promise<unknown> = Promise.resolve();

async function decodeColours(bytes: Uint8Array): Promise<Picture> {
  started ??= start();
  const decode = await started;
  complaints.length = 0;
  try {
    const { width, height, data } = await withImageData(() => decode(new Uint8Array(bytes).buffer));
    const complaint = complaints.find((text) => !isHarmless(text));
    if (complaint !== undefined) throw new PictureError(complaint);
    return { width, height, data };
  } catch (error) {
    // It throws the status that its program ends with, or the address of an exception: what it printed is the reason.
    throw error instanceof Error ? error : new PictureError(complaints.at(-1) ?? 'it needs too much memory');
  }
}

/** What the decoder printed about the file at hand. */
const complaints: string[] = [];

type Decode = (file: ArrayBuffer) => Promise<Picture>;

let started: Promise<Decode> | undefined;

async function start(): Promise<Decode> {
  const { default: decode, init } = await import('@jsquash/jpeg/decode.js');
  const { readFile } = builtinModule('fs/promises') as typeof import('node:fs/promises');
  const { createRequire } = builtinModule('module') as typeof import('node:module');
  const file = createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm');
  const printErr = (text: string) => complaints.push(text);
  // The type of its first parameter tells nothing of the module, which comes first.
  const startModule = init as (module: WebAssembly.Module, options: object) => Promise<void>;
  const module = await WebAssembly.compile(await readFile(file));
  await withImageData(() => startModule(module, { printErr }));
  return decode;
}

/** The decoder makes an ImageData. One that stayed in Node would make other code take it for a page. */
async function withImageData<T>(run: () => Promise<T>): Promise<T> {
  if ('ImageData' in globalThis) return run();
  Object.assign(globalThis, { ImageData: PixelBytes });
  try {
    return await run();
  } finally {
    Reflect.deleteProperty(globalThis, 'ImageData');
  }
}

class PixelBytes {
  constructor(
    readonly data: Uint8ClampedArray,
    readonly width: number,
    readonly height: number,
  ) {}
}

/** Bytes between segments, which cameras leave and every reader skips. */
function isHarmless(complaint: string): boolean {
  return /extraneous bytes before marker/.test(complaint);
}
