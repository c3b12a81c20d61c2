import authorizeAgain from '@salesforce/label/c.ZenQMS_AuthorizeAgain';
import awaitingAuthorization from '@salesforce/label/c.ZenQMS_AwaitingAuthorization';
import awaitingRemedy from '@salesforce/label/c.ZenQMS_AwaitingRemedy';
import callbackUrl from '@salesforce/label/c.ZenQMS_CallbackUrl';
import cancel from '@salesforce/label/c.ZenQMS_Cancel';
import changeCredentials from '@salesforce/label/c.ZenQMS_ChangeCredentials';
import connectedOrg from '@salesforce/label/c.ZenQMS_ConnectedOrg';
import connectedSandbox from '@salesforce/label/c.ZenQMS_ConnectedSandbox';
import connectionName from '@salesforce/label/c.ZenQMS_ConnectionName';
import connectionNew from '@salesforce/label/c.ZenQMS_ConnectionNew';
import consumerKey from '@salesforce/label/c.ZenQMS_ConsumerKey';
import consumerKeyHelp from '@salesforce/label/c.ZenQMS_ConsumerKeyHelp';
import consumerSecret from '@salesforce/label/c.ZenQMS_ConsumerSecret';
import consumerSecretHelp from '@salesforce/label/c.ZenQMS_ConsumerSecretHelp';
import environment from '@salesforce/label/c.ZenQMS_Environment';
import environmentCustom from '@salesforce/label/c.ZenQMS_EnvironmentCustom';
import environmentProduction from '@salesforce/label/c.ZenQMS_EnvironmentProduction';
import environmentSandbox from '@salesforce/label/c.ZenQMS_EnvironmentSandbox';
import loginUrl from '@salesforce/label/c.ZenQMS_LoginUrl';
import openAuthorization from '@salesforce/label/c.ZenQMS_OpenAuthorization';
import salesforceConnection from '@salesforce/label/c.ZenQMS_SalesforceConnection';
import salesforceIntro from '@salesforce/label/c.ZenQMS_SalesforceIntro';
import salesforceNamePlaceholder from '@salesforce/label/c.ZenQMS_SalesforceNamePlaceholder';
import saveAndAuthorize from '@salesforce/label/c.ZenQMS_SaveAndAuthorize';
import secretUnchanged from '@salesforce/label/c.ZenQMS_SecretUnchanged';

export default {
  authorizeAgain,
  awaitingAuthorization,
  awaitingRemedy,
  callbackUrl,
  cancel,
  changeCredentials,
  connectedOrg,
  connectedSandbox,
  connectionName,
  connectionNew,
  consumerKey,
  consumerKeyHelp,
  consumerSecret,
  consumerSecretHelp,
  environment,
  environmentCustom,
  environmentProduction,
  environmentSandbox,
  loginUrl,
  openAuthorization,
  salesforceConnection,
  salesforceIntro,
  salesforceNamePlaceholder,
  saveAndAuthorize,
  secretUnchanged,
};
