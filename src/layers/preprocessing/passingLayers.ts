// Random image layers that are known by their arguments only, so that models with them load: they are the identity at
// inference, as in Keras, and while training too, with a warning.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import { dataFormat, type Fields, number, plain } from '../base/fields.js';
import type { KerasLayerClass, LayerContext } from '../base/kerasLayer.js';
import { seedField } from '../random/randomSource.js';
import { PassingAugmentation, rangeField, valueRange } from './augmentation.js';

function passing<F extends Fields>(name: string, fields: F): KerasLayerClass {
  const all = { dataFormat: dataFormat(), ...fields };
  class Layer extends PassingAugmentation<typeof all> {
    static readonly className: string = name;

    constructor(args: object = {}, context?: LayerContext) {
      super(args, all, context);
    }
  }
  return Layer;
}

const seed = seedField();
const colors = { valueRange: valueRange(), seed };
const moving = { interpolation: plain('bilinear'), fillValue: number(0), seed };
const movingWithMode = { ...moving, fillMode: plain('reflect') };

export const passingLayers: readonly KerasLayerClass[] = [
  passing('RandomShear', { xFactor: rangeField(-1, 1, 0), yFactor: rangeField(-1, 1, 0), ...movingWithMode }),
  passing('RandomPerspective', { factor: rangeField(0, 1, [0, 1]), scale: plain(1), ...moving }),
  passing('RandomElasticTransform', {
    factor: rangeField(0, 1, [0, 1]),
    scale: rangeField(0, 1, [0, 1]),
    ...movingWithMode,
    valueRange: valueRange(),
  }),
  passing('RandomHue', { factor: rangeField(0, 1), ...colors }),
  passing('RandomSaturation', { factor: rangeField(-1, 1), ...colors }),
  passing('RandomGrayscale', { factor: number(0.5) }),
  passing('RandomInvert', { factor: rangeField(0, 1, [0, 1]), ...colors }),
  passing('RandomPosterization', { factor: rangeField(1, 8), ...colors }),
  passing('RandomSharpness', { factor: rangeField(0, 1), ...colors }),
  passing('RandomColorDegeneration', { factor: rangeField(-1, 1), ...colors }),
  passing('RandomColorJitter', {
    ...colors,
    brightnessFactor: plain(null),
    contrastFactor: plain(null),
    saturationFactor: plain(null),
    hueFactor: plain(null),
  }),
  passing('RandomErasing', {
    factor: rangeField(0, 1, [0, 1]),
    scale: plain([0.02, 0.33]),
    fillValue: plain(null),
    ...colors,
  }),
  passing('RandomGaussianBlur', {
    factor: rangeField(0, 1, [0, 1]),
    kernelSize: plain([3, 3]),
    sigma: rangeField(0, 1, [0, 1]),
    ...colors,
  }),
];
