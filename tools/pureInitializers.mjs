// A rolldown plugin that tells bundlers what they may leave out: the layers that an app does not import, and their tables of
// arguments. It wraps the initializers of module-level constants and of static members,
//
//   const fields = convFields(2);   ->   const fields = /* @__PURE__ */ (() => (convFields(2)))();
//
// since bundlers keep a call, a spread or a getter unless it is marked like this. It is right only where such initializers
// have no effect but their value: in the folders below nothing else is allowed at module level.

/** The folders whose modules have no effects. */
const folders = /[\\/]src[\\/](layers|ops|core)[\\/]/;

/** Expressions that every bundler drops by itself. */
const harmless = new Set(['Literal', 'Identifier', 'ArrowFunctionExpression', 'FunctionExpression', 'ClassExpression']);

/** @returns {import('rolldown').Plugin} */
export function pureInitializers() {
  return {
    name: 'pure-initializers',
    transform: {
      filter: { id: folders },
      handler(code, id) {
        const { body } = this.parse(code, { lang: id.endsWith('.ts') ? 'ts' : 'js' });
        const ranges = body.flatMap(initializersOf).filter(({ type }) => !harmless.has(type));
        return ranges.length === 0 ? null : { code: wrapAll(code, ranges), map: null };
      },
    },
  };
}

/** @typedef {{ type: string, start: number, end: number }} Expression */

/** @param {any} statement @returns {Expression[]} */
function initializersOf(statement) {
  const { type, declaration } = statement;
  if (type === 'ExportNamedDeclaration' && declaration) return initializersOf(declaration);
  if (type === 'VariableDeclaration') {
    return statement.declarations.flatMap((/** @type {any} */ { init }) => init ?? []);
  }
  if (type !== 'ClassDeclaration') return [];
  return statement.body.body
    .filter((/** @type {any} */ member) => member.type === 'PropertyDefinition' && member.static && member.value)
    .map((/** @type {any} */ { value }) => value);
}

/** @param {string} code @param {Expression[]} ranges */
function wrapAll(code, ranges) {
  return ranges
    .sort((a, b) => b.start - a.start)
    .reduce((text, { start, end }) => {
      const inner = text.slice(start, end);
      return `${text.slice(0, start)}/* @__PURE__ */ (() => (${inner}))()${text.slice(end)}`;
    }, code);
}
