// The sound files that the fuzzer breaks: models of every format that real Keras and the converter wrote.

import index from '../fixtures/index.json' with { type: 'json' };
import { type FixtureEntry, fixtureFile, fixtures, readFixture } from '../support/keras/fixtureFiles.js';
import type { NamedFile } from './mutateFile.js';

export interface Victim {
  readonly title: string;
  /** The model's file, then its shards. */
  read(): Promise<NamedFile[]>;
  /** A sound file whose model has these weights; absent for files that hold the model themselves. */
  readonly model?: Victim;
}

const versions = ['3.15.1', '3.6.0', '3.0.5', '2.15.0', '2.13.1'];
const formats = ['keras', 'h5', 'weights', 'legacy', 'gzip', 'latest', 'latestGzip', 'deflated'];

function ofFixture({ version, files }: FixtureEntry): Victim[] {
  const { keras } = files;
  const model = typeof keras === 'string' ? single(version, keras) : undefined;
  const plain = formats.flatMap((format): Victim[] => {
    const name = files[format];
    if (typeof name !== 'string') return [];
    const isWeights = format === 'weights' || format === 'legacy';
    return isWeights && !model ? [] : [{ ...single(version, name), ...(isWeights && { model }) }];
  });
  const { shardIndex, shards } = files;
  if (typeof shardIndex !== 'string' || !Array.isArray(shards)) return plain;
  return [
    ...plain,
    { title: `${version}/${shardIndex}`, model, read: () => readAll(version, [shardIndex, ...shards]) },
  ];
}

function single(version: string, name: string): Victim {
  return { title: `${version}/${name}`, read: () => readAll(version, [name]) };
}

function readAll(version: string, names: readonly string[]): Promise<NamedFile[]> {
  return Promise.all(names.map(async (name) => ({ name, bytes: await fixtureFile(version, name) })));
}

function ofConverter({ name, model, shards }: (typeof index.tfjs)[number]): Victim {
  const read = (path: string) => readFixture(path).then((bytes) => ({ name: path.split('/').at(-1) as string, bytes }));
  return { title: `tfjs/${name}`, read: () => Promise.all([model, ...shards].map(read)) };
}

const groups: readonly (readonly Victim[])[] = [
  ...versions.map((version) => fixtures.filter((entry) => entry.version === version).flatMap(ofFixture)),
  index.tfjs.map(ofConverter),
];

/** Files that have the same number in each round of a list: the versions take turns, the converter's files too. */
export function victimOf(pick: <T>(items: readonly T[]) => T): Victim {
  return pick(pick([groups[0], groups[0], ...groups]));
}
