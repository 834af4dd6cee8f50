// Which tensors are in the block layout, beside or instead of the host's own data. A tensor of the host is an entry of texData
// with values or a texture; one that only exists in blocks has neither, and is converted when a kernel of the host asks for it.
//
// Conversions are by data id, so reshapes and clones, which share it, share all forms. A form in blocks belongs to a shape up to
// dimensions of 1; data may have several of them, since one operation may use them under two shapes.

import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { TextureData } from '@tensorflow/tfjs-backend-webgl/dist/tex_util.js';
import type { DataId, DataStorage, TensorInfo } from '@tensorflow/tfjs-core';
import {
  type ConvertSpec,
  convertInts,
  toBlocksProgram,
  toHostProgram,
} from '../../../../kernels/glsl/tiled/layout/convert.js';
import {
  type BlockLayout,
  blockShapes,
  type Dims,
  layoutOf,
  valuesToTexels,
} from '../../../../kernels/glsl/tiled/layout/layout.js';
import type { BlockCaps } from '../../../../kernels/glsl/tiled/program.js';
import { type Draw, Drawer } from '../gl/draw.js';
import { type BlockTexture, type Texture, Textures } from '../gl/textures.js';
import { readBlocks, readBlocksAsync } from './readTiles.js';
import { type Blocks, type Deferred, DeferredBlocks } from './tiledTensor.js';
import { Matrices, type Source as WeightSource } from './weightMatrices.js';

export type { Blocks, Deferred };

/** A draw without its target. */
export type Source = Omit<Draw, 'framebuffer' | 'viewport'>;

/** What the store needs of the backend around it. */
export interface Host
  extends Pick<MathBackendWebGL, 'makeTensorInfo' | 'unpackTensor' | 'disposeIntermediateTensorInfo'> {
  readonly texData: DataStorage<TextureData>;
  /** The backend's own, without conversions. */
  allocate(dataId: DataId): void;
  /** Runs `work`, which must not be left out for these data while programs are only compiled. */
  real<T>(dataId: DataId, work: () => T): T;
}

/** How often the layout changed hands; they only grow. */
export interface Counters {
  toBlocks: number;
  toHost: number;
  draws: number;
}

export class BlockStore {
  readonly counters: Counters = { toBlocks: 0, toHost: 0, draws: 0 };
  readonly textures: Textures;
  readonly caps: BlockCaps;
  readonly #gl: WebGL2RenderingContext;
  readonly drawer: Drawer;
  readonly #host: Host;
  /** All forms in blocks, the first made first. */
  readonly #blocks = new Map<DataId, Blocks[]>();
  /** Weights. */
  readonly matrices: Matrices;
  /** To draw into a texture of the host. */
  readonly #framebuffer: WebGLFramebuffer;

  constructor(gl: WebGL2RenderingContext, caps: BlockCaps, isFloat32: boolean, host: Host) {
    this.#gl = gl;
    this.caps = caps;
    this.#host = host;
    this.textures = new Textures(gl, isFloat32);
    this.drawer = new Drawer(gl, caps);
    this.matrices = new Matrices(this.textures, this.drawer, (dataId) => this.#sourceOf(dataId));
    this.#framebuffer = gl.createFramebuffer() as WebGLFramebuffer;
  }

  /** Where a tensor of these dimensions would lie; undefined if it does not fit into a texture. */
  layoutOf(dims: Dims): BlockLayout | undefined {
    const layout = layoutOf(dims, dims.h * dims.w === 1 ? blockShapes.single : this.caps.block);
    const fits = Math.max(layout.width, layout.height) <= this.caps.maxTextureSize;
    return fits && layout.n * layout.h * layout.w * layout.c > 0 ? layout : undefined;
  }

  /** The form in blocks of a tensor that has one already. */
  find({ dataId, shape }: Pick<TensorInfo, 'dataId' | 'shape'>): Blocks | undefined {
    const dims = dimsOf(shape);
    return this.#blocks.get(dataId)?.find(({ layout }) => isSame(dims, layout));
  }

  /** Whether the data exist in blocks, under whatever shape. */
  has(dataId: DataId): boolean {
    return this.#blocks.has(dataId);
  }

  /** Whether the data exist in blocks alone. */
  isOnlyHere(dataId: DataId): boolean {
    if (!this.#blocks.has(dataId)) return false;
    const { texture, values } = this.#host.texData.get(dataId);
    return texture == null && values == null;
  }

  /** A new tensor in blocks, for a draw to fill. */
  make(shape: readonly number[], layout: BlockLayout): { readonly info: TensorInfo; readonly blocks: Blocks } {
    const info = this.#host.makeTensorInfo([...shape], 'float32');
    const blocks = { layout, texture: this.textures.acquire(layout) };
    this.#blocks.set(info.dataId, [blocks]);
    return { info, blocks };
  }

  /** A new tensor in blocks that `draw` fills; nothing of it is left if that fails. */
  filled(shape: readonly number[], layout: BlockLayout, draw: (target: BlockTexture) => void): TensorInfo {
    const { info, blocks } = this.make(shape, layout);
    try {
      draw(blocks.texture);
      return info;
    } catch (error) {
      this.#host.disposeIntermediateTensorInfo(info);
      throw error;
    }
  }

  /** A new tensor in blocks that is drawn when somebody asks for its texture. */
  defer(shape: readonly number[], layout: BlockLayout, deferred: Deferred): TensorInfo {
    const info = this.#host.makeTensorInfo([...shape], 'float32');
    const draw = (texture: BlockTexture) => this.#host.real(info.dataId, () => deferred.draw(texture));
    this.#blocks.set(info.dataId, [new DeferredBlocks(this.textures, layout, deferred, draw)]);
    return info;
  }

  /** A tensor's form in blocks, made now if there is none; `layout` is for its shape. */
  blocksOf(x: TensorInfo, layout: BlockLayout): Blocks {
    const present = this.find(x);
    if (present) return present;
    this.toHost(x.dataId, false); // the way to another shape
    const values = valuesOf(this.#host.texData.get(x.dataId)); // fetches them from another backend, if they are there
    const blocks = { layout, texture: this.textures.acquire(layout) };
    this.counters.toBlocks++;
    if (values) this.textures.upload(blocks.texture, valuesToTexels(layout, values));
    else this.#host.real(x.dataId, () => this.#convert(x, blocks));
    this.#blocks.set(x.dataId, [...(this.#blocks.get(x.dataId) ?? []), blocks]);
    return blocks;
  }

  /** Draws into all texels of `target` but its border, or into those of some rows: so many from the first. */
  draw({ texture }: Pick<Blocks, 'texture'>, source: Source, [from, count] = [0, texture.height - 1]): void {
    const { framebuffer, width } = texture;
    this.counters.draws++;
    this.drawer.draw({ ...source, framebuffer, viewport: [1, from, width - 2, count] });
  }

  /** A new tensor of the host, in a texture that a draw fills; `source` is told the texels of one row. */
  makeHost(shape: readonly number[], source: (columns: number) => Source, packed = false): TensorInfo {
    const info = this.#host.makeTensorInfo([...shape], 'float32');
    const data = this.#host.texData.get(info.dataId);
    data.isPacked = packed;
    this.counters.draws++;
    this.#drawToHost(info.dataId, data, source);
    return info;
  }

  /** Gives the data a texture of the host, packed or not, if they exist in blocks alone. */
  toHost(dataId: DataId, packed: boolean): void {
    if (this.isOnlyHere(dataId)) this.#host.real(dataId, () => this.#convertToHost(dataId, packed));
  }

  /** Values in NHWC order, read without a conversion on the device. */
  read(dataId: DataId): Float32Array {
    return readBlocks(this.#gl, this.#first(dataId));
  }

  /** The same without blocking: `wait` resolves when the device has done what was queued before. */
  readAsync(dataId: DataId, wait: () => Promise<void>): Promise<Float32Array> {
    return readBlocksAsync(this.#gl, this.#first(dataId), wait);
  }

  /** Drops whatever was made of these data. */
  forget(dataId: DataId): void {
    this.#release(dataId);
    this.matrices.forget(dataId);
  }

  dispose(): void {
    for (const dataId of [...this.#blocks.keys()]) this.forget(dataId);
    this.matrices.dispose();
    this.textures.dispose();
    this.drawer.dispose();
    this.#gl.deleteFramebuffer(this.#framebuffer);
  }

  #first(dataId: DataId): Blocks {
    return (this.#blocks.get(dataId) as Blocks[])[0];
  }

  #release(dataId: DataId): void {
    for (const blocks of this.#blocks.get(dataId) ?? []) {
      if (blocks instanceof DeferredBlocks) blocks.dispose(this.drawer.recording !== undefined);
      else this.textures.release(blocks.texture);
    }
    this.#blocks.delete(dataId);
  }

  #convertToHost(dataId: DataId, packed: boolean): void {
    const { layout, texture } = this.#first(dataId);
    const data = this.#host.texData.get(dataId);
    this.counters.toHost++;
    data.isPacked = packed && data.shape.length === 4;
    data.texShape = undefined;
    this.#drawToHost(dataId, data, (columns) => ({
      program: toHostProgram({ block: layout.block, packed: data.isPacked === true }),
      inputs: { x: texture },
      ints: convertInts(layout, { columns, offset: 0 }),
    }));
  }

  /** Gives the data a texture of the host and draws into it. */
  #drawToHost(dataId: DataId, data: TextureData, source: (columns: number) => Source): void {
    this.#host.allocate(dataId);
    const [width, height] = sizeOf(data);
    const gl = this.#gl;
    const framebuffer = this.#framebuffer;
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    attach(gl, data.texture?.texture as WebGLTexture);
    this.drawer.draw({ ...source(width), framebuffer, viewport: [0, 0, width, height] });
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    attach(gl, null); // else the texture could not be freed or read while it is attached here
  }

  /** From a texture of the host. */
  #convert(x: TensorInfo, target: Blocks): void {
    const host = this.#host;
    const source = host.texData.get(x.dataId);
    const { layout } = target;
    const isInOrder = source.shape.length === 4 && isSame(dimsOf(source.shape), layout);
    if (source.isPacked && !isInOrder) {
      const unpacked = host.unpackTensor({ ...x, shape: source.shape });
      this.#drawFromHost({ block: layout.block, packed: false }, unpacked.dataId, target);
      host.disposeIntermediateTensorInfo(unpacked);
    } else {
      this.#drawFromHost({ block: layout.block, packed: source.isPacked === true }, x.dataId, target);
    }
  }

  #drawFromHost(spec: ConvertSpec, dataId: DataId, target: Blocks): void {
    const { host, offset } = this.#hostTexture(dataId);
    const ints = convertInts(target.layout, { columns: host.width, offset });
    this.draw(target, { program: toBlocksProgram(spec), inputs: { host }, ints });
  }

  #sourceOf(dataId: DataId): WeightSource {
    const values = valuesOf(this.#host.texData.get(dataId));
    return {
      ...(values && { values }),
      real: (work) => this.#host.real(dataId, work),
      texture: () => {
        this.toHost(dataId, false);
        const { shape, isPacked } = this.#host.texData.get(dataId);
        return { ...this.#hostTexture(dataId), ...(isPacked && { packedShape: shape }) };
      },
    };
  }

  /** The data's texture of the host, as a draw reads it, and the elements that precede the data there. */
  #hostTexture(dataId: DataId): { readonly host: Texture; readonly offset: number } {
    const data = this.#host.texData.get(dataId);
    const [width, height] = sizeOf(data);
    const handle = data.texture?.texture as WebGLTexture;
    const host = { handle, target: this.#gl.TEXTURE_2D, width, height, bytes: 0 };
    return { host, offset: data.slice?.flatOffset ?? 0 };
  }
}

/** [n, h, w, c]; vectors are images of one pixel. */
export function dimsOf(shape: readonly number[]): Dims {
  if (shape.length <= 2) return { n: shape.length === 2 ? shape[0] : 1, h: 1, w: 1, c: shape[shape.length - 1] ?? 1 };
  const [n, h, w, c] = shape.length === 3 ? [1, ...shape] : shape;
  return shape.length <= 4 ? { n, h, w, c } : { n: 0, h: 0, w: 0, c: 0 };
}

function isSame(a: Dims, b: Dims): boolean {
  return a.n === b.n && a.h === b.h && a.w === b.w && a.c === b.c;
}

/** Values on the CPU. With a slice the host keeps those of what it was cut from. */
function valuesOf({ values, slice }: TextureData): Float32Array | undefined {
  return values != null && slice == null ? (values as Float32Array) : undefined;
}

/** Width and height of a host's texture, in texels. */
function sizeOf({ texShape, isPacked }: TextureData): [number, number] {
  const [rows, columns] = texShape as [number, number];
  return isPacked ? [Math.ceil(columns / 2), Math.ceil(rows / 2)] : [columns, rows];
}

function attach(gl: WebGL2RenderingContext, texture: WebGLTexture | null): void {
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
}
