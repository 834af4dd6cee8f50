// The classes that tf.loadLayersModel makes after installKerasLayers(): models of TensorFlow.js's format that run by Keras's
// rules, those of the version that their config names.

import { type NamedTensorMap, serialization } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { withKerasVersion } from '../base/layerArgs.js';
import { FunctionalModel } from './kerasModel.js';
import { newestRules, rulesOf } from './kerasRules.js';
import { argsFromConfig, type ModelConfig } from './modelFromConfig.js';
import { type SequentialArgs, SequentialModel } from './sequentialModel.js';
import { loadNamedWeights } from './weightNames.js';

const rulesOfConfig = (version: string | undefined) => (version === undefined ? newestRules : rulesOf(version));

/** Registers the models with TensorFlow.js in place of its own, and gives `Model.fromConfig` what they have. */
export function installModels(): void {
  for (const className of ['Model', 'Functional']) {
    class Installed extends FunctionalModel {
      static readonly className = className;
      static fromConfig(_: unknown, config: ModelConfig, customObjects?: object, isFast?: boolean): FunctionalModel {
        return withKerasVersion(
          config.kerasVersion,
          (version) => new Installed(argsFromConfig(config, customObjects, isFast), rulesOfConfig(version)),
        );
      }
      override loadWeights(values: NamedTensorMap, strict?: boolean): void {
        if (!loadNamedWeights(this as unknown as LayersModel, values)) super.loadWeights(values, strict);
      }
    }
    serialization.registerClass(Installed as never);
    if (className === 'Functional') Object.assign(FunctionalModel, { fromConfig: Installed.fromConfig });
  }
  serialization.registerClass(InstalledChain as never);
  Object.assign(SequentialModel, { fromConfig: InstalledChain.fromConfig });
}

type MakeChain = (cls: unknown, config: object, ...more: unknown[]) => SequentialModel;
const { fromConfig } = SequentialModel as unknown as { readonly fromConfig: MakeChain };

class InstalledChain extends SequentialModel {
  static readonly className: string = 'Sequential';

  /** @param kerasVersion What the config of the model has beside its name. */
  constructor({ kerasVersion, ...args }: SequentialArgs & { readonly kerasVersion?: string } = {}) {
    super(args, withKerasVersion(kerasVersion, rulesOfConfig));
  }

  static fromConfig(cls: unknown, config: { readonly kerasVersion?: string }, ...more: unknown[]): SequentialModel {
    const Chain = cls === SequentialModel ? InstalledChain : cls;
    return withKerasVersion(config.kerasVersion, () => fromConfig(Chain, config, ...more));
  }

  override loadWeights(values: NamedTensorMap, strict?: boolean): void {
    if (!loadNamedWeights(this as unknown as LayersModel, values)) super.loadWeights(values, strict);
  }
}
