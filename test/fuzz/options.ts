// The options of the command line, which both fuzzers share.

const known = ['seconds', 'runs', 'seed', 'family', 'backend', 'case', 'faults', 'inputs', 'angle'] as const;

export type Options = Partial<Readonly<Record<(typeof known)[number], string>>>;

export function readOptions(args = process.argv.slice(2)): Options {
  return Object.fromEntries(
    args.map((arg) => {
      const [, name, value] = /^--([a-z]+)=(.+)$/.exec(arg) ?? [];
      if (known.some((one) => one === name)) return [name, value];
      throw new Error(`fuzz: unknown option; received ${arg}, known are ${known.map((one) => `--${one}=`).join(' ')}`);
    }),
  );
}

/** The names of a list with commas, or all where there is none. */
export function chosen(list: string | undefined, all: readonly string[]): readonly string[] {
  const names = list?.split(',') ?? all;
  for (const name of names) {
    if (!all.includes(name)) throw new Error(`fuzz: unknown name; received ${name}, known are ${all.join(', ')}`);
  }
  return names;
}
