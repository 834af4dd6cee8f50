// Two layers that Keras's FeatureSpace puts into the model of its features: the identity, and a concatenation.
// Source: https://keras.io/api/utils/feature_space/ (get_encoded_features)

import type { KerasLayerClass } from '../../base/kerasLayer.js';
import { Identity } from '../../core/identity.js';
import { Concatenate } from '../../merging/concatenate.js';

const kerasModule = 'keras.src.layers.preprocessing.feature_space';

class TFDIdentity extends Identity {
  static override readonly className: string = 'TFDIdentity';
  static override readonly kerasModule: string = kerasModule;
  static override readonly registeredName: string | null = 'TFDIdentity';
}

class TFDConcat extends Concatenate {
  static override readonly className: string = 'TFDConcat';
  static override readonly kerasModule: string = kerasModule;
  static override readonly registeredName: string | null = 'TFDConcat';
}

export const featureSpaceLayers: readonly KerasLayerClass[] = [TFDIdentity, TFDConcat];
