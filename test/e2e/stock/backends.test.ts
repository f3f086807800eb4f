import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { binaryPath, findBinaries, PROGRAMS } from '../../backends/programs.ts';
import { startAlertmanager } from '../../support/backends/alertmanager.ts';
import { stock } from '../../support/backends/binaries.ts';
import { startCollector } from '../../support/backends/collector.ts';
import { startJaeger } from '../../support/backends/jaeger.ts';
import { startLoki } from '../../support/backends/loki.ts';
import { startPrometheus } from '../../support/backends/prometheus.ts';
import { answers, type RealProcess } from '../../support/backends/real-process.ts';

stock('the programs behind collector/', () => {
  test.each(findBinaries())('$name answers the version that versions.json says', ({ name, program }) => {
    const argument = name === 'jaeger' ? 'version' : '--version';
    const said = execFileSync(binaryPath(name), [argument], { encoding: 'utf8' });
    expect(/\d+\.\d+\.\d+/.exec(said)?.[0]).toBe(PROGRAMS[program]?.version);
  });

  test('the Collector starts with the committed configuration, ends, and starts again', async () => {
    const collector = await startCollector();
    await expectLife(collector, collector.urls.health);
  });

  test('Jaeger starts with the committed configuration, ends, and starts again', async () => {
    const jaeger = await startJaeger();
    await expectLife(jaeger, `${jaeger.url}/api/services`);
  });

  test('Prometheus starts with the committed configuration and rules, ends, and starts again', async () => {
    const prometheus = await startPrometheus();
    await expectLife(prometheus, `${prometheus.url}/-/ready`);
  });

  test('Loki starts with the committed configuration, ends, and starts again', async () => {
    const loki = await startLoki();
    await expectLife(loki, `${loki.url}/ready`);
  });

  test('Alertmanager starts with the committed configuration, ends, and starts again', async () => {
    const alertmanager = await startAlertmanager();
    await expectLife(alertmanager, `${alertmanager.url}/-/ready`);
  });
});

async function expectLife(process: RealProcess, url: string): Promise<void> {
  try {
    expect(await answers(url)).toBe(true);
    await process.stop();
    await expect(answers(url), 'after SIGTERM').rejects.toThrow();
    await process.restart();
    expect(await answers(url), 'after a restart').toBe(true);
  } finally {
    await process.kill();
  }
  await expect(answers(url), 'after SIGKILL').rejects.toThrow();
}
