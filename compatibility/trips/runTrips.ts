// `npm run compatibility -- trips`: every architecture of keras.applications goes from .keras to .h5, to model.json and back
// to .keras, by the command and by the functions; real Keras reads the last files.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { root } from '../../tools/setup.mjs';
import { architectures } from '../architectures.js';
import { lastJson } from '../cases/kerasCases.js';
import { checkResultsName, writeDocument } from '../document.js';
import { findKeras } from '../keras.js';
import { replaceFile } from '../replaceFile.js';
import { readTrips } from './tripDocument.js';
import {
  isGoodTrip,
  largestDifference,
  type TripDifferences,
  type TripRow,
  tripFile,
  tripFormats,
  tripMeans,
} from './tripFiles.js';

const script = fileURLToPath(new URL('../keras_models.py', import.meta.url));
const reader = fileURLToPath(new URL('./readTrip.ts', import.meta.url));
const command = join(root, 'src/cli/convnet.ts');
const AT_ONCE = 4; // architectures whose files lie there together
/** The smallest pictures that an architecture takes, where those are above 32. */
const sizes: Readonly<Record<string, number>> = { InceptionV3: 75, InceptionResNetV2: 75, Xception: 71 };

const USAGE = `npm run compatibility -- trips [options]
Every architecture of keras.applications, with small pictures, through all formats and back. Takes an hour.

options:
  --python=<program>  with Keras 3 and TensorFlow; default: the environment variable PYTHON, else python3
  --only=<name,name>  these architectures
  --resume            leaves out what agrees already
  --out=<file.json>   where the results go, a name that ends in -trips.json;
                      default: docs/compatibility-trips.json, and compatibility.md beside it`;

interface Small {
  readonly inputShape: readonly number[];
  readonly layers: number;
}

export async function runTrips(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      python: { type: 'string', default: process.env.PYTHON || 'python3' },
      only: { type: 'string' },
      resume: { type: 'boolean', default: false },
      out: { type: 'string', default: join(root, 'docs/compatibility-trips.json') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const { python, only, resume, out } = values;
  checkResultsName(out, '-trips');
  process.env.KERAS_BACKEND ??= 'tensorflow';
  const { keras, backend } = findKeras(python);
  const environment = { keras: `${keras} on ${backend}`, tfjs: tf.version.tfjs, node: process.versions.node };
  const done = new Map((readTrips(out)?.rows ?? []).map((row) => [row.architecture, row]));
  const wanted = new Set(only?.split(',') ?? architectures.map(({ name }) => name));
  const names = [...wanted].filter(
    (name) => !(resume && isGoodTrip(done.get(name) ?? { architecture: name, size: 0 })),
  );
  for (let i = 0; i < names.length; i += AT_ONCE) {
    for (const row of await tripsOf(names.slice(i, i + AT_ONCE), python)) {
      done.set(row.architecture, row);
      console.log(`${isGoodTrip(row) ? 'same' : 'DIFFERS'} ${JSON.stringify(row)}`);
    }
    const rows = architectures.flatMap(({ name }) => done.get(name) ?? []);
    const lines = rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n');
    replaceFile(out, `{"environment": ${JSON.stringify(environment)},\n"rows": [\n${lines}\n]}\n`);
    writeDocument(out);
  }
  process.exitCode = [...wanted].every((name) => isGoodTrip(done.get(name) ?? { architecture: name, size: 0 })) ? 0 : 1;
}

async function tripsOf(names: readonly string[], python: string): Promise<TripRow[]> {
  const base = mkdtempSync(join(tmpdir(), 'trips-'));
  const folders = names.map((name) => join(base, name));
  try {
    for (const folder of folders) mkdirSync(folder);
    const wanted = names.flatMap((name, i) => [name, `${sizes[name] ?? 32}`, folders[i]]);
    const made = await lastJson<Small[]>(python, ['-W', 'ignore', script, 'small', ...wanted]);
    const rows: TripRow[] = [];
    for (const [i, architecture] of names.entries())
      rows.push(await trip(architecture, sizes[architecture] ?? 32, folders[i], made[i]));
    const files = names.flatMap((_, i) =>
      tripMeans.map((means) => tripFile(folders[i], means, 'keras')).filter((file) => existsSync(file)),
    );
    await lastJson(python, ['-W', 'ignore', script, 'predictEach', ...files]);
    return rows.map((row, i) => (row.error === undefined ? { ...row, ...byKeras(folders[i]) } : row));
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

async function trip(architecture: string, size: number, folder: string, made: Small): Promise<TripRow> {
  const facts = { architecture, size, layers: made.layers };
  try {
    writeFileSync(join(folder, 'made.json'), JSON.stringify(made));
    let from = join(folder, 'model.keras');
    for (const format of tripFormats) {
      const to = tripFile(folder, 'command', format);
      await promisify(execFile)(process.execPath, ['--import', 'tsx', command, 'convert', from, to]);
      from = to;
    }
    return { ...facts, ...(await lastJson<TripDifferences>(process.execPath, ['--import', 'tsx', reader, folder])) };
  } catch (error) {
    return { ...facts, error: (error as Error).message.slice(0, 1000) };
  }
}

function byKeras(folder: string): Pick<TripRow, 'keras' | 'error'> {
  try {
    const floats = (file: string) => new Float32Array(new Uint8Array(readFileSync(file)).buffer);
    const expected = floats(join(folder, 'expected.bin'));
    const of = (means: (typeof tripMeans)[number]) =>
      largestDifference(floats(`${tripFile(folder, means, 'keras')}.bin`), expected);
    return { keras: { command: of('command'), api: of('api') } };
  } catch {
    const file = join(folder, 'error.txt');
    return { error: existsSync(file) ? readFileSync(file, 'utf8') : 'Keras did not read the last file' };
  }
}
