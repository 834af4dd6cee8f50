// The part of docs/compatibility.md about round trips, from compatibility-trips.json.

import { existsSync, readFileSync } from 'node:fs';
import { architectures } from '../architectures.js';
import { FIRST_TOLERANCE, isGoodTrip, type StoredTrips, TRIP_TOLERANCE, type TripRow } from './tripFiles.js';

const TEXT = `## Round trips of \`keras.applications\`

Every architecture with random weights and small pictures, by \`npm run compatibility -- trips\`: Keras's \`.keras\` becomes \`.h5\`,
that a \`model.json\` with its shards, and that a \`.keras\` again; once by three runs of \`convnet convert\`, and once by the functions of
the package in one process. All six files are loaded and predict here, and real Keras loads both last ones and predicts. Each difference
is the largest distance from Keras's prediction of its own model over its largest output: below ${FIRST_TOLERANCE} for Keras's own file, of
which the other files may differ by ${TRIP_TOLERANCE}, and Keras's predictions by ${TRIP_TOLERANCE}. **Same
bits**: the six files predict exactly what Keras's own file predicts here.
`;

export function readTrips(file: string): StoredTrips | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as StoredTrips) : undefined;
}

/** Empty if nothing was measured. */
export function tripDocument(stored: StoredTrips | undefined): string {
  if (!stored || stored.rows.length === 0) return '';
  const { environment, rows } = stored;
  const good = rows.filter(isGoodTrip).length;
  const versions = Object.entries(environment).map(([name, version]) => `${name} ${version}`);
  const titles = [
    'architecture',
    'picture',
    'layers',
    'parameters',
    "Keras's file",
    'worst of six',
    'same bits',
    'in Keras',
  ];
  return [
    TEXT,
    `${good} of ${rows.length} that were measured agree; there are ${architectures.length}. Versions: ${versions.join(', ')}.\n`,
    `| ${titles.join(' | ')} |`,
    '| --- | --: | --: | --: | --: | --: | --- | --: |',
    ...rows.map((row) => `| ${cellsOf(row).join(' | ')} |`),
    '',
    ...failuresOf(rows),
  ].join('\n');
}

function failuresOf(rows: readonly TripRow[]): string[] {
  const failed = rows.filter((row) => !isGoodTrip(row));
  if (failed.length === 0) return [];
  const lines = failed.map(
    ({ architecture, error = 'the predictions differ' }) => `- ${architecture}: ${error.split('\n')[0]}`,
  );
  return ['What differs:\n', ...lines, ''];
}

function cellsOf({ architecture, size, layers, parameters, first, steps, isExact, keras }: TripRow): string[] {
  const all = steps ? [...steps.command, ...steps.api] : [];
  return [
    architecture,
    `${size}`,
    `${layers ?? ''}`,
    parameters?.toLocaleString('en-US') ?? '',
    show(first),
    all.length > 0 ? show(Math.max(...all)) : '',
    isExact === undefined ? '' : isExact ? 'yes' : 'no',
    keras ? show(Math.max(keras.command, keras.api)) : '',
  ];
}

function show(difference: number | undefined): string {
  return difference === undefined ? '' : difference === 0 ? 'exact' : difference.toExponential(1);
}
