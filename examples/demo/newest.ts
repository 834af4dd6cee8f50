// What the visitor chose last counts, also where an earlier choice takes longer to load.

/**
 * Counts what is begun. Each beginning gives a function that tells whether nothing was begun after it.
 *
 * @returns `begin`, to call where work begins.
 */
export function newestOf(): () => () => boolean {
  let begun = 0;
  return () => {
    const own = ++begun;
    return () => own === begun;
  };
}
