// README.md of the package: no link that a registry's page cannot follow.

import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { packReadme } from '../../tools/packReadme.mjs';

const root = new URL('../../', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const readme = readFileSync(new URL('README.md', root), 'utf8');

const package_ = { name: 'nets', files: ['dist', 'docs/keras.md'] };
const repository = { url: 'git+https://example.com/nets.git' };

/** Text, then text of the package without and with a public address. */
const cases: readonly (readonly [string, string, string])[] = [
  [
    'See [files](docs/keras.md#limits).',
    'See files (`node_modules/nets/docs/keras.md`).',
    'See [files](https://example.com/nets/blob/HEAD/docs/keras.md#limits).',
  ],
  [
    '[docs/keras.md](docs/keras.md) has it.',
    '`node_modules/nets/docs/keras.md` has it.',
    '[docs/keras.md](https://example.com/nets/blob/HEAD/docs/keras.md) has it.',
  ],
  ['[how `x`](kernels/a.md) is', 'how `x` is', '[how `x`](https://example.com/nets/blob/HEAD/kernels/a.md) is'],
  ['[two\nlines](https://a.org) [b](#c)', '[two\nlines](https://a.org) [b](#c)', '[two\nlines](https://a.org) [b](#c)'],
  ['![a](b.png)\n\nc', 'c', '![a](https://example.com/nets/blob/HEAD/b.png)\n\nc'],
  [
    '| [a](a.md) | b |\n| [c](docs/keras.md) | d |\n',
    '| c (`node_modules/nets/docs/keras.md`) | d |\n',
    '| [a](https://example.com/nets/blob/HEAD/a.md) | b |\n| [c](https://example.com/nets/blob/HEAD/docs/keras.md) | d |\n',
  ],
  ['```js\nx[0](a)\n```\n', '```js\nx[0](a)\n```\n', '```js\nx[0](a)\n```\n'],
];

describe('README.md of the package', () => {
  for (const [text, alone, linked] of cases) {
    it(JSON.stringify(text), () => {
      expect(packReadme(text, package_)).to.equal(alone);
      expect(packReadme(text, { ...package_, repository })).to.equal(linked);
      expect(packReadme(text, { ...package_, homepage: 'https://example.com/nets/blob/HEAD/' })).to.equal(linked);
    });
  }

  it('has no relative link', () => {
    const relative = (text: string) => [...text.matchAll(/\]\((?![a-z]+:|#)[^)\s]+\)/g)].map(([link]) => link);
    expect(relative(readme)).to.not.deep.equal([]);
    expect(relative(packReadme(readme, manifest))).to.deep.equal([]);
    expect(relative(packReadme(readme, { ...manifest, repository }))).to.deep.equal([]);
  });

  it('links to no heading that is gone', () => {
    const text = packReadme(readme, manifest);
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title.toLowerCase().replaceAll(' ', '-'));
    for (const [, target] of text.matchAll(/\]\(#([^)\s]+)\)/g)) expect(headings).to.include(target);
  });
});
