// `npm run compatibility -- masks`: Keras makes models around masked tensors, all are read, run, trained and saved here.
// One run measures the Keras of one Python, and replaces the rows of that version.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { root } from '../../tools/setup.mjs';
import { lastJson } from '../cases/kerasCases.js';
import { checkResultsName, writeDocument } from '../document.js';
import { replaceFile } from '../replaceFile.js';
import { readMaskSections } from './maskDocument.js';
import {
  isGoodOutcome,
  type MaskCase,
  type MaskOutcome,
  type MaskReport,
  type MaskRow,
  type MaskSection,
} from './maskFiles.js';
import { maskReasonOf } from './maskReasons.js';

const script = fileURLToPath(new URL('../keras_masks', import.meta.url));
const reader = fileURLToPath(new URL('./readMasks.ts', import.meta.url));

const USAGE = `npm run compatibility -- masks [options]
Every layer and operation of one Keras behind a masked tensor. Takes half an hour.

options:
  --python=<program>  with Keras 3 and TensorFlow, or with TensorFlow 2.15 and its tf.keras; default: PYTHON, else python3
  --keep=<folder>     leaves Keras's files there, and uses those that are there
  --out=<file.json>   where the results go, a name that ends in -masks.json;
                      default: docs/compatibility-masks.json, and compatibility.md beside it`;

export async function runMasks(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      python: { type: 'string', default: process.env.PYTHON || 'python3' },
      keep: { type: 'string' },
      out: { type: 'string', default: join(root, 'docs/compatibility-masks.json') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const { python, keep, out } = values;
  checkResultsName(out, '-masks');
  const folder = keep === undefined ? mkdtempSync(join(tmpdir(), 'masks-')) : resolve(keep);
  try {
    if (!existsSync(join(folder, 'masks.json'))) console.log(await lastJson(python, ['-W', 'ignore', script, folder]));
    await lastJson(process.execPath, ['--import', 'tsx', reader, folder]);
    const section = sectionOf(folder);
    const others = readMaskSections(out).filter((one) => keyOf(one) !== keyOf(section));
    const lines = [...others, section].map((one) => `  ${JSON.stringify(one)}`).join(',\n');
    replaceFile(out, `[\n${lines}\n]\n`);
    writeDocument(out);
    const open = section.failures.filter((line) => maskReasonOf(line) === undefined);
    for (const line of open) console.log(line);
    process.exitCode = open.length > 0 ? 1 : 0;
  } finally {
    if (keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** The version of Keras and what it runs on: that of NumPy makes no other section. */
function keyOf({ versions: { numpy: _, ...versions } }: MaskSection): string {
  return JSON.stringify(versions);
}

function sectionOf(folder: string): MaskSection {
  const report = JSON.parse(readFileSync(join(folder, 'masks.json'), 'utf8')) as MaskReport;
  const { outcomes } = JSON.parse(readFileSync(join(folder, 'masksHere.json'), 'utf8')) as { outcomes: MaskOutcome[] };
  const byFile = new Map(outcomes.map((outcome) => [outcome.file, outcome]));
  const kinds = [...new Set(report.cases.map(({ kind }) => kind))];
  return {
    versions: report.versions,
    rows: kinds.map((kind) =>
      rowOf(
        kind,
        report.cases.filter((one) => one.kind === kind),
        byFile,
      ),
    ),
    failures: outcomes.filter((outcome) => !isGoodOutcome(outcome)).map(describe),
    without: Object.keys(report.without).length,
  };
}

function rowOf(kind: string, cases: readonly MaskCase[], byFile: ReadonlyMap<string, MaskOutcome>): MaskRow {
  const outcomes = cases.flatMap(({ files }) => files.flatMap((file) => byFile.get(file) ?? []));
  const equal = outcomes.filter(isGoodOutcome);
  const worst = (key: 'predicts' | 'saves' | 'losses') => equal.reduce((most, one) => Math.max(most, one[key] ?? 0), 0);
  return {
    kind,
    names: new Set(cases.map(({ name }) => name)).size,
    cases: cases.length,
    files: outcomes.length,
    equal: equal.length,
    predicts: worst('predicts'),
    saves: worst('saves'),
    trained: cases.filter(({ losses }) => losses !== undefined).length,
    losses: worst('losses'),
  };
}

function describe({ file, error, predicts, saves, losses }: MaskOutcome): string {
  if (error !== undefined) return `${file}: ${error.split('\n').slice(0, 2).join(' ').slice(0, 200)}`;
  const parts = Object.entries({ predicts, saves, losses }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key} ${value.toExponential(1)}`],
  );
  return `${file}: ${parts.join(', ')}`;
}
