// A process for a test: makes one call and ends by itself, after a flush, or when it is told to.
import { connect } from './connect.ts';
import { openSpool } from './spool.ts';

const [url = '', end = '', folder = ''] = process.argv.slice(2);
const sdk = connect({ url, apiKey: 'key', flushAtExit: end !== 'flush', ...(folder !== '' && { spool: openSpool(folder) }) });
await sdk.agent('a').call({ prompt: 'hello', model: { id: 'my model (v1)', endpoint: 'https://api.example.com' } })(async () => ({
  output: 'hi',
}));
if (end === 'flush') process.stdout.write(`left ${await sdk.flush()}\n`);
// Another of the same process, with nothing to send.
if (end === 'beside') connect({ url, apiKey: 'key' });
if (end === 'signal' || end === 'beside') {
  setInterval(() => {}, 1000);
  process.stdout.write('ready\n');
}
