/** The commands: how each is called, and what for. */
export const commands = {
  serve: { usage: 'ancilla serve', what: 'run the server on the data folder' },
  demo: { usage: 'ancilla demo [--fresh]', what: 'run the server and the whole loop on public tables' },
  redact: {
    usage: 'ancilla redact [--policy policy.json] [--token-key FILE] < in.jsonl > out.jsonl',
    what: 'redact lines of JSON: {"id","text"} in, {"id","text","spans"} out',
  },
  'leak-report': {
    usage: 'ancilla leak-report [--port 4318] [--seconds 60]',
    what: 'receive OpenTelemetry spans, keep none, and say what raw content they carry',
  },
  map: {
    usage:
      'ancilla map --source DIR --glossary glossary.json --out predictions.csv [--approved truth.csv --approved-tables a,b] [--tables c,d] [--base FILE|none] [--suggest-at SCORE]',
    what: 'suggest terms of a glossary for the columns of CSV files, without a server',
  },
  train: {
    usage: `ancilla train --cases DIR --out model.json [--leave-out CASE,…]
  DIR holds a folder for each case: source/*.csv, glossary.json, truth.csv (table,column,semantic_id; a column without a row means no term)`,
    what: 'learn the base model for mapping from tables whose meaning is known',
  },
  verify: {
    usage: 'ancilla verify FOLDER [--vkey KEY] [--checkpoint FILE] | ancilla verify --proof FILE [--vkey KEY]',
    what: 'verify a log or a proof offline',
  },
  tenant: { usage: 'ancilla tenant create ID [--name NAME] | ancilla tenant list', what: 'make and list tenants' },
  key: {
    usage:
      'ancilla key create --role ROLE --subject WHO [--tenant ID] [--name NAME] | ancilla key list | ancilla key disable KEY_ID | ancilla key token --tenant ID | ancilla key rotate-token --tenant ID | ancilla key rotate-master',
    what: 'make, list and disable API keys; show a tenant’s token key, or change it after a compromise; wrap the tenants’ keys by a new master key',
  },
  migrate: {
    usage: 'ancilla migrate [--grant ROLE]',
    what: 'make the tables in PostgreSQL as their owner, for servers whose role owns nothing',
  },
  doctor: {
    usage: 'ancilla doctor [--documents] [--drill quarantine]',
    what: 'say what is wrong with this installation and how to mend it',
  },
} as const;

export type CommandName = keyof typeof commands;

export const usageOf = (name: CommandName): string => `usage: ${commands[name].usage}`;
