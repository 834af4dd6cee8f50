// Marks errors that the user's own code throws: classes in customObjects, callbacks. A loader turns every other error into
// one about the file, and lets these pass as they are.

const thrownByUser = new WeakSet<object>();

/** Runs code of the user's and marks what it throws. */
export function runUserCode<T>(code: () => T): T {
  try {
    return code();
  } catch (error) {
    if (typeof error === 'object' && error !== null) thrownByUser.add(error);
    throw error;
  }
}

/** Whether `runUserCode` saw this error. */
export function isThrownByUser(error: unknown): boolean {
  return typeof error === 'object' && error !== null && thrownByUser.has(error);
}
