// The lines of a vocabulary.txt, one for each token.
//
// Keras joins the tokens by line feeds, which Windows writes as \r\n, and reads lines that any line end of Python's
// splitlines() closes. A token that holds such a character becomes several lines there. The config's vocabulary_size
// says how many lines there should be, and with it a line feed that is a token is found again.
// Source: https://docs.python.org/3/library/stdtypes.html#str.splitlines, measured on Keras 3.6 and 3.15.

const lineEnds = '\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029';

/** Whether Keras would read a token as several lines. */
export function holdsLineBreak(token: string): boolean {
  return [...token].some((character) => lineEnds.includes(character));
}

/** The tokens of a file. @param size how many there should be, or null where the file does not say it. */
export function linesOf(text: string, size: number | null): string[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  if (lines.length === size) return lines;
  if (lines.length - 1 === size) {
    // The token '\n' stands between two line feeds, which makes two empty lines.
    const at = lines.map((line, i) => line === '' && lines[i + 1] === '').lastIndexOf(true);
    if (at >= 0) return [...lines.slice(0, at), '\n', ...lines.slice(at + 2)];
  }
  while (lines.at(-1) === '') lines.pop();
  return lines;
}
