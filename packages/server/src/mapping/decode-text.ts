import { AncillaError } from '@ancilla/contracts/errors';

/** Byte order marks, and what they declare. */
const marks = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8', said: 'a byte order mark was passed over' },
  { bytes: [0xff, 0xfe], encoding: 'utf-16le', said: 'read as UTF-16 (little end first), as its byte order mark says' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be', said: 'read as UTF-16 (big end first), as its byte order mark says' },
] as const;

/**
 * A file's text: UTF-8, or what its byte order mark declares. What declares nothing and is no UTF-8 is refused: which of the old encodings it is could only be guessed,
 * and a wrong guess is silent.
 * @throws {AncillaError} `csv.encoding` naming the line
 */
export function decodeText(bytes: Uint8Array, name: string): { readonly text: string; readonly repairs: readonly string[] } {
  const mark = marks.find((each) => each.bytes.every((byte, at) => bytes[at] === byte));
  const encoding = mark?.encoding ?? 'utf-8';
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AncillaError(
      'csv.encoding',
      encoding === 'utf-8'
        ? `${name}, line ${lineOfFirstFault(bytes)}: not UTF-8; save the file as UTF-8 (it may be Latin-1 or Windows-1252 now)`
        : `${name}: not the UTF-16 that its byte order mark says; save the file as UTF-8`,
      { cause },
    );
  }
  const nul = text.indexOf('\0');
  if (nul >= 0)
    throw new AncillaError(
      'csv.encoding',
      `${name}, line ${lineAt(text, nul)}: a NUL character; the file is no text, or UTF-16 without a byte order mark: save it as UTF-8`,
    );
  return { text, repairs: mark === undefined ? [] : [mark.said] };
}

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;

/** No character of UTF-8 goes over a line break, so the first line that is wrong by itself has the fault. */
function lineOfFirstFault(bytes: Uint8Array): number {
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  const wrong = lines.findIndex((line) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(line, 'latin1'));
      return false;
    } catch {
      return true;
    }
  });
  return wrong + 1;
}
