// Reads the model that the user names on the command line, and turns the library's errors into exit codes.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { fileProblem, messageOf } from '../../core/errors.js';
import { inspectKerasFile, type KerasFileInfo, loadKerasModel } from '../../keras.js';
import { installKerasLayers } from '../../layers.js';
import type { CommandContext } from './commandContext.js';
import { CliError } from './exitCodes.js';
import { withBar } from './progressBar.js';

// Folders that `convert` wrote name classes of this package, which TensorFlow.js finds once they are registered.
installKerasLayers();

export const URL_SCHEME = /^[a-z][a-z0-9+.-]+:\/\//i;

/** The URL or path to read: for a folder, its model.json. */
export async function modelPath(name: string): Promise<string> {
  if (URL_SCHEME.test(name)) return name;
  const found = await stat(name).catch((error: unknown) => {
    throw new CliError('unreadable', `cannot read '${name}': ${fileProblem(error)}`, error);
  });
  if (!found.isDirectory()) return name;
  const inFolder = join(name, 'model.json');
  const isThere = await stat(inFolder).then(
    (file) => file.isFile(),
    () => false,
  );
  if (!isThere) throw new CliError('unreadable', `cannot read '${name}': it is a folder without a model.json`);
  return inFolder;
}

/** Describes the file. A file that is no model gets the exit code `unreadable`. */
export async function inspectSource(name: string, { signal }: CommandContext): Promise<KerasFileInfo> {
  const path = await modelPath(name);
  try {
    return await withBar('reading', (onProgress) => inspectKerasFile(path, { onProgress, signal }));
  } catch (error) {
    throw signal.aborted ? signal.reason : new CliError('unreadable', messageOf(error), error);
  }
}

/** Loads the model on the current backend. */
export async function loadModel(name: string, context: CommandContext, label = 'loading'): Promise<LayersModel> {
  const path = await modelPath(name);
  const { signal } = context;
  try {
    return await withBar(label, (onProgress) => {
      return loadKerasModel(path, { onProgress, signal, onWarning: (text) => context.warn(text) });
    });
  } catch (error) {
    throw signal.aborted ? signal.reason : await whyNotLoaded(path, name, error);
  }
}

/** The error for a file that was not loaded: `unreadable` for a damaged file, `notLoadable` for a sound one. */
async function whyNotLoaded(path: string, name: string, error: unknown): Promise<CliError> {
  let info: KerasFileInfo;
  try {
    info = await inspectKerasFile(path);
  } catch {
    return new CliError('unreadable', messageOf(error), error);
  }
  if (info.unsupported.length === 0) return new CliError('notLoadable', messageOf(error), error);
  return new CliError(
    'notLoadable',
    `cannot load '${name}' (Keras ${info.kerasVersion}): ${unsupportedText(info)}`,
    error,
  );
}

/** The layers that cannot be made, by class and reason, in one line. */
export function unsupportedText({ unsupported }: KerasFileInfo): string {
  const reasons = { class: 'unknown layer class', operation: 'unknown operation', code: 'Python code, never run, in' };
  const groups = new Map<string, string[]>();
  for (const { reason, className, name } of unsupported) {
    const title = `${reasons[reason]} ${className}`;
    groups.set(title, [...(groups.get(title) ?? []), name]);
  }
  return [...groups].map(([title, names]) => `${title} (${listText(names)})`).join('; ');
}

function listText(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
