import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kafkaClassPath } from '../../backends/kafka/broker.ts';
import { freePorts } from '../backends/ports.ts';
import { type RealProcess, startProcess, temporaryFolder } from '../backends/real-process.ts';

export interface Kafka extends RealProcess {
  /** The Collector's `KAFKA_BROKERS`. */
  readonly brokers: string;
}

const CLUSTER_ID = 'aGl2ZWxvb3AtdGVzdC0tLQ';

/** One node that is broker and controller, with six partitions to a topic. */
export async function startKafka(): Promise<Kafka> {
  const [port = 0, controllerPort = 0] = await freePorts(2);
  const folder = temporaryFolder('kafka');
  const properties = join(folder, 'server.properties');
  const lines = [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    'controller.listener.names=CONTROLLER',
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    `log.dirs=${join(folder, 'log')}`,
    'num.partitions=6',
    'offsets.topic.replication.factor=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    // A group of one begins at once.
    'group.initial.rebalance.delay.ms=0',
  ];
  writeFileSync(properties, lines.join('\n'));
  const java = ['-Xmx256m', '-cp', kafkaClassPath()];
  const format = ['kafka.tools.StorageTool', 'format', '--cluster-id', CLUSTER_ID, '--config', properties];
  await promisify(execFile)('java', [...java, ...format]);
  const broker = await startProcess({
    binary: 'kafka',
    path: 'java',
    argv: [...java, 'kafka.Kafka', properties],
    isReady: () => isOpen(port),
  });
  return { ...broker, brokers: `[127.0.0.1:${port}]` };
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
  return true;
}
