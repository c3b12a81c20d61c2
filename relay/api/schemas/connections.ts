/** Connections to both sides, and what can be chosen there. */
import { z } from 'zod';
import { Id, Name, Problem, Secret, Time, Url } from './common.ts';

const Blackout = z
  .strictObject({
    start: z
      .string()
      .trim()
      .regex(/^[0-9*,/\-A-Za-z#?]+( +[0-9*,/\-A-Za-z#?]+){4}$/, 'must be a cron expression of five fields')
      .max(200),
    minutes: z.int().min(1).max(10_080),
    timeZone: z.string().min(1).max(64),
  })
  .meta({ id: 'Blackout', description: 'A window, beginning as the cron expression says, in which nothing is fetched or sent' });

const Blackouts = z.array(Blackout).max(50).readonly();

const salesforceSettings = {
  apiShare: z.number().min(0.01).max(1).meta({ description: "Share of the org's daily API calls that the relay may use" }),
  eventShare: z
    .number()
    .min(0.01)
    .max(1)
    .meta({ description: "Share of the org's daily event deliveries that the relay may use" }),
  blackouts: Blackouts,
};

export const NewSalesforceConnection = z
  .strictObject({
    name: Name,
    loginUrl: Url,
    clientId: Secret.meta({ writeOnly: false, description: 'Consumer key of the External Client App' }),
    clientSecret: Secret,
    settings: z.strictObject(salesforceSettings).partial().optional(),
  })
  .meta({ id: 'NewSalesforceConnection' });

export const SalesforceConnectionChanges = NewSalesforceConnection.partial().meta({ id: 'SalesforceConnectionChanges' });

const Count = z.number();

export const SalesforceConnection = z
  .object({
    id: Id,
    name: z.string(),
    loginUrl: z.string(),
    clientId: z.string(),
    status: z.enum(['awaiting_authorization', 'connected', 'reauthorization_required', 'unreachable']),
    callbackUrl: z.string(),
    problem: Problem.nullable(),
    org: z
      .object({
        id: z.string(),
        name: z.string(),
        instanceUrl: z.string(),
        sandbox: z.boolean(),
        multiCurrency: z.boolean(),
      })
      .nullable(),
    user: z.object({ id: z.string(), username: z.string() }).nullable(),
    limits: z.object({ apiUsed: Count, apiMax: Count, eventsDelivered: Count, eventsMax: Count }).nullable(),
    stream: z.object({
      state: z.enum(['streaming', 'stopped', 'retrying']),
      problem: Problem.nullable(),
      positionAge: z.number().nullable().meta({ description: 'seconds' }),
      lastMessageAt: Time.nullable(),
      hoursUntilLoss: z.number().nullable(),
    }),
    settings: z.object({ ...salesforceSettings, blackouts: z.array(Blackout).readonly() }),
    createdAt: Time,
  })
  .meta({ id: 'SalesforceConnection' });

export const CreatedSalesforceConnection = SalesforceConnection.extend({ authorizeUrl: z.string() }).meta({
  id: 'CreatedSalesforceConnection',
});

export const AuthorizeUrl = z.object({ authorizeUrl: z.string() }).meta({ id: 'AuthorizeUrl' });

export const ObjectSummary = z
  .object({ name: z.string(), label: z.string(), custom: z.boolean(), changeEvents: z.boolean() })
  .meta({ id: 'ObjectSummary' });

export const ObjectDescribe = z
  .object({
    name: z.string(),
    label: z.string(),
    fields: z
      .array(
        z.object({
          name: z.string(),
          label: z.string(),
          type: z.string(),
          custom: z.boolean(),
          relationshipName: z.string().nullable(),
          referenceTo: z.array(z.string()).readonly(),
        }),
      )
      .readonly(),
    titleFallback: z.enum(['Name', 'Subject']).nullable(),
  })
  .meta({ id: 'ObjectDescribe' });

export const PreflightRequest = z
  .strictObject({
    object: z.string().trim().min(1).max(120),
    fields: z.array(z.string().trim().min(1).max(400)).max(1000).default([]),
  })
  .meta({ id: 'PreflightRequest' });

export const Preflight = z
  .object({
    ok: z.boolean(),
    checks: z
      .array(
        z.object({
          name: z.string(),
          status: z.enum(['pass', 'warn', 'fail']),
          message: z.string(),
          remedy: z.string().nullable(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Preflight' });

const HeaderName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'must be the name of a header')
  .max(100);

const zenqmsSettings = {
  authHeader: HeaderName,
  authScheme: z
    .string()
    .regex(/^[A-Za-z0-9-]*$/, 'must be a scheme such as Bearer, or empty')
    .max(50),
  pathPrefix: z
    .string()
    .regex(/^(\/[A-Za-z0-9._~-]+)*$/, 'must begin with a slash and not end with one')
    .max(200),
  blackouts: Blackouts,
};

export const NewZenqmsConnection = z
  .strictObject({
    name: Name,
    baseUrl: Url,
    apiToken: Secret,
    settings: z.strictObject(zenqmsSettings).partial().optional(),
  })
  .meta({ id: 'NewZenqmsConnection' });

export const ZenqmsConnectionChanges = NewZenqmsConnection.partial().meta({ id: 'ZenqmsConnectionChanges' });

export const ZenqmsConnection = z
  .object({
    id: Id,
    name: z.string(),
    baseUrl: z.string(),
    accountId: z.string().meta({ description: 'The same for every connection to one ZenQMS account' }),
    status: z.enum(['connected', 'unauthorized', 'unreachable']),
    problem: Problem.nullable(),
    settings: z.object({ ...zenqmsSettings, blackouts: z.array(Blackout).readonly() }),
    createdAt: Time,
  })
  .meta({ id: 'ZenqmsConnection' });

export const Category = z
  .object({ id: z.string(), name: z.string(), key: z.string(), state: z.enum(['active', 'inactive']) })
  .meta({ id: 'Category' });

export const CategoryField = z
  .object({
    id: z.string(),
    label: z.string(),
    type: z.string(),
    required: z.boolean(),
    options: z.array(z.string()).readonly().nullable(),
  })
  .meta({ id: 'CategoryField' });

export const ZenqmsUser = z
  .object({ id: z.string(), name: z.string(), email: z.string(), active: z.boolean() })
  .meta({ id: 'ZenqmsUser' });
