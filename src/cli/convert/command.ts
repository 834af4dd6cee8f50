// `convnet convert`: any model file into a Keras file or a TensorFlow.js folder.

import { basename, dirname } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { messageOf } from '../../core/errors.js';
import { bytesText, countText } from '../../core/units.js';
import { type KerasFormat, saveKerasModel } from '../../keras/save/saveKerasModel.js';
import type { QuantizedType } from '../../keras/save/tfjs/quantize.js';
import { makeTfjsFiles, type TfjsFiles } from '../../keras/save/tfjs/tfjsFiles.js';
import type { CommandContext } from '../shared/commandContext.js';
import { CliError } from '../shared/exitCodes.js';
import { loadModel } from '../shared/modelSource.js';
import { packageVersion } from '../shared/packageVersion.js';
import { withBar } from '../shared/progressBar.js';
import { prepareBackends, startBackend } from '../shared/startBackend.js';
import { checkFree, writeFolder, writeOne } from '../shared/writeFiles.js';

export interface ConvertOptions {
  readonly quantize?: QuantizedType;
  readonly shardMb: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Where a model goes: one Keras file, or a folder. */
type Target =
  | { readonly kind: 'file'; readonly path: string; readonly format: KerasFormat }
  | { readonly kind: 'folder'; readonly path: string };

interface Written {
  readonly output: string;
  readonly format: string;
  readonly parameters: number;
  readonly bytes: number;
  readonly files: readonly string[];
  readonly kept: TfjsFiles['kept'];
  readonly renamed: TfjsFiles['renamed'];
}

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
    target.kind === 'file' ? await toFile(model, target, context) : await toFolder(model, target, options, context);
  if (options.json) context.printJson({ input, ...written });
  else context.print(textOf(input, written));
  for (const [from, to] of written.renamed)
    context.warn(`layer '${from}' is called '${to}' there, as names must differ`);
  for (const { name, problem } of written.kept) context.warn(`'${name}' stays float32: ${problem}`);
}

function targetOf(output: string, { quantize }: ConvertOptions): Target {
  const format = output.endsWith('.weights.h5') ? 'weights.h5' : /\.(keras|h5)$/.exec(output)?.[1];
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
  { signal }: CommandContext,
): Promise<Written> {
  const bytes = await withBar('writing', (onProgress) => saveKerasModel(model, { format, onProgress, signal })).catch(
    (error: unknown) => {
      throw signal.aborted ? signal.reason : new CliError('computation', messageOf(error), error);
    },
  );
  await writeOne(path, bytes);
  const parameters = model.countParams();
  return { output: path, format, parameters, bytes: bytes.length, files: [basename(path)], kept: [], renamed: [] };
}

async function toFolder(
  model: LayersModel,
  { path }: Target,
  { quantize, shardMb }: ConvertOptions,
  { signal }: CommandContext,
): Promise<Written> {
  const convertedBy = `tfjs-backend-convnet ${packageVersion()}`;
  const shardBytes = shardMb * 2 ** 20;
  const { files, kept, renamed } = await withBar('writing', (onProgress) => {
    return makeTfjsFiles(model, { quantize, shardBytes, convertedBy, onProgress, signal });
  });
  signal.throwIfAborted();
  await writeFolder(path, files);
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  const names = files.map(({ name }) => name);
  return { output: path, format: 'tfjs', parameters: model.countParams(), bytes, files: names, kept, renamed };
}

function textOf(input: string, { output, files, bytes, parameters }: Written): string {
  const size = `${countText(files.length, 'file')}, ${bytesText(bytes)}`;
  return `${input} -> ${output} (${countText(parameters, 'parameter')}; ${size})`;
}
