import type { Migration } from './migration.ts';

/** What is known of agents' heartbeats. */
export const migration000003: Migration = {
  version: 3,
  apply: (database) => {
    database.exec(`
create table agent_beats (
  environment text not null,
  namespace text not null,
  agent_id text not null,
  newest_beat_at integer not null,
  threshold_seconds real not null,
  newest_stop_at integer not null,
  primary key (environment, namespace, agent_id)
) without rowid;
`);
  },
};
