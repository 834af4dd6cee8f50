// The classes that tf.loadLayersModel makes after installKerasLayers(): models of TensorFlow.js's format that run by Keras's
// rules.

import { serialization } from '@tensorflow/tfjs-core';
import { FunctionalModel } from './kerasModel.js';
import { argsFromConfig, type ModelConfig } from './modelFromConfig.js';
import { SequentialModel } from './sequentialModel.js';

/** Registers the models with TensorFlow.js in place of its own, and gives `Model.fromConfig` what they have. */
export function installModels(): void {
  for (const className of ['Model', 'Functional']) {
    class Installed extends FunctionalModel {
      static readonly className = className;
      static fromConfig(_: unknown, config: ModelConfig, customObjects?: object, isFast?: boolean): FunctionalModel {
        return new Installed(argsFromConfig(config, customObjects, isFast));
      }
    }
    serialization.registerClass(Installed as never);
    if (className === 'Functional') Object.assign(FunctionalModel, { fromConfig: Installed.fromConfig });
  }
  serialization.registerClass(SequentialModel as never);
}
