// Model files that real Keras wrote, with the inputs and outputs that it computed: test/fixtures/README.md.

import { unzipSync } from 'fflate';
import index from '../../fixtures/models/index.json' with { type: 'json' };
import { isBrowser } from '../backends.js';

export interface FixtureTensor {
  readonly name?: string;
  readonly shape: readonly number[];
  readonly dtype?: string;
  readonly values: unknown;
}

/** The facts about a model, in the JSON beside its files. */
export interface FixtureFacts {
  readonly name: string;
  readonly kind: string;
  readonly kerasVersion: string;
  readonly parameters: number;
  readonly layers: readonly string[];
  readonly refused?: string;
  readonly inputs: readonly FixtureTensor[];
  readonly outputs: readonly FixtureTensor[];
  /** What Keras itself predicts with quantised weights; `outputs` are then those of the expanded weights. */
  readonly quantizedOutputs?: readonly FixtureTensor[];
  readonly losses?: unknown;
  /** Three steps of SGD on the inputs. */
  readonly training?: {
    readonly targets: readonly FixtureTensor[];
    readonly learningRate: number;
    readonly losses: readonly number[];
    /** The predictions afterwards. */
    readonly after: readonly FixtureTensor[];
  };
}

type Files = Readonly<Record<string, string | readonly string[]>>;

export interface FixtureEntry {
  readonly version: string;
  readonly name: string;
  readonly kind: string;
  /** The files by format: keras, h5, weights, ... */
  readonly files: Files;
}

/** All models of all versions. */
export const fixtures: readonly FixtureEntry[] = Object.entries(
  index as unknown as Record<string, readonly { name: string; kind: string; files: Files }[]>,
).flatMap(([version, entries]) => entries.map((entry) => ({ version, ...entry })));

const opened = new Map<string, Promise<Record<string, Uint8Array>>>();

/** All files of one version of Keras. */
export function fixtureArchive(version: string): Promise<Record<string, Uint8Array>> {
  const known = opened.get(version) ?? readFixture(`models/${version}.zip`).then(unzipSync);
  opened.set(version, known);
  return known;
}

export async function fixtureFile(version: string, name: string): Promise<Uint8Array> {
  const file = (await fixtureArchive(version))[name];
  if (!file) throw new Error(`no such fixture: ${version} ${name}`);
  return file;
}

export async function factsOf({ version, name }: Pick<FixtureEntry, 'version' | 'name'>): Promise<FixtureFacts> {
  return JSON.parse(new TextDecoder().decode(await fixtureFile(version, `${name}.json`)));
}

/** A file below test/fixtures. */
export async function readFixture(path: string): Promise<Uint8Array> {
  if (isBrowser) {
    const response = await fetch(`/base/test/fixtures/${path}`);
    if (!response.ok) throw new Error(`the server must hand out ${path}; received status=${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }
  const { readFile } = await import(/* @vite-ignore */ 'node:fs/promises');
  return new Uint8Array(await readFile(new URL(`../../fixtures/${path}`, import.meta.url)));
}

/**
 * Outputs that differ in Keras itself after loading: Keras 3.0 to 3.12 loses `output_padding` when it saves, and no
 * layer reads this output, so the file does not have its shape.
 */
export function forgottenOutputs(version: string, name: string): readonly string[] {
  const isForgetful = ['3.0.5', '3.3.3', '3.6.0', '3.10.0', '3.12.4'].includes(version);
  return isForgetful && name === 'depthwise_separable_transpose' ? ['conv2d_transpose'] : [];
}
