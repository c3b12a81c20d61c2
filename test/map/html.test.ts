import { describe, expect, test } from 'vitest';
import { plainText } from '../../relay/map/html.ts';

describe('rich text as plain text', () => {
  test.each([
    ['paragraphs', '<p>Pump stops</p><p>Twice</p>', 'Pump stops\nTwice'],
    ['breaks', 'a<br>b<br/>c<BR />d', 'a\nb\nc\nd'],
    ['line ends of the source', '<p>a\n  b</p>', 'a b'],
    ['lists', '<p>Seen:</p><ul><li>leak</li><li>alarm</li></ul>', 'Seen:\n\n- leak\n- alarm'],
    ['a table', '<table><tr><td>Lot</td><td>42</td></tr></table>', 'Lot\t42'],
    ['a picture', '<p>See <img src="/x?a=1" alt="crack in the housing"></p>', 'See crack in the housing'],
    ['links', '<a href="https://example.com">manual</a>', 'manual'],
    ['entities', '<p>5&#176; &plusmn; 1 &#xB5;m &lt; 2 &amp;amp; &nbsp;&unknown;</p>', '5° ± 1 µm < 2 &amp; &unknown;'],
    ['a tag that was written as text', '<p>&lt;b&gt;</p>', '<b>'],
    ['an impossible entity', '<p>&#xD800;&#0;</p>', '&#xD800;&#0;'],
    ['scripts, styles and comments', '<style>p{}</style><p>a</p><script>x("</p>")</script><!-- b -->', 'a'],
    ['no tags', 'line 1\nline 2 &amp; 3 < 4', 'line 1\nline 2 & 3 < 4'],
  ])('%s', (_, html, expected) => expect(plainText(html)).toBe(expected));

  test.each(['<!--', '<script>', '<img alt', '<p', '<style', '&amp', ' \n', '<li><'])(
    'half a megabyte of %j does not hold anybody up',
    (text) => {
      const started = performance.now();
      plainText(`<p>${text.repeat(500_000 / text.length)}`);
      expect(performance.now() - started).toBeLessThan(10_000);
    },
  );
});
