import { playBilling } from './billing.ts';
import { playDesk, playSecondDesk } from './desk.ts';
import type { ProcessName } from './names.ts';
import type { Play } from './play.ts';
import { playWatch } from './watch.ts';

export const PLAYS: Readonly<Record<ProcessName, Play>> = {
  'desk-1': playDesk,
  'desk-2': playSecondDesk,
  'billing-1': playBilling,
  'watch-1': playWatch,
};
