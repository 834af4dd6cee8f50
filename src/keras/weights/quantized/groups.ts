// The group of each input, which files hold as floats: Keras cuts off what is behind the point.

import { checkFile } from '../../../formats/kerasFileError.js';
import type { StoredValue } from '../storedValue.js';

/** @throws KerasFileError for a group that has no scale. */
export function groupsOf(value: StoredValue, groupCount: number): number[] {
  return Array.from(value.numbers(), (stored) => {
    const group = Math.trunc(stored);
    const isGroup = group >= 0 && group < groupCount;
    checkFile(isGroup, `weight '${value.path}'`, 'a group must have a scale', { group: stored, groups: groupCount });
    return group;
  });
}
