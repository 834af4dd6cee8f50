// Layers of real networks, the one table that all benchmarks time. Numbers are those of the network at its usual input
// size (U-Net's at 128 x 128, ESRGAN's at the sizes given); a kind is a class that layers are averaged in.

export const passes = ['forward', 'gradInput', 'gradFilter'] as const;
export type Pass = (typeof passes)[number];
/** What reports put behind a title. */
export const passSuffixes = { forward: '', gradInput: ', input gradient', gradFilter: ', filter gradient' } as const;

/** As reports name them. '3x3' and 'narrow' have stride 1; 'first' reads the image itself. */
export const layerKinds = {
  '3x3': '3x3, 32+ channels',
  narrow: '3x3, fewer channels',
  '1x1': '1x1',
  first: 'first layer',
  strided: 'strided',
  large: '5x5, 1x7, 7x1',
  dilated: 'dilated',
  depthwise: 'depthwise',
  grouped: 'grouped',
} as const;
export type LayerKind = keyof typeof layerKinds;

// A line for each network: its layers, as filter, stride (`s2`), dilation (`d2`), groups (`g32`, or `dw` for depthwise),
// input as HxWxC and the output channels where they differ. Then `valid` where the padding is not 'same', and `core` where
// the layer runs in every benchmark and with its gradients. Add a layer: an entry.
const table: Readonly<Record<LayerKind, string>> = {
  '3x3': `
    resnet50: 3x3 56x56x64 core, 3x3 28x28x128 core, 3x3 14x14x256 core, 3x3 7x7x512 core
    esrgan: 3x3 64x64x64->32 core, 3x3 64x64x192->64
    esrgan-slim: 3x3 128x128x64, 3x3 128x128x64->32
    vgg16: 3x3 112x112x64->128, 3x3 56x56x128->256, 3x3 14x14x512
    unet: 3x3 64x64x128, 3x3 16x16x512
    inception-v3: 3x3 147x147x32->64, 3x3 35x35x64->96, 3x3 8x8x448->384
    resnet20-cifar: 3x3 16x16x32 core, 3x3 8x8x64 core`,
  narrow: `
    resnet20-cifar: 3x3 32x32x16
    esrgan-slim: 3x3 128x128x64->4`,
  '1x1': `
    resnet50: 1x1 56x56x64->256 core, 1x1 28x28x512->128, 1x1 14x14x1024->256 core, 1x1 7x7x512->2048
    mobilenet-v2: 1x1 112x112x32->16 core, 1x1 56x56x24->144, 1x1 14x14x96->576 core
    mobilenet-v3-large: 1x1 28x28x40->240, 1x1 7x7x160->960
    efficientnet-b0: 1x1 7x7x1152->320
    inception-v3: 1x1 17x17x768->192
    shufflenet-v2: 1x1 28x28x58
    convnext-t: 1x1 14x14x384->1536
    esrgan-slim: 1x1 128x128x68->64`,
  first: `
    resnet50: 7x7 s2 224x224x3->64 core
    mobilenet-v2: 3x3 s2 224x224x3->32 core
    mobilenet-v3-large: 3x3 s2 224x224x3->16
    vgg16: 3x3 224x224x3->64
    inception-v3: 3x3 s2 299x299x3->32 valid
    convnext-t: 4x4 s4 224x224x3->96 valid`,
  strided: `
    resnet50: 3x3 s2 56x56x128 core, 1x1 s2 56x56x256->512 core
    inception-v3: 3x3 s2 35x35x96 valid core, 3x3 s2 35x35x288->384 valid
    convnext-t: 2x2 s2 56x56x96->192 valid`,
  large: `
    inception-v3: 5x5 35x35x48->64 core, 1x7 17x17x128 core, 7x1 17x17x192
    esrgan-slim: 5x5 128x128x64`,
  dilated: `
    enet: 3x3 d2 64x64x32 core
    deeplab-v3: 3x3 d2 28x28x256 core`,
  depthwise: `
    mobilenet-v2: 3x3 dw 112x112x32 core, 3x3 s2 dw 112x112x96 core, 3x3 dw 14x14x384, 3x3 dw 7x7x960
    mobilenet-v3-large: 5x5 s2 dw 56x56x72, 3x3 dw 14x14x672
    efficientnet-b0: 5x5 dw 28x28x240, 5x5 dw 14x14x480 core, 5x5 dw 7x7x1152
    shufflenet-v2: 3x3 dw 28x28x58
    convnext-t: 7x7 dw 56x56x96, 7x7 dw 28x28x192 core`,
  grouped: `
    resnext50: 3x3 g32 56x56x128 core, 3x3 s2 g32 56x56x256, 3x3 g32 14x14x512, 3x3 g32 7x7x1024
    shufflenet: 1x1 g3 28x28x240->60 core, 1x1 g3 14x14x480->120`,
};

export interface Layer extends Readonly<Record<'size' | 'inC' | 'outC' | 'stride' | 'dilation' | 'groups', number>> {
  /** `resnet50 3x3 56x56x64`: network and layer, as in the table. */
  readonly name: string;
  readonly kind: LayerKind;
  readonly isCore: boolean;
  /** [kH, kW]; the image is size x size. */
  readonly k: readonly [number, number];
  readonly pad: 'same' | 'valid';
}

const LAYER = /^((\d+)x(\d+)(?: s(\d+))?(?: d(\d+))?(?: g(\d+))?( dw)? (\d+)x\8x(\d+)(?:->(\d+))?)( valid)?( core)?$/;

export const layers: readonly Layer[] = Object.entries(table).flatMap(([kind, text]) =>
  [...text.matchAll(/(\S+): (.+)/g)].flatMap(([, network, list]) =>
    list.split(', ').map((layer) => layerOf(kind as LayerKind, network, layer)),
  ),
);
export const coreLayers: readonly Layer[] = layers.filter(({ isCore }) => isCore);

function layerOf(kind: LayerKind, network: string, text: string): Layer {
  const [, name, kH, kW, stride = 1, dilation = 1, groups = 1, dw, size, inC, outC = inC, valid, core] =
    text.match(LAYER) ?? [];
  if (!name) throw new Error(`layerOf: a layer must be written as described above; received ${network}: ${text}`);
  const numbers = { stride: Number(stride), dilation: Number(dilation), groups: Number(dw ? inC : groups) };
  const sizes = { k: [Number(kH), Number(kW)], size: Number(size), inC: Number(inC), outC: Number(outC) } as const;
  const pad = valid ? 'valid' : 'same';
  return { name: `${network} ${name}`, kind, isCore: Boolean(core), pad, ...numbers, ...sizes };
}
