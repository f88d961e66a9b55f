import { ProblemError } from './api.ts';

/** What went wrong and how to mend it. */
export function ProblemNote({ error }: { readonly error: Error }) {
  return (
    <p role="alert" className="problem">
      <strong>{error.message}</strong> {error instanceof ProblemError && <span>{error.fix}</span>}
    </p>
  );
}

export const Loading = ({ what }: { readonly what: string }) => <p aria-busy="true">Loading {what}…</p>;
export const Empty = ({ children }: { readonly children: string }) => <p className="empty">{children}</p>;
