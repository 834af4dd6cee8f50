// The options of `convnet run`, as the parser gives them.

import type { OutputRange } from '../../pictures/modelOutputs.js';
import type { PixelRange } from '../../pictures/pictureInput.js';

export interface RunOptions {
  /** Files, folders, patterns; `-` for a list on standard input. */
  readonly input: readonly string[];
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
  /** How many processes. Default: the number of cores. */
  readonly jobs?: number;
  /** A file for the lines, in place of standard output. */
  readonly results?: string;
  readonly resume?: boolean;
  readonly keepGoing?: boolean;
  /** A process of another one's: pictures come as messages. */
  readonly worker?: boolean;
}
