// What `npm run print` can print: a program's name (the path of its file below kernels/) and how it is printed.

/** A program, or a family of programs that one file makes. */
export interface Printable {
  /** The words that choose among the family, alternatives separated by `|`; the first of each is the default. */
  readonly options: string;
  /** @throws If an argument is none of the options. */
  print(args: readonly string[]): string;
}

export type PrintTable = Readonly<Record<string, Printable>>;
