/** A route: what it is called, who may, what it takes and gives. From the same words the router, the checks and the OpenAPI document are made. */
import type { z } from 'zod';
import type { Role } from '../connections/tokens.ts';
import type { Caller } from './auth.ts';
import type { ApiServices } from './services.ts';

export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  readonly services: ApiServices;
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

type Shape = z.ZodType;

export interface RouteSpec<P extends Shape, Q extends Shape, B extends Shape, A extends Shape> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Under /api/v1, as OpenAPI spells it: `/integrations/{id}`. */
  readonly path: string;
  /** operationId. */
  readonly name: string;
  readonly tag: string;
  readonly summary: string;
  readonly role: Role;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** A body may be left out altogether: it counts as {}. */
  readonly bodyOptional?: boolean;
  readonly status: 200 | 201 | 202 | 204;
  readonly answer: A | null;
  /** Beside those that every route has. */
  readonly errors?: readonly (404 | 409 | 422)[];
  readonly handle: (call: Call<z.output<P>, z.output<Q>, z.output<B>>) => Promise<z.input<A> | undefined>;
}

/** A route whose shapes the table need not know any more. */
export interface Route extends Omit<RouteSpec<Shape, Shape, Shape, Shape>, 'handle'> {
  readonly handle: (call: Call<never, never, never>) => Promise<unknown>;
}

export const route = <P extends Shape, Q extends Shape, B extends Shape, A extends Shape>(spec: RouteSpec<P, Q, B, A>): Route =>
  spec as unknown as Route;
