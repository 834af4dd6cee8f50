// What `convnet run` does with each picture, in this process: the model, loaded once, and the labels.

import { readFile } from 'node:fs/promises';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { fileProblem, messageOf } from '../../core/errors.js';
import { parseLabels } from '../../pictures/labels.js';
import { kindOf, type Output, statisticsOf, topClasses } from '../../pictures/modelOutputs.js';
import type { Picture } from '../../pictures/picture.js';
import { defaultRange, inputSize, pictureInputOf } from '../../pictures/pictureInput.js';
import { predictValues } from '../../pictures/predictValues.js';
import { pictureToTensor } from '../../vision/pictureToTensor.js';
import { pixelModeOf } from '../../vision/preprocessing.js';
import type { CommandContext } from '../shared/commandContext.js';
import { CliError, type ExitReason } from '../shared/exitCodes.js';
import { loadModel } from '../shared/modelSource.js';
import { prepareBackends, startBackend } from '../shared/startBackend.js';
import type { RunOptions } from './options.js';
import type { OutputReport, RunReport } from './report.js';

export type Prediction = Pick<RunReport, 'size' | 'scale' | 'isScaleGuessed' | 'ms'> & {
  readonly outputs: readonly Output[];
};

export class Runner {
  private constructor(
    private readonly model: LayersModel,
    private readonly labels: readonly string[] | undefined,
    private readonly options: RunOptions,
  ) {}

  /** Starts the backend and loads the model. */
  static async open(file: string, options: RunOptions, context: CommandContext): Promise<Runner> {
    await prepareBackends([options.backend]);
    const labels = options.labels === undefined ? undefined : await readLabels(options.labels);
    await startBackend(options.backend);
    return new Runner(await loadModel(file, context), labels, options);
  }

  async predict(picture: Picture): Promise<Prediction> {
    const { model } = this;
    const { size: asked, scale, preprocess } = this.options;
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

  report(output: Output): OutputReport {
    const { name, shape, values } = output;
    const report = { name, shape, ...statisticsOf(values) };
    if (kindOf(output) !== 'classes') return report;
    return { ...report, top: orCliError('file', () => topClasses(values, this.options.top, this.labels)) };
  }
}

async function readLabels(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CliError('file', `cannot read the labels '${path}': ${fileProblem(error)}`, error);
  });
  return orCliError('file', () => parseLabels(text), `the labels '${path}': `);
}

/** Does the work, and turns its error into one of the command. */
export function orCliError<T>(reason: ExitReason, work: () => T, before = ''): T {
  try {
    return work();
  } catch (error) {
    throw new CliError(reason, `${before}${messageOf(error)}`, error);
  }
}
