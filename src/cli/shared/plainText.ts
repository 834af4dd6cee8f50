// Text out of files on a terminal: without the control characters by which a terminal can be steered.

/** Every run of control characters and line ends becomes a space. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
