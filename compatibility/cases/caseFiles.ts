// What lies in the folder of a run: a CASE.json by Keras for each case, its models, and what was found here.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const formats = ['keras', 'h5'] as const;
export type Format = (typeof formats)[number];

/** An array: values in base64, little-endian, or strings. */
export interface Encoded {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool' | 'string';
  readonly data?: string;
  readonly strings?: readonly string[];
}

/** Why there is nothing to compare. */
export interface NoGradient {
  readonly none: string;
}

/** Gradients of the sum of the outputs, each value times its factor. */
export interface Gradient {
  readonly training: boolean;
  readonly factors: readonly (Encoded | null)[];
  /** Null: not a float. */
  readonly inputs: readonly (Encoded | null)[];
  /** Path and gradient of each trainable weight. */
  readonly weights: readonly (readonly [string, Encoded])[];
}

/** Steps of SGD towards targets, with the mean squared error. */
export interface Training {
  readonly targets: readonly Encoded[];
  readonly learningRate: number;
  readonly losses: readonly number[];
  readonly after: readonly Encoded[];
}

/** What Keras wrote about a case. */
export interface CaseFile {
  readonly name: string;
  readonly id: string;
  /** The arguments, in short. */
  readonly note: string;
  readonly keras: string;
  readonly backend: string;
  /** Whether the file must be refused here. */
  readonly refused: boolean;
  readonly files: Partial<Record<Format, string>>;
  /** Why Keras could not write a format. */
  readonly unwritten: Partial<Record<Format, string>>;
  readonly inputs: readonly Encoded[];
  readonly outputs: readonly Encoded[];
  readonly gradient?: Gradient | NoGradient;
  readonly training?: Training;
  /** What another backend of Keras computes, where a difference made that worth asking. */
  readonly elsewhere?: Elsewhere;
}

/** The same model on another backend of Keras. */
export interface Elsewhere {
  readonly backend: string;
  readonly outputs: readonly Encoded[];
  readonly gradient?: Gradient | NoGradient;
}

/** A difference, or what went wrong. */
export type Outcome = Difference | { readonly error: string; readonly own?: string };

export interface Difference {
  readonly difference: number;
  /** The backend of Keras that agrees, where the first one does not. */
  readonly elsewhere?: string;
}

/** The limit of every difference. */
export const CASE_TOLERANCE = 1e-4;

export function isGood(outcome: Outcome): boolean {
  return 'difference' in outcome && outcome.difference <= CASE_TOLERANCE;
}

/** What was found here about a case. */
export interface CaseResult {
  readonly id: string;
  /** The prediction of Keras's file. */
  readonly predicts: Partial<Record<Format, Outcome>>;
  /** The prediction of the file that was saved here and loaded again. */
  readonly saves: Partial<Record<Format, Outcome>>;
  readonly gradient?: Outcome;
  readonly training?: Outcome;
  /** Tensors that were left behind. */
  readonly leaked: number;
}

export function outcomesOf({ predicts, saves, gradient, training }: CaseResult): readonly Outcome[] {
  const all = [...Object.values(predicts), ...Object.values(saves), gradient, training];
  return all.filter((outcome) => outcome !== undefined);
}

export function readCases(folder: string): CaseFile[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as CaseFile)
    .filter(({ id }) => id !== undefined);
}

/** Writes results.json, which is no case: it has no `id`. */
export function writeResults(folder: string, results: readonly CaseResult[]): void {
  writeFileSync(join(folder, 'results.json'), JSON.stringify({ results }));
}

/** None if nothing was found yet. */
export function readResults(folder: string): CaseResult[] {
  if (!existsSync(join(folder, 'results.json'))) return [];
  return JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')).results;
}

/** What Keras made of the files that were saved here, by case and format. */
export type Checked = Readonly<Record<string, Partial<Record<Format, Outcome>>>>;

export function readChecked(folder: string): Checked {
  const files = readdirSync(folder).filter((file) => /^checked\..*\.json$/.test(file));
  const parts = files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Checked);
  return Object.assign({}, ...parts) as Checked;
}
