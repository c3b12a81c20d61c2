import error from '@salesforce/label/c.ZenQMS_Error';
import info from '@salesforce/label/c.ZenQMS_Info';
import success from '@salesforce/label/c.ZenQMS_Success';
import warning from '@salesforce/label/c.ZenQMS_Warning';

export default {
  error,
  info,
  success,
  warning,
};
