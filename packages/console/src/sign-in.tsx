import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { ProblemNote } from './notes.tsx';
import { signIn, type Session } from './session.ts';

/** Where no session is: a key opens the console, as the link of the demo does. */
export function SignIn({
  tenant,
  problem,
  opened,
}: {
  /** Which tenant the address names; empty for any. */
  readonly tenant: string;
  readonly problem: Error | undefined;
  readonly opened: (sessions: readonly Session[]) => void;
}) {
  const [key, setKey] = useState('');
  const { mutate, isPending, error } = useMutation({ mutationFn: signIn, onSuccess: opened });
  const wrong = error ?? problem;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    mutate(key);
  };
  return (
    <main className="signin">
      <title>Sign in · Ancilla</title>
      <h1>Ancilla</h1>
      <form onSubmit={submit}>
        <label>
          API key{tenant !== '' && ` of ${tenant}`}{' '}
          <input type="password" autoComplete="off" required value={key} onChange={({ target }) => setKey(target.value)} />
        </label>
        <button type="submit" disabled={isPending}>
          Sign in
        </button>
      </form>
      {wrong && <ProblemNote error={wrong} signsIn={false} />}
      <p className="empty">
        The tenant’s admin makes keys: <code>ancilla key create --tenant {tenant || 'TENANT'} --role reviewer --subject YOU</code>. The key
        is kept until the last tab is closed. The demo prints a link that needs no key, and works once.
      </p>
      <p>
        The API is at <a href="/docs">/docs</a>.
      </p>
    </main>
  );
}
