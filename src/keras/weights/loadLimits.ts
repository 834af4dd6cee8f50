// How large the weights of a model may be: they must be in the file, and the file must be large enough for them.

import { checkFile } from '../../formats/kerasFileError.js';
import type { SourceFile } from '../../formats/source/sourceTypes.js';
import type { LoadLimits } from '../../layers/base/loadLimits.js';
import { legacyValues } from './loadLegacy.js';
import type { FileWeights } from './openWeights.js';
import type { StoredValue } from './storedValue.js';

/** Weights below this number of bytes may be compressed as much as the formats allow. */
const SMALL_BYTES = 2 ** 28;
const MOST_GROWTH = 100;
/** Variables that files lack: factors of LoRA beside a merged kernel, unpacked integers. */
const TIMES_STORED = 4;
const OTHER_VALUES = 2 ** 22;
/** Weights of a model that is loaded without `strict`: the file may lack them. */
const OTHER_VALUES_IF_NOT_STRICT = 2 ** 24;
/** A kernel of the plain CPU backend takes up to half a microsecond for each. */
const TRIAL_VALUES = 2 ** 25;

/** @throws KerasFileError for values that take much more memory than the file has bytes. */
export function loadLimits(weights: FileWeights, file: SourceFile, isStrict: boolean): LoadLimits {
  const stored = valuesOf(weights).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const bytes = 4 * stored;
  const isInProportion = weights.layout === 'named' || bytes <= Math.max(SMALL_BYTES, MOST_GROWTH * file.bytes.length);
  checkFile(
    isInProportion,
    `'${file.name}'`,
    `the weights may take ${MOST_GROWTH} times the size of the file at most`,
    {
      bytes,
      fileBytes: file.bytes.length,
    },
  );
  const others = isStrict ? OTHER_VALUES : OTHER_VALUES_IF_NOT_STRICT;
  return { weightValues: TIMES_STORED * stored + others, trialValues: TRIAL_VALUES };
}

function valuesOf(weights: FileWeights): readonly StoredValue[] {
  switch (weights.layout) {
    case 'named':
      return weights.values;
    case 'legacy':
      return legacyValues(weights.group);
    default:
      return weights.store.paths().flatMap((path) => weights.store.values(path));
  }
}
