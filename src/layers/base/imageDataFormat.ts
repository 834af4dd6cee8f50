// The data format of layers that are given none: what setImageDataFormat() said last, else `image_data_format` of Keras's
// own configuration file, which is read in Node when it is first asked for, else channels_last.
// Source: https://keras.io/api/utils/config_utils/

import { builtinModule, environmentVariable } from '../../core/platform.js';
import { KerasValueError, showValue } from './kerasValueError.js';

export type KerasDataFormat = 'channels_last' | 'channels_first';

const formats: readonly unknown[] = ['channels_last', 'channels_first'];

let chosen: KerasDataFormat | undefined;

/**
 * Gives the data format of layers that are made without one, also from files that name none: 'channels_last' or
 * 'channels_first'.
 *
 * Default: `image_data_format` in `keras.json`, in the folder that the environment variable KERAS_HOME names, else in
 * `.keras` in the home directory; read in Node when first asked for. Without such a file, and in browsers, it is
 * 'channels_last'.
 * Source: https://keras.io/api/utils/config_utils/
 *
 * @throws ValueError if `keras.json` has another value. As in Keras, a file that is no JSON counts as empty.
 */
export function imageDataFormat(): KerasDataFormat {
  chosen ??= configuredDataFormat(configFile());
  return chosen;
}

/**
 * Sets the data format of layers that are made without one from now on. It changes no layer that exists.
 * Source: https://keras.io/api/utils/config_utils/
 *
 * @param dataFormat 'channels_last' or 'channels_first', in any letter case.
 * @throws ValueError for anything else.
 */
export function setImageDataFormat(dataFormat: string): void {
  const format = String(dataFormat).toLowerCase();
  if (!formats.includes(format)) {
    throw new KerasValueError(
      `The \`data_format\` argument must be one of {'channels_first', 'channels_last'}. Received: data_format=${showValue(dataFormat)}`,
    );
  }
  chosen = format as KerasDataFormat;
}

interface FileSystem {
  existsSync(path: string): boolean;
  readFileSync(path: string, encoding: 'utf8'): string;
}

/** Where Keras keeps its configuration; undefined outside of Node. */
export function configFile(): string | undefined {
  const os = builtinModule('os') as { homedir(): string } | undefined;
  const path = builtinModule('path') as { join(...parts: string[]): string } | undefined;
  if (!os || !path) return undefined;
  const folder = environmentVariable('KERAS_HOME') ?? path.join('~', '.keras');
  return path.join(folder, 'keras.json').replace(/^~(?=[\\/])/, () => os.homedir());
}

/** The data format that this file says, or the default. */
export function configuredDataFormat(file: string | undefined): KerasDataFormat {
  const config = file === undefined ? {} : readConfig(file);
  const format = 'image_data_format' in config ? config.image_data_format : 'channels_last';
  if (formats.includes(format)) return format as KerasDataFormat;
  throw new KerasValueError(
    `Invalid \`image_data_format\` configuration in ${file}. Expected one of {'channels_last', 'channels_first'}. Received: image_data_format=${showValue(format)}`,
  );
}

function readConfig(file: string): { readonly image_data_format?: unknown } {
  const fs = builtinModule('fs') as FileSystem | undefined;
  if (!fs?.existsSync(file)) return {};
  const text = fs.readFileSync(file, 'utf8');
  try {
    const config: unknown = JSON.parse(text);
    return typeof config === 'object' && config !== null ? config : {};
  } catch {
    return {}; // as Keras does
  }
}
