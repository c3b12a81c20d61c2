/** A person at the authorize page: logs in, presses the button. Uses nothing but the pages, as a browser would. */

export interface Authorized {
  /** Where Salesforce sent the browser in the end: the callback with code and state, or with error; null: it stayed on a page. */
  location: string | null;
  /** The page that was shown instead. */
  page: string;
}

export type Decision = 'allow' | 'deny';

export async function authorizeInBrowser(authorizeUrl: string, decision: Decision = 'allow'): Promise<Authorized> {
  const { origin } = new URL(authorizeUrl);
  let cookie = '';
  let url = authorizeUrl;
  let form: URLSearchParams | null = null;
  for (let step = 0; step < 8; step++) {
    const response: Response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form ? { method: 'POST', body: form } : {}),
    });
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
    const location = response.headers.get('location');
    if (location !== null) {
      const next = new URL(location, url);
      if (next.origin !== origin || !next.pathname.startsWith('/services/oauth2/'))
        return { location: next.toString(), page: '' };
      url = next.toString();
      form = null;
      continue;
    }
    const page = await response.text();
    const action = /<form method="post" action="([^"]+)"/.exec(page)?.[1];
    if (action === undefined) return { location: null, page };
    url = new URL(action, url).toString();
    form = inputsOf(page);
    if (action.endsWith('/decide')) form.set('decision', decision);
  }
  return { location: null, page: '' };
}

/** And then follows the redirect to the callback, as the browser does. */
export async function authorizeAndReturn(
  authorizeUrl: string,
  decision: Decision = 'allow',
): Promise<{ url: string; status: number; page: string }> {
  const { location, page } = await authorizeInBrowser(authorizeUrl, decision);
  if (location === null) return { url: authorizeUrl, status: 0, page };
  const response = await fetch(location);
  return { url: location, status: response.status, page: await response.text() };
}

const ENTITY = /&#(\d+);/g;

function inputsOf(page: string): URLSearchParams {
  const form = new URLSearchParams();
  for (const [tag] of page.matchAll(/<input [^>]*>/g)) {
    const read = (name: string): string =>
      (new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '').replace(ENTITY, (_, code: string) =>
        String.fromCharCode(Number(code)),
      );
    form.append(read('name'), read('value'));
  }
  return form;
}
