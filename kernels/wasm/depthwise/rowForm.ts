// How many columns and channels a block of the row program takes.

/** A block: adjacent columns, and vectors of four channels that are read together. */
export interface RowForm {
  readonly columns: number;
  /** 1, 2 or 4. The image has so many vectors, or a multiple, unless this is 1. */
  readonly vectors: number;
}

/** For compilers that run out of registers: as many sums as keep the multiply-adders busy. */
const narrow: RowForm = { columns: 5, vectors: 1 };
/** So few columns that all pixels of their windows stay in the first-level cache where its sets collide. */
const narrowColliding: RowForm = { columns: 2, vectors: 1 };

/** Several vectors of a pixel take one pointer, and read a cache line while it is there. */
const wide: Readonly<Record<number, RowForm>> = {
  3: { columns: 4, vectors: 2 },
  5: { columns: 5, vectors: 2 },
  7: { columns: 3, vectors: 2 },
};
const wideColliding: Readonly<Record<number, RowForm>> = {
  3: { columns: 2, vectors: 4 },
  5: { columns: 3, vectors: 4 },
  7: { columns: 3, vectors: 4 },
};

/** Every form of a filter's size. */
export const rowForms = (k: number): readonly RowForm[] => [narrow, narrowColliding, wide[k], wideColliding[k]];

interface Image {
  readonly k: number;
  readonly strideW: number;
  readonly channels: number;
  /** Whether the compiler keeps 15 vectors in registers, as it does where the tile of 6x8 is the faster one (tiles.ts). */
  readonly hasRegisters: boolean;
}

/**
 * The form of a block. A first-level cache has a place for an address every 4 KiB, 8 or 12 times. The windows of five columns
 * with stride 2 have 33 pixels, those with stride 1 have 21; where pixels are 2 or 4 KiB apart, these throw each other out.
 *
 * us with stride 2, narrow and wide (EPYC, Node 24): 3x3 on 14x14x576 16 and 14, on 14x14x512 22 and 18; 5x5 46 and 44, 100
 * and 47. Node 20, whose compiler spills, takes 25 and 33 for 3x3 on 14x14x512.
 */
export function rowFormFor({ k, strideW, channels, hasRegisters }: Image): RowForm {
  const collides = (step: number) => (4 * channels) % step === 0;
  const form = (collides(2048) ? wideColliding : wide)[k];
  if (hasRegisters && channels % (4 * form.vectors) === 0) return form;
  return collides(strideW === 1 ? 4096 : 2048) ? narrowColliding : narrow;
}
