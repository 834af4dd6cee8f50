// Weights as matrices of texels: made of a tensor once, kept as long as the tensor. From values on the CPU they are
// packed here and uploaded, from a texture of TensorFlow.js they are packed by a draw.

import { type DataId, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { packWeightsProgram, packWeightsValues } from '../../../../kernels/glsl/tiled/conv/packWeights.js';
import { type Matrix, type Packing, packMatrix, vectorPacking } from '../../../../kernels/glsl/tiled/conv/weights.js';
import { type BoundProgram, bind, type Drawer } from '../gl/draw.js';
import type { Texture, Textures, TiledTexture } from '../gl/textures.js';

/** Where a tensor's values are. */
export interface WeightSource {
  /** The values, if they are on the CPU. */
  readonly values?: ArrayLike<number>;
  /** Runs a draw although programs are only being compiled, because the tensor outlives that. */
  real(work: () => void): void;
  /** Whether the program of this key is right on this device. */
  isTrusted(key: string): boolean;
  /** Reads the values from the device. */
  read(): ArrayLike<number>;
  /** Finds or makes its texture; called where there are no values. */
  takeTexture(): WeightTexture;
}

/** A texture of TensorFlow.js that holds weights. */
export interface WeightTexture {
  readonly tfjsTexture: Texture;
  /** Elements that precede the tensor in the texture. */
  readonly offset: number;
  /** The tensor's shape, where its texture is packed. */
  readonly packedShape?: readonly number[];
}

export class WeightMatrices {
  readonly #textures: Textures;
  readonly #drawer: Drawer;
  readonly #sourceOf: (dataId: DataId) => WeightSource;
  readonly #matrices = new Map<DataId, Map<string, TiledTexture>>();
  #zeros?: TiledTexture;
  #identity?: TiledTexture;

  constructor(textures: Textures, drawer: Drawer, sourceOf: (dataId: DataId) => WeightSource) {
    this.#textures = textures;
    this.#drawer = drawer;
    this.#sourceOf = sourceOf;
  }

  /** A matrix of a tensor, wherever its values are. */
  of({ dataId }: Pick<TensorInfo, 'dataId'>, packing: Packing): Texture {
    return this.#remembered(dataId, packing.name, () => this.#pack(dataId, packing));
  }

  /** A value for each channel as a matrix of one row; a scalar stands for all. */
  vector(operand: TensorInfo, channels: number): Texture {
    return this.of(operand, vectorPacking(util.sizeFromShape(operand.shape), channels));
  }

  /** A matrix that a draw makes of a tensor's matrix; the latter is not kept. */
  derived(
    { dataId }: Pick<TensorInfo, 'dataId'>,
    packing: Packing,
    { name, ...size }: Pick<Packing, 'name' | 'width' | 'height'>,
    boundTo: (plain: Texture) => BoundProgram,
  ): Texture {
    return this.#remembered(dataId, `${packing.name} ${name}`, () => {
      const plain = this.#pack(dataId, packing);
      try {
        return this.#drawn(size, this.#sourceOf(dataId), boundTo(plain));
      } finally {
        this.#textures.release(plain);
      }
    });
  }

  /** A matrix that belongs to a tensor; `pack` is called once for each `kind`. */
  packed({ dataId }: Pick<TensorInfo, 'dataId'>, kind: string, pack: () => Matrix): Texture {
    return this.#remembered(dataId, kind, () => this.#upload(pack()));
  }

  /** One texel of zeros: the bias where there is none. */
  zeros(): Texture {
    return this.#constants().zeros;
  }

  /** The scale and shift that change nothing: a row of a one and a row of a zero, for all quads. */
  identity(): Texture {
    return this.#constants().identity;
  }

  forget(dataId: DataId): void {
    for (const matrix of this.#matrices.get(dataId)?.values() ?? []) this.#textures.release(matrix);
    this.#matrices.delete(dataId);
  }

  /** Lets go of all matrices, because their context is gone. */
  forgetAll(): void {
    this.#matrices.clear();
    this.#zeros = undefined;
    this.#identity = undefined;
  }

  dispose(): void {
    for (const dataId of [...this.#matrices.keys()]) this.forget(dataId);
    for (const constant of [this.#zeros, this.#identity]) if (constant) this.#textures.release(constant);
    this.#zeros = undefined;
    this.#identity = undefined;
  }

  /** Uploads them once. */
  #constants() {
    const kept = (matrix: Matrix) => this.#textures.lookedAt(() => this.#upload(matrix), true);
    this.#zeros ??= kept({ width: 1, height: 1, texels: new Float32Array(4) });
    this.#identity ??= kept({ width: 1, height: 2, texels: Float32Array.of(1, 1, 1, 1, 0, 0, 0, 0) });
    return { zeros: this.#zeros, identity: this.#identity };
  }

  #remembered(dataId: DataId, kind: string, make: () => TiledTexture): Texture {
    const ofTensor = this.#matrices.get(dataId) ?? new Map<string, TiledTexture>();
    const matrix = ofTensor.get(kind) ?? make();
    this.#matrices.set(dataId, ofTensor.set(kind, matrix));
    return matrix;
  }

  #pack(dataId: DataId, packing: Packing): TiledTexture {
    const source = this.#sourceOf(dataId);
    if (source.values) return this.#upload(packMatrix(packing, source.values));
    const program = packWeightsProgram();
    if (!source.isTrusted(program.key)) return this.#upload(packMatrix(packing, source.read()));
    const { tfjsTexture, offset, packedShape } = source.takeTexture();
    const values = packWeightsValues(packing, { columns: tfjsTexture.width, offset, packedShape });
    return this.#drawn(packing, source, bind(program, { tfjsTexture }, values));
  }

  /** A new matrix that a draw fills. */
  #drawn(size: Pick<Packing, 'width' | 'height'>, { real }: WeightSource, bound: BoundProgram): TiledTexture {
    const matrix = this.#textures.acquireMatrix(size);
    const { framebuffer, width, height } = matrix;
    try {
      real(() => this.#drawer.draw({ ...bound, into: framebuffer, viewport: [0, 0, width, height] }));
      return matrix;
    } catch (error) {
      this.#textures.release(matrix);
      throw error;
    }
  }

  #upload({ texels, ...size }: Matrix): TiledTexture {
    const matrix = this.#textures.acquireMatrix(size);
    this.#textures.upload(matrix, texels);
    return matrix;
  }
}
