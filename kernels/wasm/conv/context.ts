// What the convolution kernels of one device share: the register tiles that suit it, and plans by geometry.

import type { WinogradChoice } from '../../winograd.js';
import type { Device } from '../device.js';
import { Plans } from './plans.js';
import { TableCache } from './tableCache.js';
import { chooseTiles, type Tiles } from './tiles.js';

export interface ConvContext {
  readonly device: Device;
  readonly tiles: Tiles;
  readonly plans: Plans;
  /** Which of Winograd's transforms may be used. */
  readonly winograd: WinogradChoice;
}

/** @param winograd Called for each convolution, since the user may change the choice. */
export function makeContext(device: Device, winograd: () => WinogradChoice = () => 'auto'): ConvContext {
  return {
    device,
    tiles: chooseTiles(device),
    plans: new Plans(new TableCache(device)),
    get winograd() {
      return winograd();
    },
  };
}

/** Packed forms of one filter, which may be kept from call to call. */
export interface WeightStore {
  /**
   * Calls `use` with the address of `bytes` bytes that `pack` has filled.
   *
   * @param kind Names the layout. Filter and layout together must determine every byte.
   */
  with<T>(kind: string, bytes: number, pack: (to: number) => void, use: (address: number) => T): T;
}

/** Addresses of the operands, in NHWC; the filter is [kH, kW, icg, outC]. */
export interface ForwardOperands {
  readonly x: number;
  readonly w: number;
  readonly y: number;
  readonly weights: WeightStore;
  /** The epilogue that kernels apply while the sums are in registers: y = min(max(sum + bias[oc], low), high). */
  readonly bias?: number;
  /** [outC] slopes of PReLU in place of the limits: only for kernels that say `appliesSlopes`. */
  readonly slopes?: number;
  readonly low: number;
  readonly high: number;
}

export interface GradInputOperands {
  readonly dy: number;
  readonly w: number;
  readonly dx: number;
  readonly weights: WeightStore;
}

export interface GradFilterOperands {
  readonly x: number;
  readonly dy: number;
  readonly dw: number;
}
