/** What is open to everybody: is it alive, is it ready, its metrics, and the callback's page. */
import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import { answerCallback } from './callback.ts';
import { isDatabaseAway } from './database-away.ts';
import { STYLE, pagePolicy, renderPage } from './page.ts';
import { CALLBACK_PATH } from './present-salesforce.ts';
import type { ApiServices } from './services.ts';

/** How long readiness may be looked for; an orchestrator gives up not much later. */
const READY_WITHIN_MS = 4_000;

type Answer = (context: Context, services: ApiServices) => Promise<void>;

export const OPEN: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  [
    '/healthz',
    async (context) => {
      context.body = { status: 'ok' };
    },
  ],
  ['/readyz', ready],
  [
    '/metrics',
    async (context, services) => {
      const { contentType, body } = await services.metrics();
      context.type = contentType;
      context.body = body;
    },
  ],
  [CALLBACK_PATH, callback],
]);

async function ready(context: Context, services: ApiServices): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), READY_WITHIN_MS);
  const down = { ready: false, database: 'down', streams: { wanted: 0, streaming: 0 }, backlog: null } as const;
  try {
    const state = (await Promise.race([services.readiness(), late])) ?? down;
    context.status = state.ready ? 200 : 503;
    context.body = state;
  } catch (error) {
    if (!isDatabaseAway(error)) services.log.error({ err: error }, 'readiness could not be found out');
    context.status = 503;
    context.body = down;
  } finally {
    clearTimeout(timer);
  }
}

const styleHash = createHash('sha256').update(STYLE, 'utf8').digest('base64');

async function callback(context: Context, services: ApiServices): Promise<void> {
  let answer: Awaited<ReturnType<typeof answerCallback>>;
  try {
    answer = await answerCallback(services, context.URL.searchParams);
  } catch (error) {
    services.log.error({ err: error }, 'a callback could not be answered');
    answer = {
      status: 503,
      page: {
        title: 'Not connected',
        good: false,
        message: 'The relay could not finish the authorisation.',
        remedy: 'Choose Connect again in a minute. The log of the relay says more.',
        said: null,
      },
    };
  }
  context.status = answer.status;
  context.type = 'text/html; charset=utf-8';
  context.set('Content-Security-Policy', pagePolicy(styleHash));
  context.set('Cache-Control', 'no-store');
  context.set('Referrer-Policy', 'no-referrer');
  context.body = renderPage(answer.page);
}
