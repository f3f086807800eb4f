/** Set-up of each stock test file: a worker of the test runner ends by a signal, so its `exit` is no place to clean up. */
import { afterAll } from 'vitest';
import { endLeftovers } from './real-process.ts';

afterAll(endLeftovers);
