// One form for every message: `<where>: <rule broken>; received <name>=<value>`, so that a user sees what to change.

/** Shows a value the way it was written: [1,2], 'same', 1.5, NaN. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(show).join(',')}]`;
  if (typeof value === 'number') return String(value); // JSON has no NaN
  return JSON.stringify(value) ?? String(value);
}

/** Throws `<where>: <rule>; received <name>=<value>, ...` unless `holds`. */
export function check(holds: boolean, where: string, rule: string, received: Record<string, unknown>): asserts holds {
  if (holds) return;
  const values = Object.entries(received).map(([name, value]) => `${name}=${show(value)}`);
  throw new Error(`${where}: ${rule}; received ${values.join(', ')}`);
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the system says of a file, in words. */
export function fileProblem(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'no such file or folder';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ENOSPC':
      return 'the disk is full';
    default:
      return messageOf(error);
  }
}
