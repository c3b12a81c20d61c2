export { fault } from './fault';
export { debounce, formatCount, formatDuration, formatText } from './text';
export { isError, placeProblems, problemsUnder } from './problems';
