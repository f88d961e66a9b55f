// Runs in browsers too. Secrets on command lines: in shell histories, runbooks, CI files and what people paste.
import { classAt, LETTER } from '../characters.ts';
import { confidence, type Detector } from '../detector.ts';
import type { Scan } from '../scan.ts';

/** Programs with the option that takes a password; `glued`: without a space between. */
const PASSWORD_OPTIONS: readonly { readonly programs: string; readonly option: string; readonly glued?: true }[] = [
  {
    programs:
      '(?:docker|podman|nerdctl|helm registry) login|sshpass|mongo|mongosh|mongodump|mongorestore|cqlsh|rabbitmqadmin|htpasswd|influx|snowsql',
    option: '-p',
  },
  { programs: 'mysql|mysqldump|mysqladmin|mysqlimport|mariadb|mariadb-dump|7z|7za', option: '-p', glued: true },
  { programs: 'redis-cli', option: '-a' },
  { programs: 'ldapsearch|ldapadd|ldapmodify|ldapdelete|ldappasswd', option: '-w' },
  { programs: 'sqlcmd|bcp|zip|unzip', option: '-P' },
];
/** By option, an exclamation mark behind what is glued: the program of a command that goes on to an offset, no other begun between. */
const RUNS = new Map(
  PASSWORD_OPTIONS.map(({ programs, option, glued }) => [
    `${option}${glued === true ? '!' : ''}`,
    new RegExp(`(?:^|[\\s;&|\`"'(/])(?:${programs})(?=\\s)[^\\n;|&]*$`),
  ]),
);
const LONGEST_COMMAND = 200;

/** Long options that say what they take; with `=` they are assignments like others. */
const LONG =
  /^--?(?:[a-z]+-)*(?:password|passwd|passphrase|pass|pwd|token|secret|api-?key|access-?key|secret-?key|private-?key|auth-?key|client-secret) +/;
/** `-u name:secret`, as curl and its like have it. */
const USER = /^-(?:u|-user|-proxy-user|U) +(?:"|')?[\w.@%+-]{1,64}:/;
const VALUE = /^(?:"([^"\n]{4,200})"|'([^'\n]{4,200})'|([^\s"'`;|&<>()]{4,200}))/;
/** What stands for a value: a variable, a placeholder, a file, a port. */
const STANDS_FOR = /^(?:[$%<{[]|\*+$|x{3,}$|@|\d+$|-|\/|\.{1,2}\/|env:|file:)/i;

/** `net use z: \\\\srv\\share PASSWORD /user:ops`, the options anywhere. */
const NET_USE = /^ use (?:[a-z]:|\*) \S{3,80} (?:\/\S{1,60} )*([^\s/*]\S{3,63})/i;

function look(scan: Scan, start: number, end: number): void {
  const { text } = scan;
  if (text[start] !== '-') {
    const [whole = '', password = ''] = NET_USE.exec(text.slice(end, end + LONGEST_COMMAND)) ?? [];
    if (STANDS_FOR.test(password)) return;
    const to = end + whole.length;
    scan.report({ start: to - password.length, end: to, type: 'SECRET', rule: 'secret.command', confidence: confidence.labelled });
    return;
  }
  // Options stand behind a space; a dash before a digit or a space is none.
  const before = text.charCodeAt(start - 1);
  if (start > 0 && before !== 0x20 && before !== 0x09 && before !== 0x0a) return;
  const next = text.charCodeAt(start + 1);
  if (next !== 0x2d && (classAt(text, start + 1) & LETTER) === 0) return;
  const from = valueFrom(text, start);
  if (from === undefined) return;
  const match = VALUE.exec(text.slice(from, from + 202));
  const value = match?.[1] ?? match?.[2] ?? match?.[3];
  if (match === null || value === undefined || STANDS_FOR.test(value)) return;
  const at = from + (match[3] === undefined ? 1 : 0);
  scan.report({ start: at, end: at + value.length, type: 'SECRET', rule: 'secret.command', confidence: confidence.labelled });
}

/** Where the value of the option at `start` begins, where it is one of a secret. */
function valueFrom(text: string, start: number): number | undefined {
  const ahead = text.slice(start, start + 90);
  const named = LONG.exec(ahead) ?? USER.exec(ahead);
  if (named !== null) return start + named[0].length;
  const option = ahead.slice(0, 2);
  const glued = ahead[2] !== ' ';
  const command = RUNS.get(glued ? `${option}!` : option);
  if (command === undefined || !command.test(text.slice(Math.max(0, start - LONGEST_COMMAND), start))) return undefined;
  return start + (glued ? 2 : 2 + (/^ +/.exec(ahead.slice(2))?.[0].length ?? 0));
}

export const secretCommand: Detector = {
  rule: 'secret.command',
  type: 'SECRET',
  anchors: ['-', 'word'],
  lengths: { word: [3, 3] },
  heads: ['net'],
  source: 'the programs’ own manuals',
  examples: [
    { text: 'curl -u admin:N0tS3cure https://x.example', finds: 'N0tS3cure' },
    { text: 'sshpass -p "hunter2!" ssh root@host', finds: 'hunter2!' },
    { text: 'mysql -uroot -pS3cr3t! shop', finds: 'S3cr3t!' },
    { text: 'redis-cli -h cache -a p4ssw0rd!x ping', finds: 'p4ssw0rd!x' },
    { text: 'tool login --password Orange77 --verbose', finds: 'Orange77' },
    { text: 'docker login -u ci -p Orange77 registry', finds: 'Orange77' },
    { text: '--password Orange77', finds: 'Orange77' },
    { text: 'net use z: \\\\srv\\share /user:ops Orange#77 and net use * //srv/share Orange77 /user:x', finds: 'Orange#77 + Orange77' },
    { text: 'docker run -p 8080:80 -u 1000:1000 web; ssh -p 2222 host; mkdir -p build/out; tar -pxf a.tar' },
    { text: 'tool --token $TOKEN --password <password> --api-key env:KEY' },
  ],
  look,
};
