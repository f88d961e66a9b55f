// Runs in browsers too. A text that comes in pieces.
import type { Redactor } from './redactor.ts';

/** Takes a text in any pieces, gives it back clean, in pieces of its own. */
export interface StreamRedactor {
  /** @returns what is clean and certain by now; often nothing. @throws {RedactionError} and then nothing more may be sent on */
  push(chunk: string): string;
  /** The rest. */
  end(): string;
}

/** Long enough that what is found in a part is what would be found in the whole: labels, tables and addresses are shorter. */
const HELD = 8192;
/** A part is cut in its second half, where a paragraph ends if one does: what belongs together stays together. */
const BREAKS = ['\n\n', '\n', '. ', '。', ' '];
const BEGINS = '-----BEGIN ';
const ENDS = '-----END ';
/** A key block that does not end by then is cut all the same. */
const LONGEST_BLOCK = 65_536;

/**
 * Redacts a text as it comes. Where it is cut follows from the text alone, never from the pieces it came in: every split gives the same output, and a text of up to
 * `HELD` characters the same as at once.
 */
export function redactStream({ redact }: Redactor): StreamRedactor {
  let held = '';
  const clean = (part: string): string => {
    const { value } = redact(part);
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
  return {
    push(chunk) {
      held += chunk;
      let out = '';
      for (let cut = cutOf(held); cut > 0; cut = cutOf(held)) {
        out += clean(held.slice(0, cut));
        held = held.slice(cut);
      }
      return out;
    },
    end() {
      const rest = held;
      held = '';
      return rest === '' ? '' : clean(rest);
    },
  };
}

/** Where a text's first part ends; 0 while too little of it is there to say. */
function cutOf(text: string): number {
  if (text.length <= HELD) return 0;
  const begins = text.slice(0, HELD).lastIndexOf(BEGINS);
  const isOpen = begins >= 0 && !text.slice(begins, HELD).includes(ENDS);
  if (isOpen && begins > 0) return begins;
  if (isOpen) {
    const ends = text.indexOf(ENDS);
    const line = ends < 0 ? -1 : text.indexOf('\n', ends);
    if (line >= 0 && line < LONGEST_BLOCK) return line + 1;
    if (text.length <= LONGEST_BLOCK) return 0;
    return LONGEST_BLOCK;
  }
  for (const each of BREAKS) {
    const at = text.lastIndexOf(each, HELD - each.length);
    if (at >= HELD / 2) return at + each.length;
  }
  // Not between the halves of one character.
  return (text.charCodeAt(HELD - 1) & 0xfc00) === 0xd800 ? HELD - 1 : HELD;
}
