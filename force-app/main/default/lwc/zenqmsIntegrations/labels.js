import deleteMessage from '@salesforce/label/c.ZenQMS_DeleteMessage';
import deleteTitle from '@salesforce/label/c.ZenQMS_DeleteTitle';
import deleted from '@salesforce/label/c.ZenQMS_Deleted';
import discardMessage from '@salesforce/label/c.ZenQMS_DiscardMessage';
import discardTitle from '@salesforce/label/c.ZenQMS_DiscardTitle';
import discarded from '@salesforce/label/c.ZenQMS_Discarded';
import filterList from '@salesforce/label/c.ZenQMS_FilterList';
import integrations from '@salesforce/label/c.ZenQMS_Integrations';
import newIntegration from '@salesforce/label/c.ZenQMS_NewIntegration';
import noIntegrations from '@salesforce/label/c.ZenQMS_NoIntegrations';
import noIntegrationsText from '@salesforce/label/c.ZenQMS_NoIntegrationsText';
import noneMatches from '@salesforce/label/c.ZenQMS_NoneMatches';
import noneMatchesText from '@salesforce/label/c.ZenQMS_NoneMatchesText';
import paused from '@salesforce/label/c.ZenQMS_Paused';
import refresh from '@salesforce/label/c.ZenQMS_Refresh';
import released from '@salesforce/label/c.ZenQMS_Released';
import resumedNow from '@salesforce/label/c.ZenQMS_ResumedNow';
import resumedPause from '@salesforce/label/c.ZenQMS_ResumedPause';
import showMore from '@salesforce/label/c.ZenQMS_ShowMore';

export default {
  deleteMessage,
  deleteTitle,
  deleted,
  discardMessage,
  discardTitle,
  discarded,
  filterList,
  integrations,
  newIntegration,
  noIntegrations,
  noIntegrationsText,
  noneMatches,
  noneMatchesText,
  paused,
  refresh,
  released,
  resumedNow,
  resumedPause,
  showMore,
};
