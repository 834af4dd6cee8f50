// JSON in which whole numbers that are written as floats (1.0, 1e-05 is none) are told from integers.

/** Parses a text with "float 1" in place of 1.0. It shares no code with src/formats/json. */
export function parseWithFloats(text: string): unknown {
  let marked = '';
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      marked += character;
      if (character === '\\') marked += text[++i];
      else if (character === '"') inString = false;
      continue;
    }
    if (character === '"') inString = true;
    const written = /^-?[0-9][0-9.eE+-]*/.exec(text.slice(i, i + 40))?.[0];
    if (written === undefined) {
      marked += character;
      continue;
    }
    const isFloat = Number.isInteger(Number(written)) && /[.eE]/.test(written);
    marked += isFloat ? `"float ${Number(written)}"` : written;
    i += written.length - 1;
  }
  return JSON.parse(marked.replace(/-?\bInfinity\b|\bNaN\b/g, '"$&"'));
}

/** The paths at which one tree has the integer and the other the float of the same value. */
export function floatDifferences(a: unknown, b: unknown, path = ''): string[] {
  const [x, y] = [a, b].map((value) => (typeof value === 'number' ? `int ${value}` : value));
  if (typeof x === 'string' && typeof y === 'string') {
    const [first, second] = [x, y].map((text) => text.replace(/^(int|float) /, ''));
    return x !== y && first === second ? [path] : [];
  }
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return [];
  const keys = Object.keys(x).filter((key) => key in y);
  return keys.flatMap((key) =>
    floatDifferences((x as Record<string, unknown>)[key], (y as Record<string, unknown>)[key], `${path}/${key}`),
  );
}
