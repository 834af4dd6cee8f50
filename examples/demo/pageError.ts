/** Errors as visitors read them: first what to do, then what was found. */

export class PageError extends Error {
  constructor(
    /** A sentence that says what to do. */
    readonly todo: string,
    /** What was found. */
    found: string,
  ) {
    super(found);
  }
}

/** What to do about errors of the library, whose messages are for programmers. The first pattern that fits counts. */
const advice: readonly (readonly [pattern: RegExp, todo: string])[] = [
  [/unknown layer class/, 'Write an app with these classes as customObjects: this page knows the layers of Keras.'],
  [/neither a \.keras archive/, 'Choose a .keras or .h5 file, or a model.json together with its weight files.'],
  [/weights? file|shard/, 'Choose the model.json together with all of its weight files.'],
  [/^fetch|Failed to fetch|dynamically imported|NetworkError/i, 'Look at the connection, and reload the page.'],
  [/memory|texture|too large|invalid array length/i, 'Choose a smaller picture, or the backend convnet-cpu.'],
  [/context (was )?lost/i, 'Reload the page: the browser has taken the GPU away.'],
];

export function todoOf(error: unknown): string {
  if (error instanceof PageError) return error.todo;
  const message = error instanceof Error ? error.message : String(error);
  return advice.find(([pattern]) => pattern.test(message))?.[1] ?? 'Try another file, or another backend.';
}
