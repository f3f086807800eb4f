import { dashboard, type DashboardFile } from './dashboard.ts';
import { healthTruth } from './rows/health-truth.ts';
import { healthTranslator } from './rows/health-translator.ts';
import { healthCollector } from './rows/health-collector.ts';

export function healthDashboard(): DashboardFile {
  return dashboard({
    uid: 'hiveloop-health',
    title: 'HiveLoop: Health',
    description:
      'Whether what the other dashboards show is true: the translator, the Collector’s queues, what was dropped.',
    from: '6h',
    variables: [],
    rows: [healthTruth(), healthTranslator(), healthCollector()],
  });
}
