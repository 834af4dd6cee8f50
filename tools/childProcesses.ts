// What the processes that this one has started use, theirs included: a browser has many. Linux alone tells.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Bytes in memory; 0 where the system does not tell. */
export function residentSetOfChildren(): number {
  return sumOver(children(), (pid) => {
    return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  });
}

/** Milliseconds of processor time of those that live, in steps of ten; 0 where the system does not tell. */
export function processorTimeOfChildren(): number {
  return sumOver(children(), (pid) => {
    // The name, in brackets, may hold spaces. utime and stime are fields 14 and 15, in hundredths of a second.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return 10 * (Number(fields[11]) + Number(fields[12]));
  });
}

function children(): number[] {
  if (process.platform !== 'linux') return [];
  const parents = execFileSync('ps', ['-eo', 'pid,ppid'], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/).map(Number));
  const own = new Set([process.pid]);
  for (let before = 0; before < own.size; ) {
    before = own.size;
    for (const [pid, parent] of parents) if (own.has(parent)) own.add(pid);
  }
  own.delete(process.pid);
  return [...own];
}

function sumOver(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((sum, pid) => {
    try {
      return sum + of(pid);
    } catch {
      return sum; // it has ended
    }
  }, 0);
}
