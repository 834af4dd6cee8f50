// TypeDoc puts links into the summaries of what folds, where screen readers do not find them. This moves each below its
// summary, and takes those away that only repeat a heading's own address.

function moveLinks() {
  for (const link of document.querySelectorAll('summary a')) {
    const summary = link.closest('summary');
    if (link.classList.contains('tsd-anchor-icon') || !summary?.nextElementSibling) {
      link.remove();
      continue;
    }
    const label = document.createElement('span');
    label.textContent = link.textContent;
    link.replaceWith(label);
    summary.nextElementSibling.prepend(link);
  }
}

// The list of modules is written after the page has loaded.
new MutationObserver(moveLinks).observe(document.documentElement, { childList: true, subtree: true });
moveLinks();
