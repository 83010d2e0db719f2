import type { APIRequestContext, APIResponse } from '@playwright/test';
import type { Stored, World } from './world.ts';

const MERGE = { 'Content-Type': 'application/merge-patch+json' };
const DAYS = ['2026-11-30', '2027-01-01', '2027-02-28'];
const TAGS = ['home', 'work', 'errand'];

type Op = Parameters<World['note']>[1]['write']['op'];

/** A client of the API: what it does comes first to one host or the other. */
export class Client {
  constructor(
    private readonly world: World,
    private readonly api: APIRequestContext,
    private readonly hosts: readonly string[],
  ) {}

  async act(known: readonly Stored[]): Promise<void> {
    const { world } = this;
    const chance = world.random();
    const kind = chance < 0.12 ? 'list' : 'task';
    const lists = known.filter(({ name }) => name !== undefined);
    const record = world.pick(
      kind === 'list' ? lists : known.filter((each) => !lists.includes(each)),
    );
    const act = world.pick(['create', 'update', 'update', 'delete', 'restore']);
    if (
      !record ||
      (act === 'create' && (kind === 'task' || lists.length < 4))
    ) {
      await this.create(kind);
    } else if (act === 'delete' || act === 'restore') {
      const method = act === 'delete' ? 'DELETE' : 'POST';
      const path = `${kind}s/${record.id}${act === 'delete' ? '' : '/restore'}`;
      const answer = await this.send(method, path);
      this.note(answer, kind, record.id, { type: act });
    } else {
      const patch = kind === 'list' ? this.name() : this.taskPatch(lists);
      const path = `${kind}s/${record.id}`;
      const answer = await this.send('PATCH', path, patch);
      this.note(answer, kind, record.id, { type: 'update', patch });
    }
  }

  private name() {
    return { name: this.world.text('list') };
  }

  private taskPatch(lists: readonly Stored[]): Record<string, unknown> {
    const { world } = this;
    const patches = [
      () => ({ title: world.text('patched') }),
      () => ({ notes: world.text('patched') }),
      () => ({ completed: world.random() < 0.5 }),
      () => ({ order: Math.round(world.random() * 1e6) }),
      () => ({ tags: TAGS.filter(() => world.random() < 0.5) }),
      () => ({ priority: world.pick(['none', 'low', 'high']) }),
      () => ({ list_id: world.pick([null, ...lists])?.id ?? null }),
      () => ({
        due: { date: world.pick(DAYS), time: null, time_zone: null },
      }),
    ];
    return world.pick(patches)?.() ?? {};
  }

  private async create(kind: 'task' | 'list'): Promise<void> {
    const body =
      kind === 'list' ? this.name() : { title: this.world.text('posted') };
    const answer = await this.send('POST', `${kind}s`, body);
    const { id } = await answer.json();
    this.note(answer, kind, id, { type: 'create', body });
  }

  private note(
    answer: APIResponse,
    kind: 'task' | 'list',
    id: string,
    op: Op,
  ): void {
    if (answer.ok()) {
      this.world.note('client', { write: { kind, id, op } });
    } else if (![404, 409, 422].includes(answer.status())) {
      throw new Error(`${answer.status()} to a client's ${op.type}`);
    }
  }

  private send(method: string, path: string, data?: object) {
    const headers = method === 'PATCH' ? MERGE : {};
    const host = this.world.pick(this.hosts);
    return this.api.fetch(`${host}/api/${path}`, { method, headers, data });
  }
}
