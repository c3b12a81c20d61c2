export { fault } from './fault';
export { debounce, formatDuration, formatText } from './text';
export { placeProblems, problemsUnder } from './problems';
