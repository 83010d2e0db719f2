import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Two Steadys on one MongoDB. */
export interface Hosts {
  here: string;
  there: string;
  stop: () => Promise<void>;
}

/** null: there is no mongod. */
export async function startHosts(): Promise<Hosts | null> {
  if (!existsSync(`${ROOT}build/mongod/mongod`)) {
    return null;
  }
  const command = ['-B', `${ROOT}tests/browser/serve_hosts`];
  const hosts = spawn(`${ROOT}build/venv/bin/python`, command, {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: hosts.stdout as Readable });
  const [line] = await once(lines, 'line');
  const [here = '', there = ''] = String(line).split(' ');
  const stop = async () => {
    const ended = once(hosts, 'exit');
    hosts.stdin?.end();
    await ended;
  };
  return { here, there, stop };
}
