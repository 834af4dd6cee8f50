// Decoding of CTC outputs, one sequence at a time: https://keras.io/api/ops/nn/

export interface Path {
  readonly labels: readonly number[];
  readonly score: number;
}

interface Sizes {
  readonly steps: number;
  readonly classes: number;
  readonly blank: number;
}

/** The likeliest class of each step, without blanks. The score is minus the sum of its values. */
export function ctcGreedy(
  values: Float32Array,
  length: number,
  { classes, blank, merges, steps }: Sizes & { merges: boolean },
): Path {
  const labels: number[] = [];
  let score = 0;
  let before = -1;
  for (let t = 0; t < Math.min(length, steps); t++) {
    const row = values.subarray(t * classes, (t + 1) * classes);
    const best = row.reduce((most, value, i) => (value > row[most] ? i : most), 0);
    score -= row[best];
    if (best !== blank && !(merges && best === before)) labels.push(best);
    before = best;
  }
  return { labels, score };
}

interface Beam {
  readonly labels: readonly number[];
  /** The log probabilities that the path ends in a blank, and that it does not. */
  readonly blankScore: number;
  readonly labelScore: number;
}

function logAdd(a: number, b: number): number {
  const high = Math.max(a, b);
  return high === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(-Math.abs(a - b)));
}

const total = ({ blankScore, labelScore }: Beam) => logAdd(blankScore, labelScore);

/**
 * The likeliest label sequences, by a search that keeps `width` of them at each step. `values` are log probabilities.
 * Source: https://arxiv.org/abs/1408.2873
 */
export function ctcBeamSearch(
  values: Float32Array,
  length: number,
  { steps, classes, blank, width, paths }: Sizes & { width: number; paths: number },
): Path[] {
  let beams: Beam[] = [{ labels: [], blankScore: 0, labelScore: Number.NEGATIVE_INFINITY }];
  for (let t = 0; t < Math.min(length, steps); t++) {
    const row = values.subarray(t * classes, (t + 1) * classes);
    const found = new Map<string, { -readonly [key in keyof Beam]: Beam[key] }>();
    const entry = (labels: readonly number[]) => {
      const key = labels.join(',');
      const known = found.get(key) ?? {
        labels,
        blankScore: Number.NEGATIVE_INFINITY,
        labelScore: Number.NEGATIVE_INFINITY,
      };
      found.set(key, known);
      return known;
    };
    for (const beam of beams) {
      const last = beam.labels.at(-1);
      const same = entry(beam.labels);
      same.blankScore = logAdd(same.blankScore, total(beam) + row[blank]);
      for (let label = 0; label < classes; label++) {
        if (label === blank) continue;
        if (label === last) same.labelScore = logAdd(same.labelScore, beam.labelScore + row[label]);
        const longer = entry([...beam.labels, label]);
        // A repeated label begins anew after a blank only.
        const score = label === last ? beam.blankScore : total(beam);
        longer.labelScore = logAdd(longer.labelScore, score + row[label]);
      }
    }
    beams = [...found.values()].sort((a, b) => total(b) - total(a)).slice(0, width);
  }
  return beams.slice(0, paths).map((beam) => ({ labels: beam.labels, score: total(beam) }));
}
