// Whether tf.time() or tf.profile() measures now. A convolution must be drawn where it is called then, so that its time is
// its own.

let measured = false;

export function isMeasured(): boolean {
  return measured;
}

/** Runs work in which nothing is put off. */
export function atOnce<T>(work: () => T): T {
  const outer = measured;
  measured = true;
  try {
    return work();
  } finally {
    measured = outer;
  }
}
