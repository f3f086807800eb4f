/** What a query must bring after the scenario has run. */
export type Expectation = 'data' | { readonly empty: string };

/** One expression that a panel, a variable, an annotation or a rule asks. */
export interface Query {
  /** Unique: where it is used and what it shows, such as `fleet.running`. */
  readonly id: string;
  readonly language: 'promql' | 'logql';
  /** With Grafana's variables in it, see {@link resolve}. Of a variable: the selector inside `label_values()`. */
  readonly expr: string;
  readonly expects: Expectation;
}

/** Values for Grafana's variables. */
export interface Variables {
  readonly environment?: string;
  readonly agent?: string;
  readonly service?: string;
  readonly task?: string;
  readonly filter?: string;
  readonly severity?: string;
  /** Such as `30m`: what the dashboard shows. */
  readonly range?: string;
  /** Such as `1m`: the width of a point. */
  readonly interval?: string;
}

export function promql(id: string, expr: string, expects: Expectation = 'data'): Query {
  return { id, language: 'promql', expr, expects };
}

export function logql(id: string, expr: string, expects: Expectation = 'data'): Query {
  return { id, language: 'logql', expr, expects };
}

/** The expression as Grafana would send it: everything chosen, unless a variable is given. */
export function resolve({ expr }: Query, variables: Variables = {}): string {
  const { environment = '.*', agent = '.+', service = '.+', task = '.+', filter, severity = '.+' } = variables;
  const { range = '1h', interval = '1m' } = variables;
  const values: Readonly<Record<string, string>> = {
    __range: range,
    __interval: interval,
    environment,
    agent,
    service,
    task,
    severity,
    filter: filter ?? 'hiveloop_event_category=~".+"',
  };
  return expr.replaceAll(/\$\{?(\w+)(?::\w+)?\}?/g, (whole, name: string) => values[name] ?? whole);
}
