export { fault } from './fault';
export { debounce, formatDuration, formatText } from './text';
export { isError, placeProblems, problemsUnder } from './problems';
