import type { Wake } from './sync.ts';

/** When nothing wakes us, the server is asked this often, ms. */
const POLL_MS = 15_000;
const HIDDEN_POLL_MS = 60_000;

export function pollMs(): number {
  const ms = document.hidden ? HIDDEN_POLL_MS : POLL_MS;
  return ms * (0.8 + Math.random() * 0.4);
}

/**
 * Calls `wake` whenever there may be something to send or to fetch, in this
 * tab or another of the same person. A stream of events from the server is one
 * more source, to be added here.
 */
export class WakeUps {
  private readonly channel: BroadcastChannel;
  private readonly wake: (by: Wake) => void;

  constructor(userId: string, wake: (by: Wake) => void, signal: AbortSignal) {
    this.wake = wake;
    this.channel = new BroadcastChannel(`steady-${userId}`);
    this.channel.onmessage = ({ data }) => wake(data as Wake);
    signal.addEventListener('abort', () => this.channel.close());
    window.addEventListener('online', () => this.tell('pull'), { signal });
    const onVisible = () => !document.hidden && this.tell('pull');
    document.addEventListener('visibilitychange', onVisible, { signal });
  }

  /** Wakes the leading tab, whichever that is. */
  tell(by: Wake): void {
    this.channel.postMessage(by);
    this.wake(by);
  }
}
