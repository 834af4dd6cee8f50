// The most memory that a process has had in RAM at a time, since it was last forgotten. Loading this package's sources with
// nothing in tsx's cache alone took 703 MB once, for which no file is to blame.

import { readFileSync, writeFileSync } from 'node:fs';

/** Begins anew, where the system can (Linux); needs `--expose-gc`. */
export function forgetPeak(): void {
  (globalThis as { gc?: () => void }).gc?.();
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // elsewhere the peak is that of the whole process
  }
}

export function peakMB(): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) / 1024;
  } catch {
    // no such file: another system
  }
  return process.resourceUsage().maxRSS / 1024;
}
