// `convnet run`: runs a model on a picture.

import { readFile } from 'node:fs/promises';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { fileProblem, messageOf } from '../../core/errors.js';
import { parseLabels } from '../../pictures/labels.js';
import {
  kindOf,
  type Output,
  type OutputRange,
  pictureOf,
  statisticsOf,
  topClasses,
} from '../../pictures/modelOutputs.js';
import type { Picture } from '../../pictures/picture.js';
import { encodePng, readPicture } from '../../pictures/pictureFiles.js';
import { defaultRange, inputSize, type PixelRange, pictureInputOf } from '../../pictures/pictureInput.js';
import { predictValues } from '../../pictures/predictValues.js';
import { pictureToTensor } from '../../vision/pictureToTensor.js';
import { type PixelMode, pixelModeOf } from '../../vision/preprocessing.js';
import type { CommandContext } from '../shared/commandContext.js';
import { CliError, type ExitReason } from '../shared/exitCodes.js';
import { loadModel } from '../shared/modelSource.js';
import { prepareBackends, startBackend } from '../shared/startBackend.js';
import { checkFree, writeOne } from '../shared/writeFiles.js';
import type { OutputReport, RunReport } from './report.js';
import { runText } from './text.js';

export interface RunOptions {
  readonly input: string;
  readonly backend: string;
  readonly top: number;
  readonly labels?: string;
  readonly size?: readonly [number, number];
  readonly scale?: PixelRange;
  /** A mode of Keras or the name of a network, in place of `scale`. */
  readonly preprocess?: string;
  readonly output?: string;
  readonly outputScale?: OutputRange;
  readonly force?: boolean;
  readonly json?: boolean;
}

export async function run(file: string, options: RunOptions, context: CommandContext): Promise<void> {
  await checkOutput(options);
  await prepareBackends([options.backend]);
  const picture = await readPicture(options.input);
  const labels = options.labels === undefined ? undefined : await readLabels(options.labels);
  await startBackend(options.backend);
  const model = await loadModel(file, context);
  const { outputs, ...facts } = await predict(model, picture, options);
  const written = await writePicture(outputs, {
    ...options,
    outputScale: options.outputScale ?? outputRanges[facts.scale],
  });
  const reports = outputs.map((output) => reportOf(output, options.top, labels));
  const report = { model: file, input: options.input, ...facts, backend: options.backend, outputs: reports, written };
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

async function readLabels(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CliError('file', `cannot read the labels '${path}': ${fileProblem(error)}`, error);
  });
  return orCliError('file', () => parseLabels(text), `the labels '${path}': `);
}

async function predict(
  model: LayersModel,
  picture: Picture,
  { size: asked, scale, preprocess }: RunOptions,
): Promise<Pick<RunReport, 'size' | 'scale' | 'isScaleGuessed' | 'ms'> & { outputs: Output[] }> {
  const input = orCliError('computation', () => pictureInputOf(model));
  const size = orCliError('usage', () => inputSize(input, picture, asked));
  const range = orCliError('usage', () => pixelModeOf(preprocess ?? scale ?? defaultRange(model)));
  const x = await pictureToTensor(picture, { model, size, preprocess: range });
  const start = performance.now();
  const outputs = await predictValues(model, [x]);
  const ms = performance.now() - start;
  x.dispose();
  return { size, scale: range, isScaleGuessed: (scale ?? preprocess) === undefined, ms, outputs };
}

function reportOf(output: Output, top: number, labels: readonly string[] | undefined): OutputReport {
  const { name, shape, values } = output;
  const report = { name, shape, ...statisticsOf(values) };
  if (kindOf(output) !== 'classes') return report;
  return { ...report, top: orCliError('file', () => topClasses(values, top, labels)) };
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

/** Does the work, and turns its error into one of the command. */
function orCliError<T>(reason: ExitReason, work: () => T, before = ''): T {
  try {
    return work();
  } catch (error) {
    throw new CliError(reason, `${before}${messageOf(error)}`, error);
  }
}
