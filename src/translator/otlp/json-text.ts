import { MalformedBodyError, MAX_JSON_VALUES } from './malformed-body.ts';

/** A smaller body is parsed unseen: it holds fewer values than it has bytes. */
const CHECKED_BODY_BYTES = 1_000_000;
/** Lists and objects in each other: the parser's own stack grows with them. OTLP needs three for each level of a value, and takes 64. */
const MAX_JSON_DEPTH = 10_000;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** A number of 16 digits or more that stands where JSON values stand: a double may not hold it. */
const LONG_INTEGER = /(?<=[:,[\s])-?[1-9]\d{15,}(?![\d.eE])/;
const UTF8 = new TextDecoder();

/**
 * Parses a JSON body. Integers too long for a double come back as decimal strings, which OTLP/JSON allows for every
 * 64-bit field, so that a time written as a bare number keeps its nanoseconds.
 * @throws MalformedBodyError
 */
export function parseJson(body: Uint8Array): unknown {
  if (body.length > CHECKED_BODY_BYTES) checkStructure(body);
  const text = UTF8.decode(body);
  try {
    return JSON.parse(LONG_INTEGER.test(text) ? quoteLongIntegers(text) : text);
  } catch (cause) {
    throw new MalformedBodyError('the body is not JSON', { cause });
  }
}

/** Only what is outside strings is changed, so a string that looks like a number stays what it is. */
function quoteLongIntegers(text: string): string {
  const everyLongInteger = new RegExp(LONG_INTEGER, 'g');
  const parts: string[] = [];
  let copiedTo = 0;
  let nextString = text.indexOf('"');
  for (let match = everyLongInteger.exec(text); match !== null; match = everyLongInteger.exec(text)) {
    let stringEnd = 0;
    while (nextString !== -1 && nextString < match.index) {
      stringEnd = endOfString(text, nextString);
      nextString = text.indexOf('"', stringEnd);
    }
    if (stringEnd > match.index) {
      everyLongInteger.lastIndex = stringEnd;
      continue;
    }
    parts.push(text.slice(copiedTo, match.index), `"${match[0]}"`);
    copiedTo = everyLongInteger.lastIndex;
  }
  return parts.join('') + text.slice(copiedTo);
}

/** Counts lists, objects and what is in them, on the bytes, before anything is built. */
function checkStructure(body: Uint8Array): void {
  let count = 0;
  let depth = 0;
  for (let at = 0; at < body.length; at++) {
    switch (body[at]) {
      case QUOTE:
        at++;
        while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
        break;
      case COMMA:
        count++;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        count++;
        if (++depth > MAX_JSON_DEPTH) throw new MalformedBodyError(`JSON nested deeper than ${MAX_JSON_DEPTH}`);
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth--;
    }
  }
  if (count > MAX_JSON_VALUES) throw new MalformedBodyError(`more than ${MAX_JSON_VALUES} JSON values`);
}

/** Just after the quote that closes the string opened at `start`; the text's end when none does. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at + 1;
  }
  return text.length;
}
