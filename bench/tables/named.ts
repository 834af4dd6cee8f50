/** The row of a table with this name. */
export function named<Row extends { readonly name: string }>(rows: readonly Row[], name: string): Row {
  const row = rows.find((candidate) => candidate.name === name);
  if (!row) throw new Error(`named: the name must be in the table; received name=${name}`);
  return row;
}
