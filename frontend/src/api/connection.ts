/** How many requests are being repeated because the server is not there. */
let waiting = 0;
const listeners = new Set<() => void>();

function change(by: number): void {
  waiting += by;
  for (const listener of listeners) {
    listener();
  }
}

export const connection = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  isInterrupted: (): boolean => waiting > 0,
  started: (): void => change(1),
  ended: (): void => change(-1),
};
