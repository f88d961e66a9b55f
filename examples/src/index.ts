// The demo: the whole governed loop on public tables, over HTTP with real keys, like any client. Nothing here has a back door.
export { runDemo, type DemoParts, type DemoResult } from './demo.ts';
