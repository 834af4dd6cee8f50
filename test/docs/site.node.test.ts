// The pages of the web site are the documents: every document for users is one of them, and the start page and the
// manual are the two parts of README.md.

import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { GROUPS, MANUAL_BEGINS } from '../../site/pages.mjs';

const root = new URL('../../', import.meta.url);
const pages = GROUPS.flatMap((group) => group.pages);

describe('the pages of the site', () => {
  it('are documents, each under a path of its own', () => {
    const missing = pages.map(({ source }) => source).filter((source) => !existsSync(new URL(source, root)));
    expect(missing).to.deep.equal([]);
    expect(new Set(pages.map(({ path }) => path)).size).to.equal(pages.length);
  });

  it('hold every document of docs', async () => {
    const documents = (await readdir(new URL('docs/', root))).filter((name) => name.endsWith('.md'));
    expect(pages.map(({ source }) => source)).to.include.members(documents.map((name) => `docs/${name}`));
  });

  it('divide README.md at a heading that is there once', async () => {
    const text = await readFile(new URL('README.md', root), 'utf8');
    expect(text.split(`\n${MANUAL_BEGINS}\n`)).to.have.length(2);
    expect(pages.filter(({ source }) => source === 'README.md')).to.have.length(2);
  });
});
