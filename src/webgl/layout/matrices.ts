// Weights as matrices, by data id: made of the host's values, or drawn from its texture, where an optimizer leaves them.

import type { DataId } from '@tensorflow/tfjs-core';
import { packInts, packProgram } from '../../../kernels/glsl/block/packWeights.js';
import { type Packing, packMatrix } from '../../../kernels/glsl/block/weights.js';
import type { Draw } from '../gl/draw.js';
import type { BlockTexture, Texture, Textures } from '../gl/textures.js';

/** A texture of the host, as a draw reads it. */
export interface HostTexture {
  readonly texture: Texture;
  /** Elements that precede the data in an unpacked texture. */
  readonly offset: number;
  /** The tensor's shape where the texture is packed. */
  readonly packedShape?: readonly number[];
}

/** What the matrices are made of. */
export interface MatrixSource {
  /** On the CPU, if the data are there. */
  values(dataId: DataId): Float32Array | undefined;
  texture(dataId: DataId): HostTexture;
  draw(draw: Draw): void;
}

export class Matrices {
  readonly #textures: Textures;
  readonly #source: MatrixSource;
  readonly #ofData = new Map<DataId, Map<string, BlockTexture>>();
  #zeros?: BlockTexture;

  constructor(textures: Textures, source: MatrixSource) {
    this.#textures = textures;
    this.#source = source;
  }

  /** Made once and kept as long as the data. */
  of(dataId: DataId, packing: Packing): Texture {
    const kind = JSON.stringify(packing);
    const ofData = this.#ofData.get(dataId) ?? new Map<string, BlockTexture>();
    const matrix = ofData.get(kind) ?? this.#make(dataId, packing);
    this.#ofData.set(dataId, ofData.set(kind, matrix));
    return matrix;
  }

  /** One texel of zeros. */
  get zeros(): Texture {
    if (!this.#zeros) {
      this.#zeros = this.#textures.acquireMatrix({ width: 1, height: 1 });
      this.#textures.upload(this.#zeros, new Float32Array(4));
    }
    return this.#zeros;
  }

  forget(dataId: DataId): void {
    for (const matrix of this.#ofData.get(dataId)?.values() ?? []) this.#textures.release(matrix);
    this.#ofData.delete(dataId);
  }

  dispose(): void {
    for (const dataId of [...this.#ofData.keys()]) this.forget(dataId);
    if (this.#zeros) this.#textures.release(this.#zeros);
    this.#zeros = undefined;
  }

  #make(dataId: DataId, packing: Packing): BlockTexture {
    const matrix = this.#textures.acquireMatrix(packing);
    const values = this.#source.values(dataId);
    if (values) this.#textures.upload(matrix, packMatrix(packing, values).texels);
    else this.#draw(dataId, packing, matrix);
    return matrix;
  }

  #draw(dataId: DataId, packing: Packing, { framebuffer, width, height }: BlockTexture): void {
    const { texture, offset, packedShape } = this.#source.texture(dataId);
    this.#source.draw({
      program: packProgram(),
      inputs: { host: texture },
      ints: packInts(packing, { columns: texture.width, offset }, packedShape),
      framebuffer,
      viewport: [0, 0, width, height],
    });
  }
}
