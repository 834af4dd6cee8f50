// What `npm run compatibility -- trips` finds about an architecture, and where its files lie.

import { join } from 'node:path';

/** The conversions, in their order. Each reads what the one before wrote. */
export const tripFormats = ['h5', 'tfjs', 'keras'] as const;
/** Who converts: the command `convnet convert`, or the functions of the package in one process. */
export const tripMeans = ['command', 'api'] as const;
export type TripMeans = (typeof tripMeans)[number];

/** Largest distances from Keras's prediction, over its largest value. */
export interface TripDifferences {
  /** Keras's own file, loaded here. */
  readonly first: number;
  /** Each file of the way, loaded here: `.h5`, `model.json`, `.keras`. */
  readonly steps: Readonly<Record<TripMeans, readonly number[]>>;
  /** Whether each step predicts the same bits as the first file. */
  readonly isExact: boolean;
  /** The last `.keras`, loaded by real Keras. */
  readonly keras?: Readonly<Record<TripMeans, number>>;
}

export interface TripRow extends Partial<TripDifferences> {
  readonly architecture: string;
  readonly size: number;
  readonly layers?: number;
  readonly parameters?: number;
  readonly error?: string;
}

export interface StoredTrips {
  readonly environment: Readonly<Record<string, string | number>>;
  readonly rows: readonly TripRow[];
}

/** By how much a step may change a prediction, and the last file that of Keras. */
export const TRIP_TOLERANCE = 1e-5;
/** By how much Keras's own file may predict otherwise here: the limit of the architectures with pictures of usual size. */
export const FIRST_TOLERANCE = 1e-4;

export function isGoodTrip({ error, first, steps, keras }: TripRow): boolean {
  if (error !== undefined || first === undefined || !steps || !keras) return false;
  const changes = tripMeans.flatMap((means) => [...steps[means].map((step) => Math.abs(step - first)), keras[means]]);
  return first <= FIRST_TOLERANCE && changes.every((value) => value <= TRIP_TOLERANCE);
}

/** The file or folder of a step. */
export function tripFile(folder: string, means: TripMeans, format: (typeof tripFormats)[number]): string {
  return join(folder, format === 'tfjs' ? means : `${means}.${format}`);
}

export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length)
    throw new Error(`compatibility: there must be ${expected.length} outputs; received ${actual.length}`);
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const distance = Array.from(actual).reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected[i])), 0);
  return distance / largest; // NaN stays
}
