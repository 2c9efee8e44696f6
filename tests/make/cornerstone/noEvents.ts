// Stands for Node's module `events` in the browser: a writer of XML that comes with vtk.js derives from it, and is
// never used here.
export class EventEmitter {}
