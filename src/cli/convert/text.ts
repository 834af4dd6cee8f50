// Writes the report of `convnet convert` for people.

import { bytesText, countText } from '../../core/units.js';
import type { ConvertReport } from './report.js';

export function convertText({ input, output, files, bytes, parameters }: ConvertReport): string {
  const size = `${countText(files.length, 'file')}, ${bytesText(bytes)}`;
  return `${input} -> ${output} (${countText(parameters, 'parameter')}; ${size})`;
}
