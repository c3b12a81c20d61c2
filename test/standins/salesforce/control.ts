/** What people and the weather do to the org, for those who run the stand-in as a process of its own. Never used by the relay. */
import { type Reply, type Request, json } from './http.ts';
import { ERRORS } from './faults.ts';
import type { Salesforce } from './server.ts';

type Body = Record<string, unknown>;

export function control(salesforce: Salesforce, request: Request): Reply {
  const { org, cometd, db } = salesforce;
  const body = (request.text === '' ? {} : JSON.parse(request.text)) as Body;
  const text = (name: string): string => String(body[name] ?? '');
  const done: Reply = json(200, { ok: true });
  switch (request.path.replace('/__control', '')) {
    case '/app':
      return json(200, { clientId: org.app.clientId, clientSecret: org.app.clientSecret, orgId: org.orgId });
    case '/counters':
      return json(200, { ...org.counters, clients: cometd.clients(), refreshes: org.sessions.counts.refreshes });
    case '/insert':
      return json(200, { ids: db.insertMany(text('object'), body['records'] as Body[]) });
    case '/insert-each':
      return json(200, { ids: (body['records'] as Body[]).map((values) => db.insert(text('object'), values)) });
    case '/update':
      db.update(text('object'), text('id'), body['values'] as Body);
      return done;
    case '/update-each':
      for (const each of body['updates'] as { id: string; values: Body }[]) db.update(text('object'), each.id, each.values);
      return done;
    case '/delete':
      db.delete(text('object'), text('id'));
      return done;
    case '/publish':
      salesforce.publish(text('event'), body['payload'] as Body);
      return done;
    case '/age':
      salesforce.age(Number(body['ms'] ?? 0));
      return done;
    case '/expire-tokens':
      org.sessions.expireAccessTokens();
      return done;
    case '/revoke-tokens':
      org.sessions.revokeRefreshTokens();
      return done;
    case '/forget-clients':
      cometd.forgetClients();
      return done;
    case '/disconnect-clients':
      cometd.disconnectClients();
      return done;
    case '/cometd-faults':
      Object.assign(cometd.faults, body);
      return done;
    case '/fault':
      org.faults.add({
        path: text('path'),
        times: (body['times'] as number | null | undefined) ?? 1,
        answer: ERRORS[text('error') as keyof typeof ERRORS] ?? { kind: 'reset' },
      });
      return done;
    case '/clear-faults':
      org.faults.clear();
      Object.assign(cometd.faults, {
        denyHandshake: null,
        rejectConnects: 0,
        rejectSubscribe: null,
        silent: false,
        neverAnswer: false,
        http401: 0,
      });
      return done;
    case '/origin':
      salesforce.origin.value = text('value');
      return done;
    default:
      return json(404, { error: `no such control: ${request.path}` });
  }
}
