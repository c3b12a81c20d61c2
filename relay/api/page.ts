/** The page that a person sees after authorising. No scripts, everything escaped, nothing loaded from anywhere. */

export interface Page {
  readonly title: string;
  readonly good: boolean;
  readonly message: string;
  /** What to do next. */
  readonly remedy: string | null;
  /** What Salesforce said, word by word, for whoever helps. */
  readonly said: string | null;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

export const STYLE = `
  body { font: 1rem/1.5 system-ui, sans-serif; color: #181818; background: #f3f3f3; margin: 0; }
  main { max-width: 36rem; margin: 15vh auto 0; background: #fff; border-top: 0.25rem solid #2e844a; border-radius: 0.25rem; padding: 1.5rem 2rem; }
  main.bad { border-color: #ba0517; }
  h1 { font-size: 1.25rem; margin: 0 0 0.75rem; }
  .said { color: #5c5c5c; overflow-wrap: anywhere; }
`;

/** Forbids everything but the page's own style, framing included. */
export const pagePolicy = (styleHash: string): string =>
  `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export function renderPage(page: Page): string {
  const paragraph = (text: string, className?: string): string =>
    `<p${className ? ` class="${className}"` : ''}>${escapeHtml(text)}</p>`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(page.title)}</title><style>${STYLE}</style></head>`,
    `<body><main${page.good ? '' : ' class="bad"'}>`,
    `<h1>${escapeHtml(page.title)}</h1>`,
    paragraph(page.message),
    ...(page.remedy === null ? [] : [paragraph(page.remedy)]),
    ...(page.said === null ? [] : [paragraph(`Salesforce said: ${page.said}`, 'said')]),
    '</main></body></html>',
    '',
  ].join('\n');
}
