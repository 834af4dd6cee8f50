/** The notice of the page: an error or a question. A new one replaces the old one. */
import { byId, element } from './dom.js';
import { todoOf } from './pageError.js';

export interface Choice {
  readonly label: string;
  readonly act: () => void;
}

const notice = byId('notice', HTMLDivElement);

export function showError(error: unknown): void {
  notice.dataset.kind = 'error';
  const found = error instanceof Error ? error.message : String(error);
  show([element('strong', { text: todoOf(error) }), ` ${found}`], []);
}

export function ask(question: string, choices: readonly Choice[]): void {
  notice.dataset.kind = 'question';
  show([question], choices);
}

export function clearNotice(): void {
  notice.hidden = true;
  notice.replaceChildren();
}

function show(text: readonly (Node | string)[], choices: readonly Choice[]): void {
  const buttons = [...choices, { label: 'Dismiss', act: () => {} }].map(({ label, act }) => {
    const button = element('button', { text: label });
    button.type = 'button';
    button.addEventListener('click', () => {
      clearNotice();
      act();
    });
    return button;
  });
  const line = element('p');
  line.append(...text);
  notice.replaceChildren(line, element('div', { className: 'choices', children: buttons }));
  notice.hidden = false;
}
