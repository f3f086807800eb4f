/** Flags of every command that asks a running translator. */
export const CLIENT_OPTIONS = {
  url: {
    flag: 'url',
    variables: ['HIVELOOP_URL'],
    value: 'URL',
    fallback: 'http://127.0.0.1:4318',
    help: 'The translator to ask. A certificate of your own: NODE_EXTRA_CA_CERTS=FILE.',
  },
  tokenFile: {
    flag: 'token-file',
    variables: ['HIVELOOP_TOKEN_FILE'],
    value: 'FILE',
    help: 'File whose first token opens the translator; needed where that has one.',
  },
} as const;

/** Flags of every command that prints for people. */
export const PRINT_OPTIONS = {
  json: {
    flag: 'json',
    variables: ['HIVELOOP_JSON'],
    help: 'One JSON document on stdout, with the fields of the HTTP API.',
  },
  noColour: {
    flag: 'no-color',
    variables: ['HIVELOOP_NO_COLOR'],
    help: 'No colours; NO_COLOR and FORCE_COLOR are obeyed too.',
  },
} as const;
