import { fault } from 'c/zenqmsUtil';
import { authorizeUrlOf, saveSalesforce, saveZenqms, watchAuthorization } from './connect';

/** The part of the wizard that makes connections and follows their state. Expects `draft`, `update` and the catalogue. */
export const withConnections = (Base) =>
  class extends Base {
    /** Never kept: they are gone with the page. */
    secrets = { clientSecret: '', apiToken: '' };
    connection = null;
    connectProblems = [];
    authorizeUrl = null;

    async handleSalesforce() {
      const { salesforce, integration } = this.draft;
      const id = salesforce.editing ? integration.salesforceConnectionId : null;
      await this.connecting(
        () => saveSalesforce(id, salesforce, this.secrets.clientSecret),
        async (saved) => {
          this.update({
            salesforce: { ...salesforce, editing: false },
            integration: { ...this.draft.integration, salesforceConnectionId: saved.id ?? id },
          });
          this.secrets = { ...this.secrets, clientSecret: '' };
          this.openWindow(saved.authorizeUrl);
          this.loaded = { ...this.loaded, salesforceConnections: null };
          await this.load();
        },
      );
    }
    async handleAuthorize() {
      await this.connecting(
        () => authorizeUrlOf(this.draft.integration.salesforceConnectionId),
        (url) => this.openWindow(url),
      );
    }
    async handleZenqms() {
      const { zenqms, integration } = this.draft;
      const id = zenqms.editing ? integration.zenqmsConnectionId : null;
      await this.connecting(
        () => saveZenqms(id, zenqms, this.secrets.apiToken),
        (saved) => {
          this.update({
            zenqms: { ...zenqms, editing: false },
            integration: { ...this.draft.integration, zenqmsConnectionId: saved.id ?? id },
          });
          this.secrets = { ...this.secrets, apiToken: '' };
          this.loaded = { ...this.loaded, zenqmsConnections: null };
          return this.load();
        },
      );
    }
    /** As `during`, with the relay's details put beside the fields that they are about. */
    async connecting(work, then) {
      this.failure = null;
      this.connectProblems = [];
      if (!(await this.during(work, then))) this.connectProblems = this.failure.details;
    }
    /** A browser may refuse the window, the click being over; then a link stands in its place. */
    openWindow(url) {
      const opened = window.open(url, '_blank');
      this.authorizeUrl = opened ? null : url;
      this.connection = { ...this.connection, status: 'awaiting_authorization', problem: null };
      this.watch();
    }
    watch() {
      const id = this.draft.integration.salesforceConnectionId;
      this.stopWatching?.();
      if (!id) {
        this.connection = null;
        return;
      }
      this.stopWatching = watchAuthorization(
        id,
        (connection) => {
          this.connection = connection;
        },
        (error) => {
          this.failure = fault(error);
        },
      );
    }
  };
