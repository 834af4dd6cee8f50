// Numbers as text, the same on the terminal, in files and on the page of the demo.

export function digits(value: number): string {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}

export function factor(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : 1)}x`;
}

/** Without the single rounds, and numbers to four digits: more is noise. */
export function jsonText(value: object): string {
  const shorten = (key: string, part: unknown) => {
    if (key === 'rounds') return undefined;
    return typeof part === 'number' ? Number(part.toPrecision(4)) : part;
  };
  return `${JSON.stringify(value, shorten, 2)}\n`;
}
