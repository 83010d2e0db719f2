import {
  type Browser,
  expect,
  type PlaywrightWorkerArgs,
  test,
} from '@playwright/test';
import { Client } from './model/client.ts';
import { Device } from './model/device.ts';
import { ofPage, ofServer } from './model/records.ts';
import { World } from './model/world.ts';
import { type Hosts, startHosts } from './twoHosts.ts';

/*
 * Two devices on two hosts and a client of the API do random acts at the same
 * time, while the networks of the devices are cut and healed, and tabs come,
 * go and crash. In the end all must have the same, and what may be there is
 * decided by the model (model/world.ts).
 *
 *   STEADY_MODEL_SEEDS=1000 STEADY_MODEL_ACTS=500 make test-browser K=model
 *   STEADY_MODEL_SEED=7 ...    that seed alone
 */
const SEEDS = Number(process.env.STEADY_MODEL_SEEDS ?? 15);
const ACTS = Number(process.env.STEADY_MODEL_ACTS ?? 60);
const ONLY = process.env.STEADY_MODEL_SEED;
/** So many seeds at the same time, each with an account of its own. */
const AT_ONCE = Number(process.env.STEADY_MODEL_AT_ONCE ?? 2);

// A trace of each page costs more than all that the page does.
test.use({ trace: 'off', screenshot: 'off' });
// What fails once is found: it is not tried again.
test.describe.configure({ retries: 0 });

let hosts: Hosts | null = null;

test.beforeAll(async () => {
  hosts = await startHosts();
});

test.afterAll(() => hosts?.stop());

test('the model: all end equal, and nothing is lost', async ({
  browser,
  playwright,
}) => {
  test.skip(!hosts, 'mongod is missing');
  test.setTimeout(60_000 + SEEDS * (10_000 + ACTS * 40));
  const seeds = ONLY
    ? [Number(ONLY)]
    : Array.from({ length: SEEDS }, (_, index) => index + 1);
  const failed: string[] = [];
  const work = async () => {
    for (let seed = seeds.shift(); seed; seed = seeds.shift()) {
      const start = Date.now();
      try {
        const told = await play(seed, browser, playwright);
        console.log(`seed ${seed}: ${told}, ${Date.now() - start} ms`);
      } catch (error) {
        failed.push(`seed ${seed}: ${error}`);
        console.log(failed.at(-1));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(failed).toEqual([]);
});

async function play(
  seed: number,
  browser: Browser,
  { request }: PlaywrightWorkerArgs['playwright'],
): Promise<string> {
  const { here, there } = hosts as Hosts;
  const world = new World(seed);
  const api = await request.newContext({ baseURL: here });
  const email = `seed${seed}-${Date.now()}@example.org`;
  const data = { email, password: 'correct horse battery staple' };
  expect((await api.post('/api/users', { data })).status()).toBe(201);
  const { cookies } = await api.storageState();
  const keepsPage = seed % 5 === 0;
  const devices = await Promise.all(
    [here, there].map((baseURL, index) =>
      Device.open(browser, `device ${index + 1}`, world, {
        baseURL,
        cookies,
        keepsPage,
      }),
    ),
  );
  const client = new Client(world, api, [here, there]);
  let stored = await ofServer(api);
  for (let done = 0; done < ACTS; ) {
    const counts = devices.map(() => 1 + Math.floor(world.random() * 10));
    const posts = 1 + Math.floor(world.random() * 6);
    await Promise.all([
      ...devices.map((device, index) => device.act(counts[index] ?? 0)),
      (async () => {
        for (let count = 0; count < posts; count += 1) {
          await client.act(stored);
        }
        stored = await ofServer(api);
      })(),
    ]);
    done += posts + counts.reduce((sum, count) => sum + count, 0);
  }
  await Promise.all(devices.map((device) => device.settle()));
  stored = await ofServer(api);
  for (const device of devices) {
    await expect
      .poll(() => ofPage(device.page, stored), { timeout: 20_000 })
      .toEqual(stored);
    expect(device.errors).toEqual([]);
  }
  world.check(stored);
  await Promise.all(devices.map((device) => device.close()));
  await api.dispose();
  return `${stored.length} records, ${world.decisions} decided`;
}
