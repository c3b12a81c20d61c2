import actionsFor from '@salesforce/label/c.ZenQMS_ActionsFor';
import catchUp from '@salesforce/label/c.ZenQMS_CatchUp';
import clone from '@salesforce/label/c.ZenQMS_Clone';
import created from '@salesforce/label/c.ZenQMS_Created';
import decideHeld from '@salesforce/label/c.ZenQMS_DecideHeld';
import deleteIt from '@salesforce/label/c.ZenQMS_DeleteIt';
import edit from '@salesforce/label/c.ZenQMS_Edit';
import errors from '@salesforce/label/c.ZenQMS_Errors';
import heldCount from '@salesforce/label/c.ZenQMS_HeldCount';
import heldEvents from '@salesforce/label/c.ZenQMS_HeldEvents';
import itemSummary from '@salesforce/label/c.ZenQMS_ItemSummary';
import lag from '@salesforce/label/c.ZenQMS_Lag';
import lastIssue from '@salesforce/label/c.ZenQMS_LastIssue';
import needsAttention from '@salesforce/label/c.ZenQMS_NeedsAttention';
import none from '@salesforce/label/c.ZenQMS_None';
import pause from '@salesforce/label/c.ZenQMS_Pause';
import resume from '@salesforce/label/c.ZenQMS_Resume';
import resumeNow from '@salesforce/label/c.ZenQMS_ResumeNow';
import resumePause from '@salesforce/label/c.ZenQMS_ResumePause';
import revisions from '@salesforce/label/c.ZenQMS_Revisions';
import showActivity from '@salesforce/label/c.ZenQMS_ShowActivity';
import showErrors from '@salesforce/label/c.ZenQMS_ShowErrors';
import skipped from '@salesforce/label/c.ZenQMS_Skipped';
import stateActive from '@salesforce/label/c.ZenQMS_StateActive';
import statePaused from '@salesforce/label/c.ZenQMS_StatePaused';
import stateStarting from '@salesforce/label/c.ZenQMS_StateStarting';
import stream from '@salesforce/label/c.ZenQMS_Stream';
import streamRetrying from '@salesforce/label/c.ZenQMS_StreamRetrying';
import streamStopped from '@salesforce/label/c.ZenQMS_StreamStopped';
import streamStreaming from '@salesforce/label/c.ZenQMS_StreamStreaming';
import triggerBoth from '@salesforce/label/c.ZenQMS_TriggerBoth';
import triggerCreate from '@salesforce/label/c.ZenQMS_TriggerCreate';
import triggerUpdate from '@salesforce/label/c.ZenQMS_TriggerUpdate';
import untilLoss from '@salesforce/label/c.ZenQMS_UntilLoss';
import waiting from '@salesforce/label/c.ZenQMS_Waiting';

export default {
  actionsFor,
  catchUp,
  clone,
  created,
  decideHeld,
  deleteIt,
  edit,
  errors,
  heldCount,
  heldEvents,
  itemSummary,
  lag,
  lastIssue,
  needsAttention,
  none,
  pause,
  resume,
  resumeNow,
  resumePause,
  revisions,
  showActivity,
  showErrors,
  skipped,
  stateActive,
  statePaused,
  stateStarting,
  stream,
  streamRetrying,
  streamStopped,
  streamStreaming,
  triggerBoth,
  triggerCreate,
  triggerUpdate,
  untilLoss,
  waiting,
};
