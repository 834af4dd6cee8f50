// What a group gives: tables of rows that the terminal and the JSON file both show.

export type Row = Readonly<Record<string, string | number>>;

export interface Table {
  readonly title: string;
  readonly rows: readonly Row[];
}
