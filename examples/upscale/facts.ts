/**
 * Writes a plain object as lines for people: `{ device: 'cpu', features: { simd: true } }` becomes
 * [['device', 'cpu'], ['features', 'simd']]. It shows every field that a backend gives, and knows none by name.
 */

export type Fact = readonly [label: string, text: string];

export function factsOf(value: object): readonly Fact[] {
  return Object.entries(value)
    .map(([key, entry]): Fact => [wordsOf(key), textOf(entry)])
    .filter(([, text]) => text !== '');
}

/** 'deviceString' -> 'device string' */
function wordsOf(key: string): string {
  return key.replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (typeof value === 'object') return Object.entries(value).map(memberText).filter(Boolean).join(', ');
  return String(value);
}

/** Within an object, a flag that is true is written as its name. */
function memberText([key, value]: readonly [string, unknown]): string {
  if (value === true) return wordsOf(key);
  if (value === false) return `no ${wordsOf(key)}`;
  const text = textOf(value);
  return text && `${wordsOf(key)} ${text}`;
}

/** 12345 -> '12 345', with a space that does not break. */
export function grouped(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u00a0');
}
