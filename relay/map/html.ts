/** Salesforce's rich text (a small HTML) → plain text: paragraphs become lines, list items dashes, pictures their description. */

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  bull: '•',
  middot: '·',
  deg: '°',
  micro: 'µ',
  plusmn: '±',
  times: '×',
  divide: '÷',
  frac12: '½',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  sect: '§',
  copy: '©',
  reg: '®',
  trade: '™',
  laquo: '«',
  raquo: '»',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  ccedil: 'ç',
  ntilde: 'ñ',
};

/** For rich-text fields only: in any other a `<b>` is what somebody wrote. Text without tags keeps its lines. */
export function plainText(html: string): string {
  if (!/<\/?[a-z!]/i.test(html)) return decode(html);
  const text = html
    // What is never closed goes to the end, as in a browser; it also keeps these linear.
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/<(script|style)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, '')
    // Line ends in the source mean nothing in HTML; the tags make the lines.
    .replace(/\s+/g, ' ')
    .replace(/<(\/?)([a-z][a-z0-9]*)\b([^<>]*)>/gi, (_, slash: string, name: string, rest: string) =>
      inPlaceOf(name.toLowerCase(), slash === '/', rest),
    );
  // Entities last, and once: &amp;lt; is the text &lt;, and a tag that was written as text stays text.
  return decode(text)
    .replace(/ *\n */g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/ {2,}/g, ' ')
    .trim();
}

const BLOCKS = new Set(['p', 'div', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'tr', 'table', 'blockquote', 'pre']);

function inPlaceOf(name: string, closing: boolean, rest: string): string {
  if (name === 'br' || name === 'ul' || name === 'ol') return '\n';
  if (name === 'li') return closing ? '' : '\n- ';
  if (name === 'img') return /\balt *= *(?:"([^"]*)"|'([^']*)')/i.exec(rest)?.slice(1).find(Boolean) ?? '';
  if (!closing) return '';
  if (name === 'td' || name === 'th') return '\t';
  return BLOCKS.has(name) ? '\n' : '';
}

function decode(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]{1,31}));/gi,
    (entity, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return NAMED[name] ?? entity;
      const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : entity;
    },
  );
}
