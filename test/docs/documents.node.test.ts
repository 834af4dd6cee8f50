// The documents: their JavaScript runs as it stands, with the package's names pointing at the source, and their lists are
// those of the code. UPDATE_DOCS=1 writes the lists anew.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { activations } from '../../kernels/activation.js';
import { type Flag, type FlagName, flagTable } from '../../src/core/flags.js';
import { flagTexts } from '../../src/core/flagTexts.js';
import { opKernels as cpuKernels } from '../../src/engines/cpu/ops/index.js';
import { correctedKernels } from '../../src/engines/webgl/ops/corrected.js';
import { opKernels as webglKernels } from '../../src/engines/webgl/ops/index.js';
import { kerasLayerClasses } from '../../src/layers/allLayers.js';
import { opTable } from '../../src/layers/ops/opTable.js';

const root = new URL('../../', import.meta.url);
const entries: readonly (readonly [string, string])[] = [
  ['tfjs-backend-convnet/keras', '../../../src/keras.js'],
  ['tfjs-backend-convnet/layers', '../../../src/layers.js'],
  ['tfjs-backend-convnet/vision', '../../../src/vision.js'],
  ['tfjs-backend-convnet/training', '../../../src/training.js'],
  ['tfjs-backend-convnet/cpu', '../../../src/cpu.js'],
  ['tfjs-backend-convnet', '../../../src/index.js'],
];

/** What the examples of a document print. */
const documents: Readonly<Record<string, readonly unknown[][]>> = {
  'README.md': [['WebGL2 is not available here', [1, 8, 8, 6]], ['convnet', [1, 5]], [[1, 5]]],
  'docs/capture.md': [[[1, 5], 5, []], [[1, 2]], [Float32Array.of(0.5, 0.5)]],
  'docs/keras.md': [
    [[1, 5]],
    [[1, 6, 4]],
    [true],
    [2, true],
    [['', '[UNK]', 'cat', 'the', 'sat', 'a'], [[5, 2, 4, 0]]],
  ],
  'docs/training.md': [
    [13],
    [true],
    [true],
    [['loss', 'auc', 'precision']],
    [1],
    [['epoch-01.keras', 'epoch-02.keras', 'epoch-03.keras']],
    [2],
    [true],
    [['stem', 'grouped', 'hidden']],
    [11],
  ],
  'docs/pictures.md': [
    [[1, 32, 32, 3], 1],
    [600, 400, 3],
  ],
  'docs/backend.md': [['convnet', 'convnet', [1, 2]], ['convnet'], [[3, 3, 2, 6]]],
  'docs/migration.md': [[true]],
  'docs/servers.md': [[3, 400]],
  'docs/debugging.md': [[undefined], ['batch_normalization'], ['batch_normalization']],
};

describe('documents show code that runs', () => {
  for (const [document, expected] of Object.entries(documents)) {
    it(document, async () => {
      const text = await readFile(new URL(document, root), 'utf8');
      const blocks = [...text.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code);
      expect(await printed(document, blocks)).to.deep.equal(expected);
    });
  }
});

/** Blocks with a name are files of an app, which a test builds and runs in Chromium. */
const apps: Readonly<Record<string, string>> = {
  'README.md': 'readme.e2e.test.ts',
  'docs/debugging.md': 'debugging.e2e.test.ts',
  'docs/workers.md': 'workers.e2e.test.ts',
};

it('every document for users whose code is JavaScript is among those that run', async () => {
  const names = (await readdir(new URL('docs/', root))).filter((name) => name.endsWith('.md'));
  const texts = await Promise.all(
    ['README.md', ...names.map((name) => `docs/${name}`)].map(async (name) => {
      return { name, text: await readFile(new URL(name, root), 'utf8') };
    }),
  );
  const plain = texts.filter(({ text }) => /^```js$/m.test(text)).map(({ name }) => name);
  expect(Object.keys(documents)).to.have.members(plain);
  const named = texts.filter(({ text }) => /^```(js|html) \S+$/m.test(text)).map(({ name }) => name);
  expect(Object.keys(apps)).to.have.members(named);
  for (const [document, file] of Object.entries(apps)) {
    expect(await readFile(new URL(`test/e2e/${file}`, root), 'utf8')).to.include(`documentApp('${document}'`);
  }
});

/** Runs the blocks as modules, each from a backend that it has not chosen, and gives the arguments of each console.log. */
async function printed(document: string, blocks: readonly string[]): Promise<unknown[][]> {
  const lines: unknown[][] = [];
  const { log } = console;
  console.log = (...args: unknown[]) => void lines.push(args);
  try {
    for (const [i, code] of blocks.entries()) {
      const file = new URL(`.build/docs/${process.version}/${document.replace(/\W/g, '_')}${i}.mjs`, root);
      await mkdir(new URL('.', file), { recursive: true });
      const pointed = entries.reduce((text, [name, path]) => text.replaceAll(`'${name}'`, `'${path}'`), code);
      await writeFile(file, pointed);
      await tf.setBackend('cpu');
      await import(file.href);
    }
  } finally {
    console.log = log;
  }
  return lines;
}

interface Section {
  readonly document: string;
  /** The name in the comments around the section. */
  readonly marker: string;
  readonly text: string;
}

const sections: readonly Section[] = [
  { document: 'docs/keras.md', marker: 'layers', text: listOf(kerasLayerClasses.map(({ className }) => className)) },
  { document: 'docs/keras.md', marker: 'operations', text: listOf(Object.keys(opTable)) },
  { document: 'README.md', marker: 'flags', text: flagRows() },
];

describe('documents list what there is', () => {
  for (const { document, marker, text: wanted } of sections) {
    it(`${document}: ${marker}`, async () => {
      const file = new URL(document, root);
      const text = await readFile(file, 'utf8');
      const section = new RegExp(`(<!-- ${marker} -->\\n)[\\s\\S]*(<!-- /${marker} -->)`);
      if (process.env.UPDATE_DOCS) await writeFile(file, text.replace(section, `$1${wanted}\n$2`));
      else expect(section.exec(text)?.[0]).to.equal(`<!-- ${marker} -->\n${wanted}\n<!-- /${marker} -->`);
    });
  }
});

it('README.md counts the kernels besides convolution', async () => {
  const text = await readFile(new URL('README.md', root), 'utf8');
  const [, cpu, webgl] = /\| (\d+) in WebAssembly \| (\d+) in the own layout \|/.exec(text) ?? [];
  expect([cpu, webgl]).to.deep.equal([`${cpuKernels.length}`, `${webglKernels.length}`]);
  expect(text).to.include(`| ${correctedKernels.length} on TensorFlow.js's textures |`);
  expect(text).to.include(`The ${cpu} run on`).and.to.include(`The ${webgl} run on`);
});

it('README.md counts activations, layers and raw operations', async () => {
  const text = await readFile(new URL('README.md', root), 'utf8');
  const layers = kerasLayerClasses.length;
  const ops = Object.keys(opTable).length;
  expect(text).to.include(`any of ${activations.length} activations`);
  expect(text).to.include(`knows ${layers} layers and ${ops} raw operations`);
});

it('README.md shows the times of bench/results', async () => {
  const text = await readFile(new URL('README.md', root), 'utf8');
  const [cpu, webgl] = await Promise.all(['cpu-node24', 'webgl-swiftshader'].map(modelTimes));
  const rows = [...text.matchAll(/^\| [^|]+ (?:128x128|224x224|299x299) (?:\| [\d ]+ ){6}\|$/gm)].map(([row]) => {
    return row.split('|').slice(2, -1);
  });
  expect(rows).to.have.length.at.least(3);
  const models = ['esrgan-slim-x2 128x128', 'nsfw-mobilenet-v2 224x224', 'nsfw-inception-v3 299x299'];
  for (const [i, model] of models.entries()) {
    const expected = [
      cpu(model, 'convnet-cpu@2', 'wasm', 0),
      cpu(model, 'convnet-cpu', 'wasm', 0),
      cpu(model, 'convnet-cpu', 'wasm', 1),
      cpu(model, 'convnet-cpu', 'cpu', 1),
      webgl(model, 'convnet-webgl', 'webgl', 0),
      webgl(model, 'convnet-webgl', 'webgl', 1),
    ];
    const shown = rows[i].map((cell) => Number(cell.replaceAll(' ', '')));
    expect(shown).to.have.length(expected.length);
    for (const [column, ms] of expected.entries()) expect(shown[column], `${model}, ${column}`).to.be.closeTo(ms, 0.5);
  }
});

/** Looks up a recorded time of a model, ours (0) or the peer's (1), in milliseconds. */
async function modelTimes(file: string) {
  const results = JSON.parse(await readFile(new URL(`bench/results/${file}.json`, root), 'utf8'));
  return (model: string, ours: string, peer: string, at: 0 | 1): number => {
    const verdicts: { group: string; title: string; ours: string; peer: string; amounts: number[] }[] =
      results.verdicts;
    const found = verdicts.find((one) => {
      return one.group === 'models' && one.title === model && one.ours === ours && one.peer === peer;
    });
    return found?.amounts[at] ?? Number.NaN;
  };
}

function listOf(names: readonly string[]): string {
  const list = [...new Set(names)].sort().map((name) => `\`${name}\``);
  return wrapped(`${list.join(' ')}.`);
}

function flagRows(): string {
  const rows = Object.entries(flagTable).map(([name, flag]) => {
    const { readAt, about } = flagTexts[name as FlagName];
    const [first, ...others] = wrapped(`- \`${name}\`: ${valuesOf(flag)}; read when ${readAt}. ${about}`, 118).split(
      '\n',
    );
    return [first, ...others.map((line) => `  ${line}`)].join('\n');
  });
  return rows.join('\n');
}

function valuesOf(flag: Flag): string {
  const words = (values: readonly unknown[]) => values.map((value) => `\`${value}\``).join(', ');
  switch (flag.kind) {
    case 'choice':
      return words(flag.choices);
    case 'count':
      return `\`auto\` or 1 to ${flag.max}`;
    case 'amount':
      return `a number from 0 up, default ${Number.isFinite(flag.default) ? flag.default : 'none'}`;
    case 'switch':
      return words([flag.default, !flag.default]);
    default:
      return flag satisfies never;
  }
}

/** Words in lines of at most so many columns. */
function wrapped(text: string, columns = 120): string {
  return text.replace(new RegExp(`(.{1,${columns}})( |$)`, 'g'), '$1\n').trimEnd();
}
