/** Whom validation, checks and previews may ask; main.ts hands the real ones in. */
import type { SalesforceCatalog, ZenqmsCatalog } from '../../model/catalog.ts';
import type { SalesforceConnection, ZenqmsConnection } from '../../model/connection.ts';

export interface Sides {
  readonly salesforce: SalesforceCatalog;
  readonly zenqms: ZenqmsCatalog;
  /** null: no such connection. */
  readonly salesforceConnection: (id: string) => Promise<Pick<SalesforceConnection, 'status' | 'problem'> | null>;
  readonly zenqmsConnection: (id: string) => Promise<Pick<ZenqmsConnection, 'status' | 'problem'> | null>;
}
