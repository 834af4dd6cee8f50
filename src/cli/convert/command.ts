// `convnet convert`: converts any model file to a Keras file or a TensorFlow.js folder.

import { basename, dirname } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { messageOf } from '../../core/errors.js';
import { renamedLayers } from '../../keras/save/acceptedNames.js';
import { type KerasFormat, saveKerasModel } from '../../keras/save/saveKerasModel.js';
import type { QuantizedType } from '../../keras/save/tfjs/quantize.js';
import { makeTfjsFiles } from '../../keras/save/tfjs/tfjsFiles.js';
import type { CommandContext } from '../shared/commandContext.js';
import { CliError } from '../shared/exitCodes.js';
import { loadModel, URL_SCHEME } from '../shared/modelSource.js';
import { packageVersion } from '../shared/packageVersion.js';
import { withBar } from '../shared/progressBar.js';
import { prepareBackends, startBackend } from '../shared/startBackend.js';
import { checkFree, writeFolder, writeOne } from '../shared/writeFiles.js';
import type { ConvertReport } from './report.js';
import { convertText } from './text.js';

export interface ConvertOptions {
  readonly quantize?: QuantizedType;
  readonly shardMb: number;
  readonly force?: boolean;
  readonly verify: boolean;
  readonly json?: boolean;
}

/** The destination of a model: one Keras file, or a folder of TensorFlow.js files. */
type Target =
  | { readonly kind: 'file'; readonly path: string; readonly format: KerasFormat }
  | { readonly kind: 'folder'; readonly path: string };

type Written = Omit<ConvertReport, 'input'>;

export async function convert(
  input: string,
  output: string,
  options: ConvertOptions,
  context: CommandContext,
): Promise<void> {
  const target = targetOf(output, options);
  await checkFree(target.path, options.force ?? false);
  await prepareBackends(['cpu']);
  await startBackend('cpu'); // weights only pass through: nothing to compute
  const model = await loadModel(input, context);
  const written =
    target.kind === 'file'
      ? await toFile(model, target, options, context)
      : await toFolder(model, target, options, context);
  const report = { input, ...written };
  if (options.json) context.printJson(report);
  else context.print(convertText(report));
  for (const [from, to] of report.renamed)
    context.warn(`layer '${from}' is called '${to}' there, as names must differ and cannot have a '/'`);
  for (const { name, problem } of report.kept) context.warn(`'${name}' stays float32: ${problem}`);
}

function targetOf(output: string, { quantize }: ConvertOptions): Target {
  if (URL_SCHEME.test(output)) throw new CliError('usage', `the output must be a path; received '${output}'`);
  const format = /\.(keras|weights\.h5|h5)$/.exec(output.toLowerCase())?.[1];
  if (format !== undefined) {
    if (quantize)
      throw new CliError('usage', `--quantize is for TensorFlow.js folders; received the output '${output}'`);
    return { kind: 'file', path: output, format: format as KerasFormat };
  }
  if (basename(output) === 'model.json') return { kind: 'folder', path: dirname(output) };
  if (/\.(hdf5|json|bin|pb|onnx|tflite|pth?|npz|zip)$/i.test(output)) {
    const rule = 'must end in .keras, .h5 or .weights.h5, or be the name of a folder';
    throw new CliError('usage', `the output ${rule}; received '${output}'`);
  }
  return { kind: 'folder', path: output };
}

async function toFile(
  model: LayersModel,
  { path, format }: Target & { kind: 'file' },
  { verify }: ConvertOptions,
  { signal }: CommandContext,
): Promise<Written> {
  const bytes = await withBar('writing', (onProgress) => {
    return saveKerasModel(model, { format, verify, onProgress, signal });
  }).catch((error: unknown) => {
    throw signal.aborted ? signal.reason : new CliError('computation', messageOf(error), error);
  });
  await writeOne(path, bytes, verify);
  const renamed = format === 'weights.h5' ? [] : renamedLayers(model);
  const parameters = model.countParams();
  return { output: path, format, parameters, bytes: bytes.length, files: [basename(path)], kept: [], renamed };
}

async function toFolder(
  model: LayersModel,
  { path }: Target,
  { quantize, shardMb, verify }: ConvertOptions,
  { signal }: CommandContext,
): Promise<Written> {
  const convertedBy = `tfjs-backend-convnet ${packageVersion()}`;
  const shardBytes = shardMb * 2 ** 20;
  const { files, kept, renamed } = await withBar('writing', (onProgress) => {
    return makeTfjsFiles(model, { quantize, shardBytes, convertedBy, verify, onProgress, signal });
  });
  signal.throwIfAborted();
  await writeFolder(path, files, verify);
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  const names = files.map(({ name }) => name);
  return { output: path, format: 'tfjs', parameters: model.countParams(), bytes, files: names, kept, renamed };
}
