// A convolution of the groups `layouts` and `link`: everything its shader may do in more than one way.

/** The first of each is what the form does that others are compared with. */
const OPTIONS = {
  /** What the loop over input channels holds: all taps with the window in registers, a row of taps, or one tap. */
  body: ['window', 'row', 'tap'],
  /** Pixels of a tile along x and y; powers of two. Their product is the number of layers and of render targets. */
  tile: ['4x2', '2x2'],
  /** Adjacent texels are channels of one tile, or they are tiles. */
  order: ['inner', 'outer'],
  fetch: ['texture', 'textureLod', 'texelFetch'],
  /** Layers of one array, or a 2D texture for each. */
  store: ['array', 'planes'],
  /** How four weights times one input texel are written. */
  products: ['mat4', 'mad', 'sum'],
  /** Whether the loops read locals that were set from uniforms once, or uniforms. */
  uniforms: ['local', 'loop'],
  /** Steps of the channel loop that are written out. */
  unroll: [1, 2],
} as const;

type Options = typeof OPTIONS;
export type ConvForm = { readonly kernel: 1 | 3 } & { readonly [Name in keyof Options]: Options[Name][number] };

/** @param list Of forms, each of words for what it does otherwise. */
export function convForms(kernel: ConvForm['kernel'], list: string): readonly ConvForm[] {
  const choices = Object.entries(OPTIONS).flatMap(([name, values]) => values.map((value) => [name, value] as const));
  const base = Object.entries(OPTIONS).map(([name, values]) => [name, values[0]] as const);
  return list.split(', ').map((words) => {
    const changes = choices.filter(([, value]) => words.split(' ').includes(`${value}`));
    return { kernel, ...Object.fromEntries([...base, ...changes]) } as ConvForm;
  });
}

/** A fragment writes all pixels of a tile. */
export function tileOf({ tile }: ConvForm): { readonly x: number; readonly y: number; readonly pixels: number } {
  const [x, y] = tile.split('x').map(Number);
  return { x, y, pixels: x * y };
}
