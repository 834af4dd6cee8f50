// The part of docs/compatibility.md about masks, from the sections of compatibility-masks.json.

import { existsSync, readFileSync } from 'node:fs';
import type { MaskSection } from './maskFiles.js';
import { maskReasonOf } from './maskReasons.js';

const TEXT = `## Masks

Every layer and operation that Keras exports behind a masked tensor, by \`npm run compatibility -- masks\`: in Functional,
Sequential and nested models, with the mask made inside of a nested model, in TimeDistributed, in both directions, with a mask given
as a tensor, and started from given states. Each model is read from \`.keras\` and \`.h5\`. **Predicts** is the worst difference of
predictions, **saves** that of the file that is saved here and read again, **losses** that of the loss of a test, the losses of three
steps of SGD and the predictions after them; what draws numbers is not trained. Each is relative to the largest value; a case counts
as equal below 1e-4.
`;

export function readMaskSections(file: string): MaskSection[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as MaskSection[]) : [];
}

/** Empty if nothing was measured. */
export function maskDocument(sections: readonly MaskSection[]): string {
  return sections.length === 0 ? '' : [TEXT, ...sections.flatMap(partOf)].join('\n');
}

function partOf({ versions, rows, failures, without }: MaskSection): string[] {
  const open = failures.filter((line) => maskReasonOf(line) === undefined);
  const reasons = new Map<string, number>();
  for (const line of failures) {
    const reason = maskReasonOf(line);
    if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const title = Object.entries(versions)
    .map(([name, version]) => (name === 'on' ? `on ${version}` : `${name} ${version}`))
    .join(', ');
  const lines = rows.map((row) =>
    [
      row.kind,
      row.names,
      row.cases,
      row.files,
      row.equal,
      show(row.predicts),
      show(row.saves),
      row.trained,
      show(row.losses),
    ].join(' | '),
  );
  return [
    `### With ${title}\n`,
    `${without} names cannot be run by Keras itself behind such a tensor. The differences are those of the equal files.\n`,
    '| graph | names | cases | files | equal | predicts | saves | trained | losses |',
    '| --- | --: | --: | --: | --: | --: | --: | --: | --: |',
    ...lines.map((line) => `| ${line} |`),
    '',
    ...(open.length > 0 ? ['What differs:\n', ...open.map((line) => `- ${line}`), ''] : []),
    ...(reasons.size > 0
      ? [
          'What differs for a known reason:\n',
          ...[...reasons].map(([reason, count]) => `- ${count} files: ${reason}`),
          '',
        ]
      : []),
  ];
}

function show(difference: number): string {
  return difference === 0 ? 'exact' : difference.toExponential(1);
}
