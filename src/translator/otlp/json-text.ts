import { MalformedBodyError } from './malformed-body.ts';

/** A number of 16 digits or more that stands where JSON values stand: a double may not hold it. */
const LONG_INTEGER = /(?<=[:,[\s])-?[1-9]\d{15,}(?![\d.eE])/;
const UTF8 = new TextDecoder();

/**
 * Parses a JSON body. Integers too long for a double come back as decimal strings, which OTLP/JSON allows for every
 * 64-bit field, so that a time written as a bare number keeps its nanoseconds.
 * @throws MalformedBodyError
 */
export function parseJson(body: Uint8Array): unknown {
  const text = UTF8.decode(body);
  try {
    return JSON.parse(LONG_INTEGER.test(text) ? quoteLongIntegers(text) : text);
  } catch (cause) {
    throw new MalformedBodyError('the body is not JSON', { cause });
  }
}

/** Only the text between strings is changed, so a string that looks like a number stays what it is. */
function quoteLongIntegers(text: string): string {
  const everyLongInteger = new RegExp(LONG_INTEGER, 'g');
  const parts: string[] = [];
  let from = 0;
  while (from < text.length) {
    const quote = text.indexOf('"', from);
    const stringStart = quote === -1 ? text.length : quote;
    const stringEnd = quote === -1 ? text.length : endOfString(text, quote);
    parts.push(text.slice(from, stringStart).replace(everyLongInteger, '"$&"'), text.slice(stringStart, stringEnd));
    from = stringEnd;
  }
  return parts.join('');
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
