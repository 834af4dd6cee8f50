// Makes text from files safe to print: control characters in it could steer the terminal.

/** The text with a space for every run of control characters and line ends. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
