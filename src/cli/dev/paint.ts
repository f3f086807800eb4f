/** What a piece of text is, from which its colour follows. `label0` to `label5` tell concurrent tasks apart. */
export type Style =
  'plain' | 'dim' | 'strong' | 'good' | 'bad' | 'active' | 'warn' | 'model' | 'human' | `label${0 | 1 | 2 | 3 | 4 | 5}`;

export type Paint = (style: Style, text: string) => string;

/** Select Graphic Rendition codes. Labels are muted 256-colour tones, so that they are not taken for a state. */
const CODES: Readonly<Record<Style, string>> = {
  plain: '',
  dim: '90',
  strong: '1',
  good: '32',
  bad: '31',
  active: '34',
  warn: '33',
  model: '35',
  human: '36',
  label0: '38;5;73',
  label1: '38;5;139',
  label2: '38;5;143',
  label3: '38;5;109',
  label4: '38;5;174',
  label5: '38;5;108',
};

export const LABEL_STYLES: readonly Style[] = ['label0', 'label1', 'label2', 'label3', 'label4', 'label5'];

export function createPaint(isColoured: boolean): Paint {
  return (style, text) => {
    const code = CODES[style];
    return isColoured && code !== '' && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  };
}

/**
 * Whether to colour. A flag wins over the environment, `NO_COLOR` over `FORCE_COLOR`, and without any a terminal gets colours.
 * @see https://no-color.org
 */
export function wantsColour(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
  isRefused: boolean,
): boolean {
  const {
    NO_COLOR: no = '',
    FORCE_COLOR: force,
    TERM: term,
  } = environment as Readonly<Record<'NO_COLOR' | 'FORCE_COLOR' | 'TERM', string | undefined>>;
  if (isRefused || no !== '') return false;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return stream.isTTY === true && term !== 'dumb';
}
