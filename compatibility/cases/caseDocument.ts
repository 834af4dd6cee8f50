// The part of docs/compatibility.md about layers, operations and models, from the rows of compatibility-cases.json.

import type { CaseRow, Cell } from './caseRows.js';
import type { Kind } from './kerasCases.js';
import { reasonOf } from './knownDifferences.js';

export type CaseEnvironment = Readonly<Record<string, string | number>>;

export interface StoredCases {
  readonly environments: Partial<Record<Kind, CaseEnvironment>>;
  readonly rows: readonly CaseRow[];
}

const TITLES: Readonly<Record<Kind, string>> = {
  layers: '## Layers of `keras.layers`',
  operations: '## Operations of `keras.ops`',
  models: '## Models of the kinds that people train',
};

const TEXTS: Readonly<Record<Kind, string>> = {
  layers: `Every name that \`keras.layers\` exports, by \`npm run compatibility -- layers\`. Real Keras makes small models around each layer,
with seeded arguments, weights and inputs; saves them as \`.keras\` and \`.h5\`; predicts; and computes the gradients of all trainable
weights and inputs, in training mode. **Predicts** is the worst difference of predictions here, over all cases and both formats.
**Saves**: the model is saved here in the same format, and read again here and by real Keras; the worst difference of both predictions.
**Trains**: the worst difference of gradients, and of losses of SGD steps. Each difference is relative to the largest value, and
must be below 1e-4. A number in brackets is the number of predictions, files or gradients that were compared.
`,
  operations: `Every name that \`keras.ops\` and \`keras.ops.image\` export, by \`npm run compatibility -- operations\`, in Functional models,
measured as the layers are.
`,
  models: `Small networks of usual kinds, by \`npm run compatibility -- models\`, measured as the layers are. **Trains** is the worst difference
of gradients, of the losses of three steps of SGD, and of the predictions after them.
`,
};

/** Undefined rows of a kind leave its table out. */
export function caseDocument({ environments, rows }: StoredCases): string {
  const kinds = (['layers', 'operations', 'models'] as const).filter((kind) => rows.some((row) => row.kind === kind));
  return kinds.flatMap((kind) => partOf(kind, rows, environments[kind])).join('\n');
}

function partOf(kind: Kind, all: readonly CaseRow[], environment: CaseEnvironment | undefined): string[] {
  const rows = all.filter((row) => row.kind === kind);
  const measured = rows.filter(({ predicts }) => predicts);
  const failures = measured.flatMap((row) => failuresOf(row));
  const whole = measured.filter((row) => failuresOf(row).length === 0).length;
  const cases = measured.reduce((sum, { cases = 0 }) => sum + cases, 0);
  return [
    `${TITLES[kind]}\n`,
    TEXTS[kind],
    `${whole} of ${measured.length} agree in all of ${cases} cases. ${describe(environment)}\n`,
    table(measured),
    ...others(rows),
    ...list(
      'What differs:',
      failures.filter((line) => reasonOf(line) === undefined),
    ),
    ...list(
      'What differs for a known reason:',
      failures.flatMap((line) => {
        const reason = reasonOf(line);
        return reason === undefined ? [] : [`${line}. Reason: ${reason}`];
      }),
    ),
  ];
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? [`${title}\n`, lines.map((line) => `- ${line}`).join('\n'), ''] : [];
}

function describe(environment: CaseEnvironment = {}): string {
  const facts = Object.entries(environment).map(([name, value]) => `${name} ${value}`);
  return facts.length > 0 ? `Versions: ${facts.join(', ')}.` : '';
}

function table(rows: readonly CaseRow[]): string {
  const lines = rows.map(({ name, cases, predicts, saves, trains, notes = [] }) =>
    [`\`${name}\``, `${cases ?? ''}`, cell(predicts), cell(saves), cell(trains), notes.join('; ')].join(' | '),
  );
  const titles = ['name', 'cases', 'predicts', 'saves', 'trains', 'notes'].join(' | ');
  return ['', titles, '--- | --: | --: | --: | --: | ---', ...lines].map((line) => line && `| ${line} |`).join('\n');
}

function cell(value: Cell | undefined): string {
  if (!value) return '';
  if (value.none !== undefined) return '–';
  const { count, difference = 0, failures } = value;
  if (count === 0) return '–';
  const text = difference === 0 ? 'exact' : difference.toExponential(1);
  return failures ? `**${failures.length} failed** (${count})` : `${text} (${count})`;
}

function others(rows: readonly CaseRow[]): string[] {
  const aliases = rows.filter(({ alias }) => alias !== undefined);
  const reasons = new Map<string, string[]>();
  for (const { name, reason, predicts, alias } of rows)
    if (!predicts && alias === undefined)
      reasons.set(reason ?? '**not tried**', [...(reasons.get(reason ?? '**not tried**') ?? []), `\`${name}\``]);
  return [
    '',
    ...(aliases.length > 0
      ? [`Other names of the same: ${aliases.map(({ name, alias }) => `\`${name}\` (\`${alias}\`)`).join(', ')}.\n`]
      : []),
    ...(reasons.size > 0
      ? ['Without cases:\n', ...[...reasons].map(([reason, names]) => `- ${names.join(', ')}: ${reason}`), '']
      : []),
  ];
}

/** The first failure of each column. What predicts otherwise is saved as it is, and so differs again. */
function failuresOf({ name, predicts, saves, trains }: CaseRow): string[] {
  const parts = predicts?.failures ? { predicts, trains } : { saves, trains };
  return Object.entries(parts).flatMap(([part, value]) => {
    const [first, ...others] = value?.failures ?? [];
    const more = others.length > 0 ? `, and ${others.length} more` : '';
    return first === undefined ? [] : [`\`${name}\`, ${part}: ${first}${more}`];
  });
}
