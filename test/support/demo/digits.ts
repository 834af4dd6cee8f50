// The sample classifier of the demo, the pictures that its training has not seen, and what Keras says to them.

import { readFile } from 'node:fs/promises';
import { encode } from 'fast-png';
import type { Picture } from '../../../src/pictures/picture.js';
import { readPicture } from '../../../src/pictures/pictureFiles.js';
import { repository } from './photo.js';

const folder = `${repository}examples/demo/samples/digits`;
const SIDE = 28;

export interface HeldBack {
  readonly digit: number;
  readonly picture: Picture;
  /** Keras's answer and its probability. */
  readonly answer: number;
  readonly probability: number;
}

export const digitsFile = `${folder}/digits.keras`;

export function digitLabels(): Promise<string> {
  return readFile(`${folder}/labels.txt`, 'utf8');
}

/** Fifty pictures, row by row of the sheet: ten columns, one for each digit. */
export async function heldBackDigits(): Promise<readonly HeldBack[]> {
  const sheet = await readPicture(`${folder}/held-back.png`);
  const { sheet: answers } = JSON.parse(await readFile(`${folder}/report.json`, 'utf8')) as {
    sheet: readonly [answer: number, probability: number][];
  };
  return answers.map(([answer, probability], i) => {
    const picture = cut(sheet, SIDE * (i % 10), SIDE * Math.floor(i / 10));
    return { digit: i % 10, picture, answer, probability };
  });
}

function cut({ width, data }: Picture, left: number, top: number): Picture {
  const rows = Array.from({ length: SIDE }, (_, y) => {
    const from = 4 * ((top + y) * width + left);
    return [...data.subarray(from, from + 4 * SIDE)];
  });
  return { width: SIDE, height: SIDE, data: Uint8Array.from(rows.flat()) };
}

export function pngOfPicture({ width, height, data }: Picture): Buffer {
  return Buffer.from(encode({ width, height, data: Uint8Array.from(data), channels: 4, depth: 8 }));
}
