// The doc comments of the entry `layers`: of each class with Keras's page, of each function, and of each argument.

import { readdir, readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { onlyInKeras2 } from '../../src/keras/save/serializeModel.js';
import { kerasLayerClasses } from '../../src/layers/allLayers.js';
import { factoryName } from '../support/layers/factoryName.js';

const folder = new URL('../../src/layers/', import.meta.url);

async function readSources(): Promise<string> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  return (await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')))).join('\n');
}

/** The doc comment directly before the match; empty if there is none. */
function commentBefore(text: string, index: number): string {
  return /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(text.slice(0, index))?.[0] ?? '';
}

const kerasPage = /Source:\s+\*?\s*https:\/\/keras\.io\/api\//;
const tensorFlowPage = /Source:\s+\*?\s*https:\/\/www\.tensorflow\.org\/versions\/r2\.15\/api_docs\//;

describe('doc comments of the layers', () => {
  let text = '';

  before(async () => {
    text = await readSources();
  });

  for (const { className } of kerasLayerClasses) {
    it(className, () => {
      const comment = commentBefore(text, text.search(new RegExp(`export class ${className} extends`)));
      expect(comment).to.match(onlyInKeras2.has(className) ? tensorFlowPage : kerasPage);
      const make = text.search(new RegExp(`export function ${factoryName(className)}\\(\\s*args: `));
      expect(commentBefore(text, make), 'of the function').to.match(new RegExp(`Makes an? ${className} layer`));
    });
  }

  it('every argument', () => {
    const interfaces = [
      ...text.matchAll(/(?:export interface (?=\w)|interface (?=\w+ extends))(\w*Args)\b[^{]*\{\n([\s\S]*?)^\}/gm),
    ];
    expect(interfaces.length).to.be.greaterThan(80);
    const bare = interfaces.flatMap(([, name, body]) =>
      [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??:/gm)]
        .filter(({ index }) => commentBefore(body, index) === '')
        .map(([, argument]) => `${name}.${argument}`),
    );
    expect(bare).to.deep.equal([]);
  });
});
