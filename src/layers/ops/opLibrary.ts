// The operations, once they are there. They are a third of the code around Keras files, and most files name none: the
// loader of files imports them when a file does, and installKerasLayers() brings them along.

import type { Shape } from '@tensorflow/tfjs-layers';
import type { inferShapes } from './inferShapes.js';
import type { inferKnownShapes } from './knownSizes.js';
import type { OpRow } from './opRow.js';

export interface OpLibrary {
  /** The row of this class of Keras, or of this function of TensorFlow (`tf.image.rot90`); undefined for others. */
  findOp(className: string): OpRow | undefined;
  /** Operations that call Python functions. Files may hold them, but the functions cannot be run. */
  readonly opsWithCode: ReadonlySet<string>;
  /** The output shapes of an operation, found by trial. */
  readonly inferShapes: typeof inferShapes;
  /** The same where values of the graph decide sizes. */
  readonly inferKnownShapes: typeof inferKnownShapes;
  /** The shape to which all broadcast; null if they do not. */
  broadcastShapes(shapes: readonly Shape[]): Shape | null;
}

let library: OpLibrary | undefined;

export function useOps(ops: OpLibrary): void {
  library = ops;
}

/** @throws If nothing has brought the operations along: a mistake of this package, or a layer that an app makes itself. */
export function opLibrary(): OpLibrary {
  if (library) return library;
  throw new Error('Operations of keras.ops: call installKerasLayers() of tfjs-backend-convnet/layers first');
}
