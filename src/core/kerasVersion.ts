// Versions of Keras, as files say them.

/**
 * Whether a version is before `major.minor`.
 *
 * @param version Such as '3.4.1'; what is no version, 'unknown' or '', counts as the newest of all.
 */
export function isBefore(version: string | undefined, major: number, minor: number): boolean {
  const [, ownMajor, ownMinor] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (ownMajor === undefined) return false;
  return Number(ownMajor) < major || (Number(ownMajor) === major && Number(ownMinor) < minor);
}

/** 2 for tf.keras and tfjs, whose `hard_sigmoid` differs from Keras 3's; 3 for every later or unknown version. */
export function majorOf(kerasVersion: string): 2 | 3 {
  return /^(2\.|1|tfjs)/.test(kerasVersion) ? 2 : 3;
}
