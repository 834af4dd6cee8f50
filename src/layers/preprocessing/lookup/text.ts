// What TextVectorization does to texts: standardize, split into tokens, join neighbouring tokens to n-grams.
// Source: https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/, measured on Keras 3.15.

/** Lower case for the letters of ASCII alone, as Keras does it. */
function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function stripPunctuation(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, '');
}

export const standardizers: Readonly<Record<string, (text: string) => string>> = {
  lower_and_strip_punctuation: (text) => stripPunctuation(lower(text)),
  lower,
  strip_punctuation: stripPunctuation,
};

export const splitters: Readonly<Record<string, (text: string) => readonly string[]>> = {
  /** At white space of ASCII; a no-break space joins words. */
  whitespace: (text) => text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== ''),
  /** Code points. */
  character: (text) => Array.from(text),
};

/** All n-grams of each width, in the order of the widths; words are joined by a space. */
export function ngrams(words: readonly string[], widths: readonly number[]): string[] {
  return widths.flatMap((width) =>
    Array.from({ length: Math.max(words.length - width + 1, 0) }, (_, i) => words.slice(i, i + width).join(' ')),
  );
}
