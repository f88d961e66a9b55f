import type { ReactNode } from 'react';
import { isSignedOut, ProblemError } from './api.ts';
import { signOut } from './session.ts';

/** What went wrong and how to mend it; where the credential is what is wrong, by another. */
export function ProblemNote({ error, signsIn = isSignedOut(error) }: { readonly error: Error; readonly signsIn?: boolean }) {
  // A browser says of a server that is away only that fetching failed, each in its own words.
  const { message, fix } =
    error instanceof ProblemError
      ? error
      : { message: 'The server does not answer.', fix: 'Look whether it runs and can be reached from here, then load the page again.' };
  return (
    <p role="alert" className="problem">
      <strong>{message}</strong> <span>{fix}</span>{' '}
      {signsIn && (
        <button type="button" onClick={signOut}>
          Sign in again
        </button>
      )}
    </p>
  );
}

export const Loading = ({ what }: { readonly what: string }) => <p aria-busy="true">Loading {what}…</p>;
export const Empty = ({ children }: { readonly children: string }) => <p className="empty">{children}</p>;

/** A table that scrolls by itself where the page is narrow, by keyboard too. */
export const Wide = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <div className="wide" role="region" aria-label={label} tabIndex={0}>
    <table>{children}</table>
  </div>
);

/** A moment to the second, in UTC as in every record; it breaks between day and time only. */
export const Moment = ({ at }: { readonly at: string }) => (
  <time dateTime={at}>
    {at.slice(0, 10)} <wbr />
    {at.slice(11, 19)}
  </time>
);
