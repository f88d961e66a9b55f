// How each library is asked: a case on stdin, predictions on stdout, its speed in the last line of stderr. Runs from a folder that has the library installed.
import { readFileSync } from 'node:fs';

const SECONDS = 5;
const WARM = 20;

/**
 * @param {(text: string) => { start: number, end: number, type: string }[] | Promise<{ start: number, end: number, type: string }[]>} detect
 */
export async function serve(detect) {
  const records = readFileSync(0, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const predictions = [];
  for (const { id, text } of records) predictions.push({ id, spans: apart(await detect(text), text.length) });
  // Speed on a warm engine: the same texts again, as many as fit in the time.
  for (const { text } of records.slice(0, WARM)) await detect(text);
  const cpu = process.cpuUsage();
  const began = performance.now();
  let characters = 0;
  do {
    for (const { text } of records) {
      await detect(text);
      characters += text.length;
      if (performance.now() - began > SECONDS * 1000) break;
    }
  } while (performance.now() - began < 1000);
  const { user, system } = process.cpuUsage(cpu);
  process.stdout.write(`${predictions.map((each) => JSON.stringify(each)).join('\n')}\n`);
  process.stderr.write(`${characters / (user + system)}\n`);
}

/** The scorer takes no overlaps: the longer one stays. */
function apart(spans, length) {
  const kept = [];
  for (const span of spans
    .filter(({ start, end }) => start >= 0 && end > start && end <= length)
    .toSorted((a, b) => b.end - b.start - (a.end - a.start)))
    if (kept.every(({ start, end }) => end <= span.start || span.end <= start)) kept.push(span);
  return kept.toSorted((a, b) => a.start - b.start);
}
