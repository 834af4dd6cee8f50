// The classes that tf.loadLayersModel makes after installKerasLayers(): models of TensorFlow.js's format that run by Keras's
// rules.

import { serialization } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { toSnake } from '../../core/json.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { maskArguments } from '../graph/maskArguments.js';
import { FunctionalModel } from './kerasModel.js';
import { SequentialModel } from './sequentialModel.js';

interface ModelConfig {
  readonly layers?: readonly { readonly name?: string; readonly inboundNodes?: unknown }[];
}

type FromConfig = (cls: unknown, config: ModelConfig, ...others: unknown[]) => LayersModel;
const { fromConfig } = FunctionalModel as unknown as { readonly fromConfig: FromConfig };

/** tf.loadLayersModel hands masks of a call to the layer as they stand in the file: as [layer, node, tensor]. */
function refuseNamedMasks({ layers = [] }: ModelConfig): void {
  for (const { name, inboundNodes } of layers)
    for (const entry of [inboundNodes ?? []].flat(2)) {
      const kwargs = Array.isArray(entry) ? entry[3] : undefined;
      const masks = Object.entries(kwargs ?? {}).filter(
        ([key, value]) => maskArguments.has(toSnake(key)) && Array.isArray(value),
      );
      if (masks.length === 0) continue;
      throw new KerasValueError(
        `Layer '${name}' is called with a mask as a tensor, which tf.loadLayersModel cannot read; use loadKerasModel. Received: ${showValue(Object.fromEntries(masks))}`,
      );
    }
}

/** Registers the models with TensorFlow.js in place of its own. */
export function installModels(): void {
  for (const className of ['Model', 'Functional']) {
    class Installed extends FunctionalModel {
      static readonly className = className;
      static fromConfig(...args: Parameters<FromConfig>): LayersModel {
        refuseNamedMasks(args[1]);
        return fromConfig.apply(Installed, args);
      }
    }
    serialization.registerClass(Installed as never);
  }
  serialization.registerClass(SequentialModel as never);
}
