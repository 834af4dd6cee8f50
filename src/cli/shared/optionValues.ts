// Reads and checks the values of options.

import { InvalidArgumentError } from 'commander';

/** 'a,b' -> ['a', 'b'] */
export function listOf(text: string): string[] {
  const names = text.split(',').filter((name) => name !== '');
  if (names.length === 0) throw new InvalidArgumentError('It must name at least one.');
  return [...new Set(names)];
}

/** Makes a reader of whole numbers from `least` on. */
export function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && text.trim() !== '') return value;
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
  };
}

/** Makes a reader of numbers from `least` on. */
export function numberFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isFinite(value) && value >= least && text.trim() !== '') return value;
    throw new InvalidArgumentError(`It must be a number of at least ${least}.`);
  };
}

/** '224x160' -> [224, 160], height first as in Keras; '224' is a square. */
export function sizeOf(text: string): readonly [number, number] {
  const [, height, width = height] = /^(\d{1,6})(?:[x×](\d{1,6}))?$/i.exec(text) ?? [];
  if (Number(height) > 0 && Number(width) > 0) return [Number(height), Number(width)];
  throw new InvalidArgumentError('It must be HEIGHTxWIDTH in pixels, as in 224x224.');
}
