/**
 * Keeps the keyboard's place. A control that has the focus and is disabled while the page is busy gets it back; where it
 * is hidden or gone, its panel has it. Browsers give the focus to the whole page there, and the next key begins at its top.
 */
export function keepFocus(): void {
  let last: HTMLElement | undefined;
  let panel: HTMLElement | undefined;
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLElement) || target === panel) return;
    last = target;
    panel = target.closest<HTMLElement>('.panel, main, header') ?? undefined;
  });
  // A click on nothing is the visitor's own will.
  document.addEventListener('pointerdown', () => {
    last = undefined;
  });
  const observer = new MutationObserver(() => {
    const { activeElement } = document;
    if (!last || (activeElement !== document.body && activeElement !== panel && activeElement !== last)) return;
    if (canHaveFocus(last)) {
      if (activeElement !== last) last.focus();
    } else if (isGone(last) && panel && activeElement !== panel) {
      const place = isGone(panel) ? document.querySelector<HTMLElement>('main') : panel;
      place?.setAttribute('tabindex', '-1');
      place?.focus({ preventScroll: true });
    }
  });
  observer.observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['disabled', 'hidden'],
  });
}

function isGone(element: HTMLElement): boolean {
  return !element.isConnected || element.closest('[hidden]') !== null;
}

function canHaveFocus(element: HTMLElement): boolean {
  return !isGone(element) && !element.matches(':disabled');
}
