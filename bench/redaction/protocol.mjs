// How each library is asked: a case on stdin, predictions on stdout, its speed in the last line of stderr. Runs from a folder that has the library installed.
import { readFileSync } from 'node:fs';

/** So long a library reads before it is measured: what compiles as it runs takes some seconds to be as fast as it stays. */
const WARM_MS = 3000;
const MEASURED_MS = 3000;

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
  // Speed on a warm engine: the same texts again and again.
  const read = async (ms) => {
    const cpu = process.cpuUsage();
    const began = performance.now();
    let characters = 0;
    for (let at = 0; performance.now() - began < ms; at = (at + 1) % records.length) {
      const { text } = records[at];
      await detect(text);
      characters += text.length;
    }
    const { user, system } = process.cpuUsage(cpu);
    return characters / (user + system);
  };
  await read(WARM_MS);
  const speed = await read(MEASURED_MS);
  process.stdout.write(`${predictions.map((each) => JSON.stringify(each)).join('\n')}\n`);
  process.stderr.write(`${speed}\n`);
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
