import { backOff } from '@/api/retry.ts';
import type { Wake } from './sync.ts';

/** When nothing wakes us, the server is asked this often, ms. */
const POLL_MS = 15_000;
const HIDDEN_POLL_MS = 60_000;
/** While a stream would wake us: it may be dead without anybody noticing. */
const STREAM_POLL_MS = 120_000;
const MAX_BACK_OFF_MS = 60_000;

/**
 * Calls `wake` whenever there may be something to send or to fetch, in this
 * tab or another of the same person, or because the server says so.
 */
export class WakeUps {
  private readonly channel: BroadcastChannel;
  private readonly wake: (by: Wake) => void;
  private isStreaming = false;

  constructor(userId: string, wake: (by: Wake) => void, signal: AbortSignal) {
    this.wake = wake;
    this.channel = new BroadcastChannel(`steady-${userId}`);
    this.channel.onmessage = ({ data }) => wake(data as Wake);
    signal.addEventListener('abort', () => this.channel.close());
    window.addEventListener('online', () => this.tell('pull'), { signal });
    const onVisible = () => !document.hidden && this.tell('look');
    document.addEventListener('visibilitychange', onVisible, { signal });
  }

  /** Wakes the leading tab, whichever that is. */
  tell(by: Wake): void {
    this.channel.postMessage(by);
    this.wake(by);
  }

  /** How long until the server is asked unasked. */
  pollMs(): number {
    const unwoken = document.hidden ? HIDDEN_POLL_MS : POLL_MS;
    const ms = this.isStreaming ? STREAM_POLL_MS : unwoken;
    return ms * (0.8 + Math.random() * 0.4);
  }

  /**
   * Keeps a stream of the server's events open until the result is called; for
   * the leading tab. Without Web Locks each tab leads, and a few streams would
   * take all connections that a browser makes to a host: there we poll.
   */
  listen(): () => void {
    let source: EventSource | null = null;
    let failures = 0;
    let timer = 0;
    const onLost = () => {
      // The wait that the engine is in was meant for a stream.
      if (this.isStreaming) {
        this.isStreaming = false;
        window.setTimeout(() => this.wake('pull'), this.pollMs());
      }
      // Else the browser comes back by itself.
      if (source?.readyState === EventSource.CLOSED) {
        failures += 1;
        const delay = backOff(failures, MAX_BACK_OFF_MS, null);
        timer = window.setTimeout(connect, delay);
      }
    };
    const connect = () => {
      source = new EventSource('/api/events');
      source.addEventListener('changes', () => this.wake('pull'));
      source.onerror = onLost;
      source.onopen = () => {
        this.isStreaming = true;
        failures = 0;
      };
    };
    if ('locks' in navigator) {
      connect();
    }
    return () => {
      window.clearTimeout(timer);
      source?.close();
      this.isStreaming = false;
    };
  }
}
