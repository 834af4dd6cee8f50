/** The notice of the page: an error or a question. A new one replaces the old one. */
import { byId, element } from './dom.js';

export interface Choice {
  readonly label: string;
  readonly act: () => void;
}

const notice = byId('notice', HTMLDivElement);

export function showError(error: unknown): void {
  notice.dataset.kind = 'error';
  show(error instanceof Error ? error.message : String(error), []);
}

export function ask(question: string, choices: readonly Choice[]): void {
  notice.dataset.kind = 'question';
  show(question, choices);
}

export function clearNotice(): void {
  notice.hidden = true;
  notice.replaceChildren();
}

function show(text: string, choices: readonly Choice[]): void {
  const buttons = [...choices, { label: 'Dismiss', act: () => {} }].map(({ label, act }) => {
    const button = element('button', { text: label });
    button.type = 'button';
    button.addEventListener('click', () => {
      clearNotice();
      act();
    });
    return button;
  });
  notice.replaceChildren(element('p', { text }), element('div', { className: 'choices', children: buttons }));
  notice.hidden = false;
}
