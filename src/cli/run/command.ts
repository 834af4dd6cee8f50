// `convnet run`: runs a model on a picture, or on many.

import { kindOf, type Output, type OutputRange, pictureOf } from '../../pictures/modelOutputs.js';
import { encodePng, readPicture } from '../../pictures/pictureFiles.js';
import type { PixelMode } from '../../vision/preprocessing.js';
import type { CommandContext } from '../shared/commandContext.js';
import { CliError } from '../shared/exitCodes.js';
import { prepareBackends } from '../shared/startBackend.js';
import { checkFree, writeOne } from '../shared/writeFiles.js';
import { runMany } from './bulk.js';
import { isMany, listInputs } from './inputs.js';
import type { RunOptions } from './options.js';
import { orCliError, Runner } from './runner.js';
import { runText } from './text.js';
import { serveParent } from './worker.js';

export async function run(file: string, options: RunOptions, context: CommandContext): Promise<void> {
  if (options.worker) return serveParent(file, options, context);
  if (await isMany(options)) {
    checkManyOptions(options);
    return runMany(file, await listInputs(options.input), options, context);
  }
  return runOne(file, options, context);
}

/** Options of one picture, and options of many. */
function checkManyOptions({ output, json, resume, results }: RunOptions): void {
  const refuse = (text: string) => {
    throw new CliError('usage', text);
  };
  if (output !== undefined) refuse('--output takes one picture; give one --input');
  if (json) refuse('--json prints one object; many pictures give one line of JSON each, without it');
  if (resume && results === undefined) refuse('--resume goes on with the file of --results; name it');
}

async function runOne(file: string, options: RunOptions, context: CommandContext): Promise<void> {
  await checkOutput(options);
  await prepareBackends([options.backend]); // before anything is read
  const [input] = options.input;
  const picture = await readPicture(input);
  const runner = await Runner.open(file, options, context);
  const { outputs, ...facts } = await runner.predict(picture);
  const written = await writePicture(outputs, {
    ...options,
    outputScale: options.outputScale ?? outputRanges[facts.scale],
  });
  const reports = outputs.map((output) => runner.report(output));
  const report = { model: file, input, ...facts, backend: options.backend, outputs: reports, written };
  if (options.json) context.printJson(report);
  else context.print(runText(report));
  for (const { name, nonFinite } of reports) {
    if (nonFinite > 0) context.warn(`output '${name}' has ${nonFinite} values that are NaN or infinite`);
  }
}

/** The range of an output that is a picture, where the input was prepared so. */
const outputRanges: Readonly<Record<PixelMode, OutputRange>> = {
  ...{ '0..1': '0..1', '-1..1': '-1..1', none: 'none' },
  ...{ tf: '-1..1', torch: 'fit', caffe: 'fit' },
};

async function checkOutput({ output, force = false }: RunOptions): Promise<void> {
  if (output === undefined) return;
  if (!/\.png$/i.test(output)) throw new CliError('usage', `--output must end in .png; received '${output}'`);
  await checkFree(output, force);
}

/** Writes the first output that is a picture. */
async function writePicture(
  outputs: readonly Output[],
  { output: path, outputScale = 'none' }: RunOptions,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const found = outputs.find((output) => kindOf(output) === 'picture') ?? outputs[0];
  await writeOne(path, encodePng(orCliError('file', () => pictureOf(found, outputScale), `cannot write '${path}': `)));
  return path;
}
