/** The HTTP side of the relay. Errors are caught first, then headers, then who asks, then what. */
import { randomUUID } from 'node:crypto';
import Router from '@koa/router';
import Koa, { type Context, type Next } from 'koa';
import helmet from 'koa-helmet';
import { authenticate, requireRole } from './auth.ts';
import { ApiError, asApiError } from './errors.ts';
import { OPEN } from './health.ts';
import { readJson } from './json-body.ts';
import { loginLimit } from './login-limit.ts';
import { PREFIX, openApiDocument } from './openapi.ts';
import { parse, queryValues } from './parse.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes/index.ts';
import { NoBody, NoQuery } from './schemas/common.ts';
import type { ApiServices } from './services.ts';

export interface ApiOptions {
  readonly adminToken: string;
  /** Wrong tokens a minute from one address, beyond which it is told to wait (20). */
  readonly wrongTokensPerMinute?: number;
}

export function buildApp(services: ApiServices, options: ApiOptions): Koa {
  const app = new Koa();
  const limit = loginLimit(options.wrongTokensPerMinute ?? 20, services.now);
  const auth = { db: services.db, adminToken: options.adminToken, limit };
  const { routes, known } = apiRouter(services);

  app.use(answerErrors(services));
  app.use(
    helmet({
      contentSecurityPolicy: { directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] }, useDefaults: false },
    }),
  );
  app.use(async (context, next) => {
    const open = OPEN.get(context.path);
    if (!open) return next();
    if (context.method !== 'GET' && context.method !== 'HEAD') throw wrongMethod(context, ['GET']);
    return open(context, services);
  });
  app.use(async (context, next) => {
    if (context.path !== PREFIX && !context.path.startsWith(`${PREFIX}/`)) throw unknownPath();
    context.set('Cache-Control', 'no-store');
    context.state['caller'] = await authenticate(context.req, auth);
    return next();
  });
  app.use(routes);
  app.use((context) => {
    const methods = known(context.path);
    throw methods.length > 0 ? wrongMethod(context, methods) : unknownPath();
  });
  // What breaks while an answer is being sent (the caller hung up) has no answer left to go into.
  app.on('error', (error: unknown) => services.log.debug({ err: error }, 'an answer could not be sent'));
  return app;
}

function apiRouter(services: ApiServices): { routes: Koa.Middleware; known: (path: string) => string[] } {
  const router = new Router({ prefix: PREFIX, strict: true, sensitive: true });
  const document = openApiDocument();
  router.get('/openapi.json', (context) => {
    parse(NoQuery, queryValues(context.URL.searchParams), 'query');
    context.body = document;
  });
  for (const route of ROUTES) {
    router[route.method](route.path.replace(/\{(\w+)\}/g, ':$1'), (context) =>
      answer(route, context as unknown as Context, services),
    );
  }
  const known = (path: string): string[] => [
    ...new Set(router.match(path, 'NONE').path.flatMap((layer) => layer.methods.filter((method) => method !== 'HEAD'))),
  ];
  return { routes: router.routes() as unknown as Koa.Middleware, known };
}

async function answer(route: Route, context: Context, services: ApiServices): Promise<void> {
  const caller = context.state['caller'] as Parameters<typeof requireRole>[0];
  context.state['route'] = route.name;
  requireRole(caller, route.role);
  const { params } = context as unknown as { params: Record<string, string> };
  const query = parse(route.query ?? NoQuery, queryValues(context.URL.searchParams), 'query');
  const body = await bodyOf(route, context);
  const result = await route.handle({ services, caller, params: route.params ? params : {}, query, body } as never);
  context.status = route.status;
  context.body = route.answer ? result : null;
}

async function bodyOf(route: Route, context: Context): Promise<unknown> {
  const { req } = context;
  const empty = req.headers['transfer-encoding'] === undefined && (req.headers['content-length'] ?? '0') === '0';
  if (!route.body) {
    if (!empty) parse(NoBody, await readJson(req), 'body');
    return undefined;
  }
  return parse(route.body, empty && route.bodyOptional ? {} : await readJson(req), 'body');
}

function answerErrors(services: ApiServices) {
  return async (context: Context, next: Next): Promise<void> => {
    const given = context.get('X-Request-Id');
    const requestId = /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
    const begun = performance.now();
    context.set('X-Request-Id', requestId);
    try {
      await next();
    } catch (thrown) {
      answerError(services, context, requestId, thrown);
    }
    const caller = context.state['caller'] as { actor: string } | undefined;
    services.log.info(
      {
        requestId,
        method: context.method,
        route: context.state['route'] as string | undefined,
        status: context.status,
        ms: Math.round(performance.now() - begun),
        actor: caller?.actor,
      },
      'request',
    );
  };
}

function answerError(services: ApiServices, context: Context, requestId: string, thrown: unknown): void {
  const error = asApiError(thrown);
  if (!error) services.log.error({ err: thrown, requestId }, 'a request met an error that nobody foresaw');
  else if (error.status === 503) services.log.warn({ err: thrown, requestId }, 'a request could not be answered now');
  const { status, code, message, details } =
    error ??
    new ApiError(
      500,
      'internal_error',
      `Something went wrong inside the relay. Its log says more under the request id ${requestId}.`,
    );
  context.status = status;
  if (status === 401) context.set('WWW-Authenticate', 'Bearer');
  if (error?.retryAfterSeconds) context.set('Retry-After', String(error.retryAfterSeconds));
  // A body that was not read to its end can't be followed by another request.
  if (!context.req.complete) context.set('Connection', 'close');
  context.body = { error: { code, message, details }, requestId };
}

const unknownPath = (): ApiError => new ApiError(404, 'not_found', 'There is nothing at this path.');

function wrongMethod(context: Context, methods: readonly string[]): ApiError {
  context.set('Allow', methods.join(', '));
  return new ApiError(405, 'method_not_allowed', `This path takes ${methods.join(', ')}.`);
}
