/** The reason with which a promise is rejected. Throws if it is fulfilled. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (outcome === undefined) throw new Error('rejection: the promise must reject; it was fulfilled');
  return outcome.error;
}
