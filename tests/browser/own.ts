import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from './steady.ts';

export const HERE = fileURLToPath(new URL('.', import.meta.url));

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
}

/** A Steady of one spec's own, for what would disturb the other journeys. */
export class OwnSteady {
  url = '';
  private process: ChildProcess | null = null;

  async start(...settings: string[]): Promise<void> {
    const port = await freePort();
    this.url = `http://localhost:${port}`;
    this.process = spawn(join(HERE, 'serve'), [String(port), ...settings], {
      stdio: 'ignore',
    });
    const ready = async () =>
      (await fetch(`${this.url}/readyz`).catch(() => null))?.status;
    await expect.poll(ready, { timeout: 30_000 }).toBe(200);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process?.once('exit', resolve));
    this.process?.kill('SIGTERM');
    await ended;
  }
}
