// `convnet run` with many pictures: folders, patterns and lists, several processes, bad pictures, runs that were stopped.

import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { encode } from 'fast-png';
import { exitCodes } from '../../src/cli/shared/exitCodes.js';
import { commandFile, convnet, repository, useFolder } from '../support/convnetCommand.js';

interface Line {
  readonly input: string;
  readonly error?: string;
  readonly outputs?: readonly { readonly top: readonly { readonly index: number; readonly score: number }[] }[];
}

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

/** A picture of 8x8 pixels that no other number gives. */
function picture(n: number): Uint8Array {
  const data = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => (i * 31 + n * 7 + (n >> 5) * (i % 5)) & 255);
  return encode({ width: 8, height: 8, data, channels: 3, depth: 8 });
}

describe('convnet run: many pictures', () => {
  const { path, fixture } = useFolder();
  let model: string;
  /** Names in their order. */
  let pictures: string[];

  before(async () => {
    model = await fixture('3.15.1', 'sequential.keras');
    await mkdir(path('photos/more'), { recursive: true });
    const names = ['a.png', 'b.png', 'c.PNG', 'more/d.png', 'more/e.png'];
    pictures = names.map((name) => path(join('photos', name)));
    for (const [i, file] of pictures.entries()) await writeFile(file, picture(i));
    await writeFile(path('photos/notes.txt'), 'no picture');
  });

  async function run(...args: string[]): Promise<Line[]> {
    const { code, stdout, stderr } = await convnet(['run', model, ...args, '--scale', '0..1']);
    expect(code, stderr).to.equal(exitCodes.done);
    return linesOf(stdout);
  }

  async function scoresAlone(file: string) {
    const { stdout } = await convnet(['run', model, '--input', file, '--scale', '0..1', '--json']);
    return JSON.parse(stdout).outputs[0].top;
  }

  it('a folder: all pictures in it, by name, with the scores that each has alone', async () => {
    const lines = await run('--input', path('photos'), '--jobs', '2');
    expect(lines.map(({ input }) => input)).to.deep.equal(pictures);
    for (const { input, outputs } of [lines[0], lines[4]]) {
      expect(outputs?.[0].top).to.deep.equal(await scoresAlone(input));
    }
  });

  it('patterns', async () => {
    const found = async (pattern: string) => {
      const lines = await run('--input', relative(repository, path(pattern)), '--jobs', '1');
      return lines.map(({ input }) => relative(path('photos'), join(repository, input)));
    };
    expect(await found('photos/*.png')).to.deep.equal(['a.png', 'b.png']);
    expect(await found('photos/**/*.png')).to.deep.equal(['a.png', 'b.png', 'more/d.png', 'more/e.png']);
    expect(await found('photos/{b,c}.[pP]*')).to.deep.equal(['b.png', 'c.PNG']);
    expect(await found('photos/more/?.png')).to.deep.equal(['more/d.png', 'more/e.png']);
  });

  it('files named one by one, in that order', async () => {
    const [a, b, c] = pictures;
    const lines = await run('--input', c, '--input', a, b, '--jobs', '2');
    expect(lines.map(({ input }) => input)).to.deep.equal([c, a, b]);
  });

  it('a list on standard input', async () => {
    const script = await commandFile();
    const child = spawn(process.execPath, [script, 'run', model, '--input', '-', '--jobs', '2'], { cwd: repository });
    child.stdin.end(`${pictures[2]}\r\n\n${pictures[0]}\n`);
    const pieces: Buffer[] = [];
    for await (const piece of child.stdout) pieces.push(piece);
    const lines = linesOf(Buffer.concat(pieces).toString());
    expect(lines.map(({ input }) => input)).to.deep.equal([pictures[2], pictures[0]]);
  });

  it('a bad picture ends the run, after the lines before it', async () => {
    await writeFile(path('bad.png'), 'no picture');
    const { code, stdout, stderr } = await convnet([
      'run',
      model,
      pictures[0],
      path('bad.png'),
      pictures[1],
      '--jobs',
      '1',
    ]);
    expect(code).to.equal(exitCodes.file);
    expect(stderr).to.include('bad.png').and.include('--keep-going');
    expect(linesOf(stdout).map(({ input }) => input)).to.deep.equal([pictures[0]]);
  });

  it('--keep-going: the line of a bad picture has the error', async () => {
    const missing = path('missing.png');
    const list = [pictures[0], path('bad.png'), missing, pictures[1]];
    const { code, stdout, stderr } = await convnet(['run', model, ...list, '--keep-going', '--jobs', '2']);
    expect(code).to.equal(exitCodes.file);
    expect(stderr).to.include('2 of 4 pictures failed');
    const lines = linesOf(stdout);
    expect(lines.map(({ input }) => input)).to.deep.equal(list);
    expect(lines.map(({ error }) => error !== undefined)).to.deep.equal([false, true, true, false]);
    expect(lines[2].error).to.include(missing);
  });

  it('refuses what does not go together', async () => {
    const cases: readonly (readonly [readonly string[], number, string])[] = [
      [[], exitCodes.usage, '--input'],
      [['--input', path('photos'), '--output', path('y.png')], exitCodes.usage, '--output'],
      [['--input', path('photos'), '--json'], exitCodes.usage, '--json'],
      [['--input', path('photos'), '--resume'], exitCodes.usage, '--results'],
      [['--input', path('photos'), '--jobs', '0'], exitCodes.usage, 'jobs'],
      [['--input', path('nothing/*.png')], exitCodes.file, 'nothing'],
      [['--input', path('photos/*.gif')], exitCodes.file, 'no pictures'],
    ];
    for (const [args, expected, text] of cases) {
      const { code, stderr } = await convnet(['run', model, ...args]);
      expect(code, args.join(' ')).to.equal(expected);
      expect(stderr).to.include(text);
    }
    const { code, stderr } = await convnet(['run', path('none.keras'), '--input', path('photos')]);
    expect(code, stderr).to.equal(exitCodes.unreadable);
  });

  it('--results: never overwrites unasked, and --resume checks that the list is the same', async () => {
    const results = path('lines.jsonl');
    const args = ['run', model, '--input', path('photos'), '--jobs', '1', '--results', results];
    expect((await convnet(args)).code).to.equal(exitCodes.done);
    const text = await readFile(results, 'utf8');
    expect(linesOf(text).map(({ input }) => input)).to.deep.equal(pictures);
    expect((await convnet(args)).stderr).to.include('--resume');
    expect((await convnet([...args, '--resume'])).code).to.equal(exitCodes.done);
    expect(await readFile(results, 'utf8')).to.equal(text);
    const { code, stderr } = await convnet(['run', model, pictures[1], '--results', results, '--resume']);
    expect(code).to.equal(exitCodes.usage);
    expect(stderr).to.include('another list');
  });

  it('1,000 pictures, killed in the middle: none is lost, none comes twice', async () => {
    await mkdir(path('many'));
    const list = Array.from({ length: 1000 }, (_, i) => path(`many/${String(i).padStart(4, '0')}.png`));
    for (const [i, file] of list.entries()) await writeFile(file, picture(i));
    const results = path('many.jsonl');
    const args = ['run', model, '--input', path('many'), '--results', results, '--resume', '--jobs', '2'];
    const script = await commandFile();
    let done = 0;
    for (const target of [300, 700]) {
      const child = spawn(process.execPath, [script, ...args], { cwd: repository, stdio: 'ignore' });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      while (done < target && child.exitCode === null) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        done = await readFile(results, 'utf8').then(
          (text) => text.split('\n').length - 1,
          () => 0,
        );
      }
      child.kill('SIGKILL');
      await ended;
    }
    expect(done, 'lines before the last run').to.be.within(700, 999);
    await writeFile(results, `${await readFile(results, 'utf8')}{"input": "cut o`); // as a full disk leaves it
    expect((await convnet(args)).code).to.equal(exitCodes.done);
    const lines = linesOf(await readFile(results, 'utf8'));
    expect(lines.map(({ input }) => input)).to.deep.equal(list);
    for (const i of [0, 999]) {
      const { stdout } = await convnet(['run', model, '--input', list[i], '--json']);
      expect(lines[i].outputs?.[0].top).to.deep.equal(JSON.parse(stdout).outputs[0].top);
    }
  });
});
