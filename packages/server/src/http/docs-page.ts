import { errorCatalogue, permissions, roles, type Collection, type Route } from '@ancilla/contracts';

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const json = (value: unknown): string => escape(JSON.stringify(value, undefined, 1));

/** The reference as one page: routes with roles and schemas, collections, error codes. No script, no address but its own. */
export function docsPage(routes: readonly Route[], collections: readonly Collection[], version: string): string {
  const route = ({ method, path, summary, action, query, body, answers }: Route) => `
<details><summary><code>${method} ${escape(path)}</code> ${escape(summary)}</summary>
<p>Action <code>${action}</code>, for ${permissions[action].roles.join(', ')}</p>
<h4>Query</h4><pre>${json(query)}</pre><h4>Body</h4><pre>${json(body)}</pre>
${Object.entries(answers)
  .map(([status, schema]) => `<h4>${status}</h4><pre>${json(schema)}</pre>`)
  .join('')}</details>`;
  const collection = ({ name, kind, summary, key, indexes, retention }: Collection) =>
    `<tr><td><code>${name}</code></td><td>${kind}</td><td>${escape(summary)}</td><td><code>${key}</code></td><td>${Object.values(indexes)
      .map((fields) => escape(fields.join(' + ') || 'all'))
      .join('; ')}</td><td>${retention}</td></tr>`;
  const error = ([code, { status, title, fix }]: [string, { readonly status: number; readonly title: string; readonly fix: string }]) =>
    `<tr><td><code>${code}</code></td><td>${status}</td><td>${escape(title)}</td><td>${escape(fix)}</td></tr>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Ancilla ${version}: reference</title>
<link rel="stylesheet" href="/docs/style.css">
<h1>Ancilla ${escape(version)}</h1><p>Machine-readable: <a href="/openapi.json">/openapi.json</a>. Roles: ${roles.join(', ')}.</p>
<h2>Routes</h2>${routes.map(route).join('')}
<h2>Collections</h2><table><tr><th>name<th>kind<th>what<th>key<th>filters<th>retention</tr>${collections.map(collection).join('')}</table>
<h2>Errors</h2><table><tr><th>code<th>status<th>title<th>how to mend it</tr>${Object.entries(errorCatalogue).map(error).join('')}</table></html>`;
}

export const docsStyle = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
table{border-collapse:collapse}td,th{text-align:start;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid #8884}
pre{background:#8882;padding:.6rem;overflow:auto;max-height:30rem}summary{cursor:pointer;padding:.2rem 0}`;
