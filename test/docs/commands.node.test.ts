// The blocks of the documents that are no JavaScript: commands run as they stand, TypeScript stands in a file that the
// compiler checks, and headers are those of the demo's server.

import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import demo from '../../examples/demo/vite.config.js';
import { commandFile, photo, repository } from '../support/convnetCommand.js';

/** Documents with blocks of a language, and how many each has. */
const documents: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  sh: {
    'README.md': 2,
    'docs/debugging.md': 2,
    'docs/installing.md': 3,
    'docs/pictures.md': 2,
  },
  ts: { 'docs/keras.md': 1, 'docs/pictures.md': 1 },
  http: { 'docs/csp.md': 1 },
};

async function blocksOf(document: string, language: string): Promise<string[]> {
  const text = await readFile(join(repository, document), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code]) => code);
}

it('the documents for users have no block that neither this file nor documents.node.test.ts knows', async () => {
  const guides = (await readdir(join(repository, 'docs'))).filter((name) => name.endsWith('.md'));
  const found: Record<string, Record<string, number>> = { sh: {}, ts: {}, http: {} };
  for (const name of ['README.md', ...guides.map((guide) => `docs/${guide}`)]) {
    if (name === 'docs/architecture.md') continue; // its picture is Mermaid's
    const text = await readFile(join(repository, name), 'utf8');
    for (const [, language] of text.matchAll(/^```(\S+)/gm)) {
      if (['js', 'html'].includes(language)) continue;
      found[language] ??= {};
      found[language][name] = (found[language][name] ?? 0) + 1;
    }
  }
  expect(found).to.deep.equal(documents);
});

describe('documents show commands that run', () => {
  let folder: string;
  let stubs: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'convnet-commands-'));
    stubs = join(folder, '.stubs');
    await mkdir(stubs);
    for (const name of ['npm', 'npx', 'chromium', 'parallel']) {
      await copyFile(join(repository, 'test/support/documents/stub.mjs'), join(stubs, name));
      await chmod(join(stubs, name), 0o755);
    }
    await writeFile(join(stubs, 'package.json'), '{ "type": "module" }');
    await copyFile(join(repository, 'examples/models/small.keras'), join(folder, 'model.keras'));
    await writeFile(join(folder, 'labels.txt'), ['a', 'b', 'c', 'd', 'e'].join('\n'));
    await copyFile(photo, join(folder, 'picture.png'));
    await mkdir(join(folder, 'photos'));
    // The suffix says JPEG, the bytes say PNG: the command reads bytes.
    for (const name of ['one.png', 'two.jpg']) await copyFile(photo, join(folder, 'photos', name));
  });

  after(() => rm(folder, { recursive: true }));

  for (const [document, count] of Object.entries(documents.sh)) {
    it(document, async () => {
      const blocks = await blocksOf(document, 'sh');
      expect(blocks).to.have.length(count);
      await rm(join(folder, 'scores.jsonl'), { force: true }); // of the document before
      for (const block of blocks) {
        const { code, stdout, stderr } = await shell(block);
        expect(code, `${block}\n${stdout}\n${stderr}`).to.equal(0);
      }
    });
  }

  it('and see a command that does not', async () => {
    for (const line of ['npm install tfjs-backend-convent', 'npm run prints', 'npx convnet run model.keras --inputs a'])
      expect((await shell(line)).code, line).to.not.equal(0);
  });

  async function shell(script: string): Promise<{ code: number; stdout: string; stderr: string }> {
    const env = {
      ...process.env,
      PATH: [stubs, process.env.PATH].join(delimiter),
      CONVNET_COMMAND: await commandFile(),
      CONVNET_REPOSITORY: repository,
    };
    return new Promise((resolve) => {
      const child = execFile(
        'bash',
        ['-e', '-o', 'pipefail', '-c', script],
        { cwd: folder, env },
        (_, stdout, stderr) => {
          resolve({ code: child.exitCode ?? -1, stdout, stderr });
        },
      );
    });
  }
});

describe('documents show TypeScript that compiles', () => {
  for (const [document, count] of Object.entries(documents.ts)) {
    it(document, async () => {
      const checked = withoutIndent(await readFile(join(repository, 'test/support/documents/typed.ts'), 'utf8'));
      const blocks = await blocksOf(document, 'ts');
      expect(blocks).to.have.length(count);
      for (const block of blocks) expect(checked).to.include(withoutIndent(block).replace(/\n}$/, ''));
    });
  }
});

it('docs/csp.md shows the headers with which the demo has threads', async () => {
  const [block] = await blocksOf('docs/csp.md', 'http');
  const shown = block
    .trim()
    .split('\n')
    .map((line) => line.split(': '));
  expect(Object.fromEntries(shown)).to.deep.equal(demo.server?.headers);
});

function withoutIndent(text: string): string {
  return text.replace(/^\s+/gm, '').trim();
}
