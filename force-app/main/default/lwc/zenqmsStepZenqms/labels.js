import apiToken from '@salesforce/label/c.ZenQMS_ApiToken';
import apiTokenHelp from '@salesforce/label/c.ZenQMS_ApiTokenHelp';
import cancel from '@salesforce/label/c.ZenQMS_Cancel';
import changeCredentials from '@salesforce/label/c.ZenQMS_ChangeCredentials';
import checkAndSave from '@salesforce/label/c.ZenQMS_CheckAndSave';
import connectedZenqms from '@salesforce/label/c.ZenQMS_ConnectedZenqms';
import connectionName from '@salesforce/label/c.ZenQMS_ConnectionName';
import connectionNew from '@salesforce/label/c.ZenQMS_ConnectionNew';
import host from '@salesforce/label/c.ZenQMS_Host';
import hostCustom from '@salesforce/label/c.ZenQMS_HostCustom';
import hostProduction from '@salesforce/label/c.ZenQMS_HostProduction';
import hostSandbox from '@salesforce/label/c.ZenQMS_HostSandbox';
import hostUrl from '@salesforce/label/c.ZenQMS_HostUrl';
import secretUnchanged from '@salesforce/label/c.ZenQMS_SecretUnchanged';
import zenqmsConnection from '@salesforce/label/c.ZenQMS_ZenqmsConnection';
import zenqmsIntro from '@salesforce/label/c.ZenQMS_ZenqmsIntro';
import zenqmsNamePlaceholder from '@salesforce/label/c.ZenQMS_ZenqmsNamePlaceholder';

export default {
  apiToken,
  apiTokenHelp,
  cancel,
  changeCredentials,
  checkAndSave,
  connectedZenqms,
  connectionName,
  connectionNew,
  host,
  hostCustom,
  hostProduction,
  hostSandbox,
  hostUrl,
  secretUnchanged,
  zenqmsConnection,
  zenqmsIntro,
  zenqmsNamePlaceholder,
};
