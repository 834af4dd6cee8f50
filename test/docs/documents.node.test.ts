// The documents: their JavaScript runs as it stands, with the package's names pointing at the source, and their lists are
// those of the code. UPDATE_DOCS=1 writes the lists anew.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { opTable } from '../../src/layers/ops/opTable.js';
import { kerasLayerClasses } from '../../src/layers/registry.js';

const root = new URL('../../', import.meta.url);
const entries: readonly (readonly [string, string])[] = [
  ['tfjs-backend-convnet/keras', '../../src/keras.js'],
  ['tfjs-backend-convnet/layers', '../../src/layers.js'],
  ['tfjs-backend-convnet', '../../src/index.js'],
];

/** What the examples of a document print. */
const documents: Readonly<Record<string, readonly unknown[][]>> = {
  'README.md': [
    ['WebGL2 is not available here', [1, 8, 8, 6]],
    ['convnet', [1, 5]],
  ],
  'docs/keras.md': [[[1, 5]], [true]],
  'docs/debugging.md': [['batch_normalization']],
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

/** Runs the blocks as modules, each from a backend that it has not chosen, and gives the arguments of each console.log. */
async function printed(document: string, blocks: readonly string[]): Promise<unknown[][]> {
  const lines: unknown[][] = [];
  const { log } = console;
  console.log = (...args: unknown[]) => void lines.push(args);
  try {
    for (const [i, code] of blocks.entries()) {
      const file = new URL(`.build/docs/${document.replace(/\W/g, '_')}${i}.mjs`, root);
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

describe('documents list what there is', () => {
  const lists: Readonly<Record<string, readonly string[]>> = {
    layers: kerasLayerClasses.map(({ className }) => className),
    operations: Object.keys(opTable),
  };
  for (const [marker, names] of Object.entries(lists)) {
    it(`docs/keras.md: ${marker}`, async () => {
      const file = new URL('docs/keras.md', root);
      const text = await readFile(file, 'utf8');
      const list = [...new Set(names)].sort().map((name) => `\`${name}\``);
      const wanted = `<!-- ${marker} -->\n${wrapped(`${list.join(' ')}.`)}\n<!-- /${marker} -->`;
      const section = new RegExp(`<!-- ${marker} -->[\\s\\S]*<!-- /${marker} -->`);
      if (process.env.UPDATE_DOCS) await writeFile(file, text.replace(section, wanted));
      else expect(section.exec(text)?.[0]).to.equal(wanted);
    });
  }
});

/** Words in lines of at most 120 columns. */
function wrapped(text: string): string {
  return text.replace(/(.{1,120})( |$)/g, '$1\n').trimEnd();
}
