// Makes broken copies of a file, the same for the same seed: cut short, with flipped bits, with extreme values in
// fields, with addresses that point to other parts of the file or to themselves.

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];

export interface Random {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
}

/** The linear congruential generator of Numerical Recipes, modulo 2^32. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    below(limit) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    },
  };
}

/** A copy with one to four faults. */
export function corrupt(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = new Uint8Array(bytes);
  for (let faults = 1 + random.below(4); faults > 0; faults--) addFault(copy, random);
  return copy;
}

function addFault(bytes: Uint8Array, random: Random): void {
  const view = new DataView(bytes.buffer);
  const at = random.below(bytes.length);
  const aligned = Math.min(at & ~7, bytes.length - 8);
  switch (random.below(4)) {
    case 0:
      bytes[at] ^= 1 << random.below(8);
      break;
    case 1:
      bytes[at] = EXTREMES[random.below(EXTREMES.length)];
      break;
    case 2:
      view.setUint32(aligned, random.below(2 ** (1 + random.below(32))), true);
      break;
    default:
      view.setBigUint64(aligned, BigInt(random.below(2) === 0 ? aligned : random.below(bytes.length) & ~7), true);
  }
}

/** The offsets at which these four letters begin. */
export function findMarks(bytes: Uint8Array, mark: string): number[] {
  const letters = [...mark].map((letter) => letter.charCodeAt(0));
  const found: number[] = [];
  for (let at = 0; at + letters.length <= bytes.length; at++) {
    if (letters.every((letter, i) => bytes[at + i] === letter)) found.push(at);
  }
  return found;
}

/** Changes every address `from` to `to`, and gives the number of changes. */
export function redirect(bytes: Uint8Array, from: number, to: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let at = 0; at + 8 <= bytes.length; at++) {
    if (view.getBigUint64(at, true) !== BigInt(from)) continue;
    view.setBigUint64(at, BigInt(to), true);
    count++;
  }
  return count;
}
