/** Every route under /api/v1. The order counts where two paths could match: fixed words stand before ids. */
import type { Route } from '../route.ts';
import { administrationRoutes } from './administration.ts';
import { executionRoutes } from './executions.ts';
import { integrationRoutes } from './integrations.ts';
import { operationRoutes } from './operation.ts';
import { salesforceCatalogRoutes } from './salesforce-catalog.ts';
import { salesforceRoutes } from './salesforce.ts';
import { zenqmsRoutes } from './zenqms.ts';

export const ROUTES: readonly Route[] = [
  ...salesforceRoutes,
  ...salesforceCatalogRoutes,
  ...zenqmsRoutes,
  ...integrationRoutes,
  ...operationRoutes,
  ...executionRoutes,
  ...administrationRoutes,
];
