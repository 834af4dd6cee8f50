// The report of selfTest().

import type { BackendInfo } from '../info.js';

/** What one kind of work gave. */
export interface SelfTestResult {
  /** The kernel, or on WebGL2 also a program of it. */
  readonly kind: string;
  readonly passed: boolean;
  /** The largest difference from plain loops, as a part of the largest right value; absent where there was an error. */
  readonly difference?: number;
  /** Milliseconds that it took, with the plain loops. */
  readonly ms: number;
  /** Why it failed. */
  readonly reason?: string;
  /** Why a program that was used could not be tested: neither good nor bad is known of it. */
  readonly untested?: string;
}

/** Plain data: `JSON.stringify` writes all of it. */
export interface SelfTestReport {
  /** Whether everything passed. */
  readonly passed: boolean;
  readonly backend: BackendInfo;
  readonly versions: { readonly 'tfjs-backend-convnet': string; readonly 'tfjs-core': string };
  readonly userAgent: string;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly results: readonly SelfTestResult[];
}
