// In what order test files run. By default that is the order of their paths; a seed shuffles them, to find tests that
// pass only after, or only before, certain others (npm test -- --shuffle=<seed>).

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

/**
 * The files below test/ that `isWanted` takes, from the repository's root, in the order of this run.
 * @param {(file: string) => boolean} isWanted told the path below test/, with slashes
 * @param {string} [seed] default: the environment's TEST_SHUFFLE; none leaves them sorted
 */
export function testFiles(isWanted, seed = process.env.TEST_SHUFFLE) {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.test.ts') && isWanted(file))
    .sort();
  return shuffled(files, seed).map((file) => `test/${file}`);
}

/**
 * The same items in an order that follows from the seed alone: Fisher and Yates's shuffle.
 * @template T
 * @param {readonly T[]} items
 * @param {string} [seed] none gives the order as it is
 */
export function shuffled(items, seed) {
  const order = [...items];
  if (!seed) return order;
  const next = randomNumbers(seed);
  for (let i = order.length - 1; i > 0; i--) {
    const k = Math.floor(next() * (i + 1));
    [order[i], order[k]] = [order[k], order[i]];
  }
  return order;
}

/** Numbers from 0 to below 1: mulberry32, seeded by the FNV-1a hash of a text. @param {string} seed */
function randomNumbers(seed) {
  let state = 0x811c9dc5;
  for (const char of seed) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
