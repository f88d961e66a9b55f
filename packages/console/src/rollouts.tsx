import { useQuery } from '@tanstack/react-query';
import type { Api, Question, RolloutRow } from './api.ts';
import { Loading, ProblemNote, Wide } from './notes.tsx';

const percent = (rate: number | null): string => (rate === null ? '–' : `${Math.round(rate * 1000) / 10}\u00a0%`);
/** How far the evidence is on its way to a verdict, on the scale on which it adds up. */
const progress = (e: number, needed: number): number => Math.max(0, Math.min(1, Math.log(Math.max(e, 1)) / Math.log(needed)));

/** Candidates beside what is live, and what the evidence says of them so far. */
export function Rollouts({ api, tenant }: { readonly api: Api; readonly tenant: string }) {
  const { data, error } = useQuery({ queryKey: [tenant, 'rollouts'], queryFn: ({ signal }) => api.rollouts(signal) });
  if (data === undefined) return error ? <ProblemNote error={error} /> : <Loading what="rollouts" />;
  if (data.items.length === 0) return null;
  return (
    <section aria-label="Rollouts">
      <h2>Rollouts</h2>
      {error && <ProblemNote error={error} />}
      <Wide label="All rollouts">
        <thead>
          <tr>
            <th>Candidate</th>
            <th>Stage</th>
            <th>Verdict</th>
            <th>Question</th>
            <th className="number">Candidate</th>
            <th className="number">Live</th>
            <th className="number">Difference</th>
            <th>No worse</th>
            <th>Harm</th>
          </tr>
        </thead>
        <tbody>
          {data.items.map((rollout) => (
            <Row key={rollout.rollout_id} rollout={rollout} />
          ))}
        </tbody>
      </Wide>
      <p className="empty">
        Shares of wrong answers by whole tables or data sets, each counted once. The bars fill as the evidence grows; a full one is a
        verdict that holds however often one looks. Without enough evidence there is no verdict, and nothing goes live by itself.
      </p>
    </section>
  );
}

/** What is asked of a rollout, what it is decided by first; the others where something is known of them. */
function questionsOf({ kind, overridden, failed, blind }: RolloutRow): readonly (readonly [asked: string, question: Question])[] {
  const answers = ['answers overridden', overridden] as const;
  const calls = ['calls that failed', failed] as const;
  const [first, second] = kind === 'agent_configs' ? [calls, answers] : [answers, calls];
  const isKnown = (of: Question): boolean => of.candidate.units + of.stable.units > 0;
  return [first, ...[second, ['of these, decided blind', blind] as const].filter(([, of]) => isKnown(of))];
}

function Row({ rollout }: { readonly rollout: RolloutRow }) {
  const { rollout_id, id, candidate, stage, verdict, why, serving } = rollout;
  const questions = questionsOf(rollout);
  return questions.map(([asked, question], index) => (
    <tr key={`${rollout_id} ${asked}`}>
      {index === 0 && (
        <>
          <td rowSpan={questions.length}>
            {id} <small>{candidate.version}</small>
          </td>
          <td rowSpan={questions.length}>
            {stage} {serving && <mark>serving</mark>}
          </td>
          <td rowSpan={questions.length}>
            {verdict.replace('_', ' ')} {why !== undefined && <small>{why.replace('_', ' ')}</small>}
          </td>
        </>
      )}
      <Evidence asked={asked} question={question} />
    </tr>
  ));
}

function Evidence({ asked, question }: { readonly asked: string; readonly question: Question }) {
  const { candidate, stable, pairs, e_better, e_harm, needed, needed_harm, interval } = question;
  return (
    <>
      <td>
        {asked} <small>{pairs === 1 ? '1 pair' : `${pairs} pairs`}</small>
      </td>
      <td className="number">{percent(candidate.rate)}</td>
      <td className="number">{percent(stable.rate)}</td>
      <td className="number">{interval === null ? '–' : `${percent(interval[0])}\u00a0…\u00a0${percent(interval[1])}`}</td>
      <td>
        <meter min={0} max={1} value={progress(e_better, needed)} aria-label={`e-value ${e_better} of ${needed}`} />
      </td>
      <td>
        <meter min={0} max={1} value={progress(e_harm, needed_harm)} aria-label={`e-value ${e_harm} of ${needed_harm}`} />
      </td>
    </>
  );
}
