// Every architecture of keras.applications, ordered by the work that it takes, and how to check each.
// Source: https://keras.io/api/applications/

export interface Architecture {
  /** Its class in keras.applications. */
  readonly name: string;
  /** Height and width of the input. */
  readonly size: number;
  /** The size that the architecture is made for, if a smaller one is used to save time. */
  readonly fullSize?: number;
  /** Predictions after the first; the median is reported. */
  readonly runs: number;
  /** Whether `convnet-webgl` reads it too, on a software renderer. */
  readonly inBrowser: boolean;
  /** Whether it is also saved here, in both formats, and loaded by Keras. */
  readonly isSaved: boolean;
  /** Whether it is part of a run with --fast. */
  readonly isFast: boolean;
}

type Traits = Partial<Pick<Architecture, 'inBrowser' | 'isSaved' | 'isFast'>>;

const full = (name: string, size: number, traits: Traits = {}): Architecture => ({
  ...{ name, size, runs: 5, inBrowser: false, isSaved: false, isFast: false },
  ...traits,
});

const reduced = (name: string, size: number, fullSize: number): Architecture => ({
  ...full(name, size),
  fullSize,
  runs: 1,
});

const isSaved = true;
const inBrowser = true;
const isFast = true;

export const architectures: readonly Architecture[] = [
  full('MobileNetV3Small', 224, { isSaved, inBrowser, isFast }),
  full('MobileNet', 224, { isSaved, isFast }),
  full('MobileNetV2', 224, { isSaved, inBrowser, isFast }),
  full('MobileNetV3Large', 224),
  full('NASNetMobile', 224, { isSaved }),
  full('EfficientNetB0', 224, { isSaved, inBrowser, isFast }),
  full('EfficientNetV2B0', 224, { isSaved }),
  full('DenseNet121', 224, { isSaved, inBrowser }),
  full('ResNet50', 224, { isSaved, inBrowser, isFast }),
  full('ConvNeXtTiny', 224, { isSaved, isFast }),
  full('InceptionV3', 299, { isSaved }),
  full('Xception', 299, { isSaved }),
  full('EfficientNetV2B1', 240),
  full('EfficientNetB1', 240),
  full('EfficientNetB2', 260),
  full('EfficientNetV2B2', 260),
  full('EfficientNetB3', 300),
  full('DenseNet169', 224),
  full('EfficientNetV2B3', 300),
  full('EfficientNetB4', 380),
  full('DenseNet201', 224),
  full('EfficientNetV2S', 384),
  full('ResNet50V2', 224),
  full('EfficientNetB5', 456),
  full('ResNet101', 224),
  full('ResNet101V2', 224),
  full('EfficientNetB6', 528),
  full('ConvNeXtSmall', 224),
  full('EfficientNetV2M', 480),
  full('InceptionResNetV2', 299),
  full('ResNet152', 224),
  full('ResNet152V2', 224),
  full('EfficientNetB7', 600),
  reduced('NASNetLarge', 203, 331),
  full('ConvNeXtBase', 224),
  full('EfficientNetV2L', 480),
  { ...full('VGG16', 224), runs: 1 },
  { ...full('VGG19', 224), runs: 1 },
  reduced('ConvNeXtLarge', 128, 224),
  reduced('ConvNeXtXLarge', 128, 224),
];
