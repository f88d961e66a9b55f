// Not part of `npm test`: a real browser opens the demo's link, decides by keyboard and finds the decision in its trace. `npm run test:browser`.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { chromium } from 'playwright-core';

const ANCILLA = join(import.meta.dirname, '..', '..', 'server', 'bin', 'ancilla.js');
const browserPath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);

test(
  'a steward opens the demo’s link, decides by keyboard, and sees the decision in its trace',
  { skip: browserPath ? false : 'no chromium' },
  async () => {
    const data = await mkdtemp(join(tmpdir(), 'ancilla-console-'));
    const demo = spawn(process.execPath, ['--conditions=ancilla-source', ANCILLA, 'demo'], {
      env: { ...process.env, ANCILLA_PORT: '0', ANCILLA_DATA: data, ANCILLA_TRACE_URL: 'https://traces.example.com/{trace_id}' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const browser = await chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] });
    try {
      let link = '';
      for await (const line of createInterface(demo.stdout)) if ((link = /^open\s+(\S+)/.exec(line)?.[1] ?? '') !== '') break;
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      const traces: string[] = [];
      page.on('request', (request) => traces.push(request.headers()['traceparent'] ?? ''));

      await page.goto(link);
      await page.getByRole('columnheader', { name: 'Prompt hash' }).waitFor();
      ok(!page.url().includes('ticket'), 'the ticket leaves the address at once');
      await page.getByRole('link', { name: 'Review queue' }).click();
      await page.getByText('10 open').waitFor();
      const first = await page.getByRole('article').getAttribute('aria-label');
      await page.keyboard.press('j');
      const second = await page.getByRole('article').getAttribute('aria-label');
      ok(second !== first && second?.startsWith('fictional_customers.'), 'j moves on');
      await page.getByRole('article').getByRole('link', { name: 'trace' }).waitFor();
      const meaning = page.getByRole('article').getByRole('listitem').first().locator('.meaning');
      match(await meaning.innerText(), /^\w+: \w+/, 'what the glossary says of a term stands beside it');
      ok((await page.getByRole('article').locator('datalist option').count()) > 50, 'any other term can be picked');
      const trace = await page.getByRole('article').getByRole('link', { name: 'trace' }).getAttribute('href');
      await page.keyboard.press('1');
      await page.getByText('9 open').waitFor();
      const asked = traces.filter((each) => /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(each));
      equal(new Set(asked.map((each) => each.slice(3, 35))).size, asked.length, 'every task of the person has a trace of its own');

      await page.goto(new URL(trace ?? '', page.url()).href);
      match(await page.getByText('Decision').first().locator('..').innerText(), /accept schema:\w+ by you/);
      await page.getByRole('link', { name: 'this trace in the tracing backend' }).waitFor();
      await page.getByRole('link', { name: 'Models' }).click();
      await page.getByText('mapping-ranker').first().waitFor();
      const rollouts = page.getByRole('region', { name: 'Rollouts' });
      await rollouts.getByText('canary').waitFor();
      await rollouts.getByText('answers overridden').first().waitFor();
      await page.getByRole('link', { name: 'demo-south' }).click();
      await page.getByText('mapping-ranker').first().waitFor();
      deepEqual(problems, []);

      // Keys go on working after a click, and one that is held down decides once.
      await page.getByRole('link', { name: 'demo-north' }).click();
      await page.getByRole('link', { name: 'Review queue' }).click();
      await page.locator('button.line').nth(4).click();
      const clicked = await page.getByRole('article').getAttribute('aria-label');
      await page.keyboard.press('k');
      ok(clicked !== (await page.getByRole('article').getAttribute('aria-label')), 'k moves on from what was clicked');
      await page.keyboard.down('r');
      await page.getByText('8 open').waitFor();
      await page.keyboard.down('r');
      await page.keyboard.up('r');
      await page.reload();
      await page.getByText('8 open').waitFor();

      // What opens it later is a key. The link works once; an address that was mistyped says so; a role is offered what it may read.
      const other = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
      await other.goto(link);
      await other.getByText('this link was used already').waitFor();
      const { tenants } = JSON.parse(await readFile(join(data, 'demo-keys.json'), 'utf8'));
      // A glossary may be its terms alone.
      await other.route('**/curator/glossaries/**', async (route) => {
        const glossary: object = await (await route.fetch()).json();
        await route.fulfill({ json: { ...glossary, content: Reflect.get(Reflect.get(glossary, 'content'), 'entries') } });
      });
      await other.getByLabel('API key').fill(` ${tenants['demo-south'].reviewer}\n`);
      await other.keyboard.press('Enter');
      await other.getByText('10 open').waitFor();
      await other.getByRole('article').locator('.meaning').first().waitFor();
      deepEqual(await other.getByRole('navigation', { name: 'Pages' }).getByRole('link').allInnerTexts(), ['Review queue', 'Models']);
      const wide = await other.evaluate(() => document.documentElement.scrollWidth);
      ok(wide <= 390, `the queue is ${wide} pixels wide on a phone`);
      // A server on this machine is asked without a network too; a new tab needs no key again, and signing out ends them all.
      await other.evaluate(() => dispatchEvent(new Event('offline')));
      await other.getByRole('link', { name: 'Models' }).click();
      await other.getByText('mapping-ranker').first().waitFor();
      const tab = await other.context().newPage();
      await tab.goto(new URL('#/demo-south/queue', link).href);
      await tab.getByText('10 open').waitFor();
      await tab.getByRole('button', { name: 'Sign out' }).click();
      await tab.getByLabel('API key of demo-south').waitFor();
      await other.getByLabel('API key of demo-south').fill(tenants['demo-south'].reviewer);
      await other.keyboard.press('Enter');
      await other.getByText('mapping-ranker').first().waitFor();
      await other.goto(new URL('#/demo-south/qeue', link).href);
      await other.getByText('no such page').waitFor();
      await other.goto(new URL('#/demo-north/models', link).href);
      await other.getByLabel('API key of demo-north').waitFor();
      await other.goto(new URL('#/%zz', link).href);
      await other.getByLabel('API key of %zz').waitFor();
    } finally {
      await browser.close();
      demo.kill('SIGTERM');
      await once(demo, 'exit');
      await rm(data, { recursive: true, force: true });
    }
  },
);
