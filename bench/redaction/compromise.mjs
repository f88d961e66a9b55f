// compromise: people, mailboxes and telephone numbers.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { serve } from './protocol.mjs';

const { default: nlp } = await import(pathToFileURL(createRequire(`${process.cwd()}/`).resolve('compromise')).href);
await serve((text) => {
  const read = nlp(text);
  return [
    ['PERSON', read.people()],
    ['EMAIL', read.emails()],
    ['PHONE', read.phoneNumbers()],
  ].flatMap(([type, view]) =>
    view.json({ offset: true }).map(({ offset }) => ({ start: offset.start, end: offset.start + offset.length, type })),
  );
});
