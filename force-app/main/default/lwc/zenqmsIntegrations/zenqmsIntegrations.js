import { LightningElement } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import { NavigationMixin } from 'lightning/navigation';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import listSalesforceConnections from '@salesforce/apex/ConnectionController.listSalesforceConnections';
import deleteIntegration from '@salesforce/apex/IntegrationController.deleteIntegration';
import discardHeld from '@salesforce/apex/IntegrationController.discardHeld';
import getCatchUp from '@salesforce/apex/IntegrationController.getCatchUp';
import getStatus from '@salesforce/apex/IntegrationController.getStatus';
import listHeld from '@salesforce/apex/IntegrationController.listHeld';
import listIntegrations from '@salesforce/apex/IntegrationController.listIntegrations';
import listRevisions from '@salesforce/apex/IntegrationController.listRevisions';
import pauseIntegration from '@salesforce/apex/IntegrationController.pauseIntegration';
import releaseHeld from '@salesforce/apex/IntegrationController.releaseHeld';
import resumeIntegration from '@salesforce/apex/IntegrationController.resumeIntegration';
import startCatchUp from '@salesforce/apex/IntegrationController.startCatchUp';
import { fault, formatText } from 'c/zenqmsUtil';
import labels from './labels';

const REFRESH = 15000;
const CATCH_UP_REFRESH = 2000;
const ENDED = ['done', 'failed'];
const PANELS = {
  revisions: (id) => listRevisions({ id }),
  held: (id) => listHeld({ id }),
  catchUp: (id) => getCatchUp({ id }).catch((error) => (fault(error).code === 'not_found' ? null : Promise.reject(error))),
};

/** All integrations, how they are doing, and what can be done with them. */
export default class ZenqmsIntegrations extends NavigationMixin(LightningElement) {
  labels = labels;
  integrations = null;
  connections = [];
  statuses = {};
  next = null;
  filter = '';
  /** {id, name, data}: what is unfolded below one integration. */
  panel = {};
  working = null;
  loading = false;
  failure = null;

  connectedCallback() {
    this.load();
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- the counts are of use only while they are fresh
    this.timer = setInterval(() => this.refreshShown(), REFRESH);
  }
  disconnectedCallback() {
    clearInterval(this.timer);
    clearTimeout(this.catchUpTimer);
  }

  get items() {
    const term = this.filter.trim().toLowerCase();
    return (this.integrations ?? [])
      .filter((each) => `${each.name} ${each.object}`.toLowerCase().includes(term))
      .map((integration) => ({
        id: integration.id,
        integration,
        status: this.statuses[integration.id] ?? null,
        connection: this.connections.find((each) => each.id === integration.salesforceConnectionId) ?? null,
        panel: this.panel.id === integration.id ? this.panel : null,
        working: this.working === integration.id,
      }));
  }
  get isEmpty() {
    return this.integrations?.length === 0;
  }
  get hasItems() {
    return this.integrations?.length > 0;
  }
  get showFilter() {
    return (this.integrations?.length ?? 0) > 5;
  }
  get noneMatches() {
    return this.hasItems && this.items.length === 0;
  }

  async load(cursor = null) {
    this.loading = true;
    this.failure = null;
    try {
      const [page, connections] = await Promise.all([listIntegrations({ cursor }), listSalesforceConnections()]);
      this.integrations = cursor ? [...this.integrations, ...page.data] : page.data;
      this.next = page.next;
      this.connections = connections.data;
      await this.readStatuses(page.data);
    } catch (error) {
      this.failure = fault(error);
    } finally {
      this.loading = false;
    }
  }
  /** One that can't be had shows dashes; the others are shown all the same. */
  async readStatuses(integrations) {
    await Promise.all(
      integrations.map(async ({ id }) => {
        const status = await getStatus({ id }).catch((error) => ({ unreadable: fault(error).message }));
        this.statuses = { ...this.statuses, [id]: status };
      }),
    );
  }
  async refreshShown() {
    if (document.hidden || !this.integrations) return;
    try {
      this.connections = (await listSalesforceConnections()).data;
      await this.readStatuses(this.items.map((item) => item.integration));
    } catch (error) {
      this.failure = fault(error);
    }
  }

  handleRefresh() {
    this.load();
  }
  handleMore() {
    this.load(this.next);
  }
  handleFilter(event) {
    this.filter = event.detail.value;
  }
  handleNew() {
    this.goTo('ZenQMS_Setup');
  }
  handleAction(event) {
    const { action, id, values = {} } = event.detail;
    const integration = this.integrations.find((each) => each.id === id);
    const run = {
      edit: () => this.goTo('ZenQMS_Setup', { c__integrationId: id }),
      clone: () => this.goTo('ZenQMS_Setup', { c__integrationId: id, c__clone: 'true' }),
      errors: () => this.goTo('ZenQMS_Activity', { c__integrationId: id, c__outcome: 'error' }),
      activity: () => this.goTo('ZenQMS_Activity', { c__integrationId: id }),
      pause: () => this.change(integration, () => pauseIntegration({ id }), labels.paused),
      resumeNow: () => this.change(integration, () => resumeIntegration({ id, resumeFrom: 'now' }), labels.resumedNow),
      resumePause: () => this.change(integration, () => resumeIntegration({ id, resumeFrom: 'pause' }), labels.resumedPause),
      delete: () => this.remove(integration),
      revisions: () => this.open(id, 'revisions'),
      held: () => this.open(id, 'held'),
      catchUp: () => this.open(id, 'catchUp'),
      startCatchUp: () => this.catchUp(integration, values.since),
      release: () => this.settle(integration, releaseHeld, labels.released),
      discard: () => this.discard(integration),
      close: () => {
        this.panel = {};
      },
    }[action];
    run();
  }

  goTo(apiName, state = {}) {
    this[NavigationMixin.Navigate]({ type: 'standard__navItemPage', attributes: { apiName }, state });
  }
  /** Does something to one integration, says so, and shows how it stands now. */
  async change(integration, work, done) {
    this.working = integration.id;
    this.failure = null;
    try {
      await work();
      if (done) this.toast('success', formatText(done, integration.name));
      await this.load();
      return true;
    } catch (error) {
      this.failure = fault(error);
      return false;
    } finally {
      this.working = null;
    }
  }
  async remove(integration) {
    const sure = await LightningConfirm.open({
      label: formatText(labels.deleteTitle, integration.name),
      message: labels.deleteMessage,
      theme: 'warning',
    });
    if (sure) await this.change(integration, () => deleteIntegration({ id: integration.id }), labels.deleted);
  }
  async open(id, name) {
    clearTimeout(this.catchUpTimer);
    this.panel = { id, name, data: undefined };
    try {
      const data = await PANELS[name](id);
      if (this.panel.id === id && this.panel.name === name) this.panel = { id, name, data };
      if (name === 'catchUp' && data && !ENDED.includes(data.state)) this.followCatchUp(id);
    } catch (error) {
      this.panel = { id, name, failure: fault(error) };
    }
  }
  async catchUp({ id }, since) {
    this.panel = { id, name: 'catchUp', data: { state: 'running' } };
    try {
      await startCatchUp({ id, since });
      this.followCatchUp(id);
    } catch (error) {
      this.panel = { id, name: 'catchUp', data: null, failure: fault(error) };
    }
  }
  async followCatchUp(id) {
    if (this.panel.id !== id || this.panel.name !== 'catchUp') return;
    try {
      const data = await getCatchUp({ id });
      this.panel = { id, name: 'catchUp', data };
      if (ENDED.includes(data.state)) {
        this.refreshShown();
        return;
      }
    } catch (error) {
      this.panel = { ...this.panel, failure: fault(error) };
    }
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- progress is asked for while it is being looked at
    this.catchUpTimer = setTimeout(() => this.followCatchUp(id), CATCH_UP_REFRESH);
  }
  async settle(integration, work, done) {
    if (await this.change(integration, () => work({ id: integration.id }), done)) await this.open(integration.id, 'held');
  }
  async discard(integration) {
    const sure = await LightningConfirm.open({
      label: labels.discardTitle,
      message: formatText(labels.discardMessage, integration.name),
      theme: 'warning',
    });
    if (sure) await this.settle(integration, discardHeld, labels.discarded);
  }
  toast(variant, title) {
    this.dispatchEvent(new ShowToastEvent({ variant, title }));
  }
}
