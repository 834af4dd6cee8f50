// Rows of docs/compatibility-cases.json: what all cases of a name have in common, and the worst of them.

import { type CaseFile, type CaseResult, type Checked, isGood, type Outcome, outcomesOf } from './caseFiles.js';
import type { CaseName, Kind } from './kerasCases.js';

/** A column: the worst difference of the cases, or why there is none. */
export interface Cell {
  /** How many outcomes there are. */
  readonly count: number;
  readonly difference?: number;
  /** Outcomes with an error or above the limit, the worst of each case. */
  readonly failures?: readonly string[];
  readonly none?: string;
}

export interface CaseRow {
  readonly kind: Kind;
  readonly name: string;
  readonly cases?: number;
  readonly alias?: string;
  readonly reason?: string;
  readonly predicts?: Cell;
  readonly saves?: Cell;
  readonly trains?: Cell;
  /** What the figures do not say. */
  readonly notes?: readonly string[];
}

export interface Found {
  readonly cases: readonly CaseFile[];
  readonly results: readonly CaseResult[];
  readonly checked: Checked;
}

export function rowsOf(kind: Kind, names: readonly CaseName[], { cases, results, checked }: Found): CaseRow[] {
  const byId = new Map(results.map((result) => [result.id, result]));
  return names.map(({ name, alias, reason }) => {
    const own = cases.filter((one) => one.name === name);
    if (own.length === 0) return { kind, name, alias, reason };
    return rowOf(
      kind,
      name,
      own.map((facts) => {
        const result = byId.get(facts.id);
        if (!result) throw new Error(`compatibility: every case needs a result; received none for ${facts.id}`);
        return { facts, result, byKeras: checked[facts.id] ?? {} };
      }),
    );
  });
}

interface Case {
  readonly facts: CaseFile;
  readonly result: CaseResult;
  readonly byKeras: Checked[string];
}

function rowOf(kind: Kind, name: string, cases: readonly Case[]): CaseRow {
  if (cases.every(({ facts }) => facts.refused)) return refusedRow(kind, name, cases);
  const notes = new Set<string>();
  const unreadable = ({ byKeras }: Case) => Object.values(byKeras).some((one) => one && 'own' in one);
  if (cases.some(unreadable)) notes.add('Keras fails to read its own file of some cases');
  if (cases.some(({ facts }) => facts.gradient && !('none' in facts.gradient) && !facts.gradient.training))
    notes.add('random in training: gradients in inference');
  for (const [format, reason] of cases.flatMap(({ facts }) => Object.entries(facts.unwritten)))
    notes.add(`Keras cannot write .${format}: ${reason}`.slice(0, 120));
  const older = new Set(cases.map(({ facts }) => facts.keras).filter((version) => version.startsWith('2.')));
  for (const version of older) notes.add(`tf.keras ${version} too`);
  const elsewhere = new Set(cases.flatMap(({ result }) => outcomesOf(result)).map(elsewhereOf));
  for (const backend of elsewhere)
    if (backend) notes.add(`as Keras on ${backend} in some cases, where its backends differ`);
  const unread = cases.filter(
    ({ result, byKeras }) => Object.keys(result.saves).length > 0 && !Object.keys(byKeras).length,
  );
  if (unread.length > 0) notes.add(`saved files of ${unread.length} cases were not read by Keras`);
  if (cases.some(({ result }) => result.leaked > 0)) notes.add('leaves tensors behind');
  return {
    kind,
    name,
    cases: cases.length,
    predicts: cellOf(cases, ({ result }) => Object.values(result.predicts)),
    saves: cellOf(cases, ({ result, byKeras }) => [
      ...Object.values(result.saves),
      ...Object.values(byKeras).filter((one) => !('own' in one)),
    ]),
    trains: trainsCell(cases),
    ...(notes.size > 0 ? { notes: [...notes] } : {}),
  };
}

function elsewhereOf(outcome: Outcome): string | undefined {
  return 'elsewhere' in outcome ? outcome.elsewhere : undefined;
}

/** Files that must be refused: the row says so, if they are. */
function refusedRow(kind: Kind, name: string, cases: readonly Case[]): CaseRow {
  const all = cases.flatMap(({ result }) => Object.values(result.predicts));
  const isRefused = all.length > 0 && all.every((one) => 'error' in one && one.error.startsWith('KerasFileError'));
  if (isRefused) return { kind, name, reason: 'refused: carries Python code' };
  return { kind, name, predicts: { count: all.length, failures: ['the file must be refused, and is not'] } };
}

function trainsCell(cases: readonly Case[]): Cell {
  const trained = ({ result }: Case) => [result.gradient, result.training].filter((one) => one !== undefined);
  const cell = cellOf(cases, trained);
  const reasons = cases.flatMap(({ facts: { gradient } }) => (gradient && 'none' in gradient ? [gradient.none] : []));
  return cell.count > 0 ? cell : { count: 0, none: reasons[0] ?? 'not asked' };
}

function cellOf(cases: readonly Case[], outcomesOf: (one: Case) => readonly Outcome[]): Cell {
  let count = 0;
  let worst = 0;
  const failures: string[] = [];
  for (const one of cases) {
    const outcomes = outcomesOf(one);
    count += outcomes.length;
    const failed = outcomes.find((outcome) => !isGood(outcome));
    const text = failed && ('error' in failed ? shorten(failed.error) : failed.difference.toExponential(1));
    if (text) failures.push(`${one.facts.id} (${shorten(one.facts.note)}): ${text}`);
    for (const outcome of outcomes) if ('difference' in outcome) worst = Math.max(worst, outcome.difference);
  }
  const difference = count > 0 ? Number(worst.toPrecision(2)) : undefined;
  return { count, difference, ...(failures.length > 0 ? { failures } : {}) };
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}
