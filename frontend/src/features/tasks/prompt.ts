import { valueStore } from '@/ui/valueStore.ts';

/** What is asked about some tasks, in a dialog. */
export interface Prompt {
  what: 'due' | 'list' | 'tags';
  ids: readonly string[];
}

const prompt = valueStore<Prompt | null>(null);

export const ask = prompt.set;
export const usePrompt = prompt.use;
