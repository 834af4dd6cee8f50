// Random image layers of which only the arguments are implemented, so that models with them load. As in Keras they are
// the identity at inference. In training they are the identity too, with a warning.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import { dataFormat, type Fields, number, plain } from '../base/fields.js';
import type { KerasLayerClass } from '../base/kerasLayer.js';
import type { LayerContext } from '../base/layerArgs.js';
import { seedField } from '../random/randomSource.js';
import { PassThroughAugmentation, rangeField, valueRange } from './augmentation.js';

function passThrough<F extends Fields>(name: string, fields: F): KerasLayerClass {
  const all = { dataFormat: dataFormat(), ...fields };
  class Layer extends PassThroughAugmentation<typeof all> {
    static readonly className: string = name;

    constructor(args: object = {}, context?: LayerContext) {
      super(args, all, context);
    }
  }
  return Layer;
}

const seed = seedField();
const colors = { valueRange: valueRange(), seed };
const transform = { interpolation: plain('bilinear'), fillValue: number(0), seed };
const transformWithMode = { ...transform, fillMode: plain('reflect') };

export const passThroughLayers: readonly KerasLayerClass[] = [
  passThrough('RandomShear', { xFactor: rangeField(-1, 1, 0), yFactor: rangeField(-1, 1, 0), ...transformWithMode }),
  passThrough('RandomPerspective', { factor: rangeField(0, 1, [0, 1]), scale: plain(1), ...transform }),
  passThrough('RandomElasticTransform', {
    factor: rangeField(0, 1, [0, 1]),
    scale: rangeField(0, 1, [0, 1]),
    ...transformWithMode,
    valueRange: valueRange(),
  }),
  passThrough('RandomHue', { factor: rangeField(0, 1), ...colors }),
  passThrough('RandomSaturation', { factor: rangeField(-1, 1), ...colors }),
  passThrough('RandomGrayscale', { factor: number(0.5) }),
  passThrough('RandomInvert', { factor: rangeField(0, 1, [0, 1]), ...colors }),
  passThrough('RandomPosterization', { factor: rangeField(1, 8), ...colors }),
  passThrough('RandomSharpness', { factor: rangeField(0, 1), ...colors }),
  passThrough('RandomColorDegeneration', { factor: rangeField(-1, 1), ...colors }),
  passThrough('RandomColorJitter', {
    ...colors,
    brightnessFactor: plain(null),
    contrastFactor: plain(null),
    saturationFactor: plain(null),
    hueFactor: plain(null),
  }),
  passThrough('RandomErasing', {
    factor: rangeField(0, 1, [0, 1]),
    scale: plain([0.02, 0.33]),
    fillValue: plain(null),
    ...colors,
  }),
  passThrough('RandomGaussianBlur', {
    factor: rangeField(0, 1, [0, 1]),
    kernelSize: plain([3, 3]),
    sigma: rangeField(0, 1, [0, 1]),
    ...colors,
  }),
];
