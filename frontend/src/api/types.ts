export type Priority = 'none' | 'low' | 'medium' | 'high';

export interface Due {
  /** A calendar day, "2026-11-30". */
  date: string;
  /** "09:00", or null for the whole day. */
  time: string | null;
  /** null: the time floats with the reader. */
  time_zone: string | null;
}

export interface Task {
  id: string;
  url: string;
  version: number;
  title: string;
  notes: string;
  completed: boolean;
  completed_at: string | null;
  list_id: string | null;
  parent_id: string | null;
  order: number;
  priority: Priority;
  tags: string[];
  due: Due | null;
  start: string | null;
  recurrence: { rrule: string; from: 'due' | 'completion' } | null;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
}

/** The fields of a task that this page writes. */
export type TaskPatch = Partial<
  Pick<
    Task,
    | 'title'
    | 'notes'
    | 'completed'
    | 'list_id'
    | 'parent_id'
    | 'order'
    | 'priority'
    | 'tags'
    | 'due'
    | 'start'
    | 'recurrence'
  >
>;

export interface List {
  id: string;
  name: string;
  color: string | null;
  order: number;
  version: number;
  open: number;
  total: number;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
}

export type ListPatch = Partial<Pick<List, 'name' | 'color' | 'order'>>;

export type WeekStart = 'monday' | 'saturday' | 'sunday';

export interface User {
  id: string;
  email: string;
  name: string;
  role: 'admin' | 'member';
  /** An IANA name: whose days the server's own views and repetitions have. */
  time_zone: string;
  week_start: WeekStart;
  version: number;
  created_at: string;
  updated_at: string;
}

export type UserPatch = Partial<
  Pick<User, 'name' | 'time_zone' | 'week_start'>
>;

/** What can be written; of a user, only that they can change. */
export type Kind = 'task' | 'list' | 'user';
export type AnyRecord = Task | List | User;
export type Patch = TaskPatch & ListPatch & UserPatch;

/** One write, as the server gets it. */
export interface Write {
  kind: Kind;
  id: string;
  op:
    | { type: 'create'; body: Patch & { id: string } }
    | { type: 'update'; patch: Patch }
    | { type: 'delete' }
    | { type: 'restore' };
}

export interface Changes {
  tasks: Task[];
  lists: List[];
  /** The token for the next request. */
  next: string;
  more: boolean;
}

export interface Session {
  user: User;
  /** null where nobody signs in, or out: STEADY_AUTH=none. */
  session: { id: string } | null;
}

/** Whether a new account may be made: "first" when none exists yet. */
export type Registration = 'open' | 'first' | 'closed';

/** A place where the person is signed in. */
export interface SignedIn {
  id: string;
  created_at: string;
  last_used_at: string;
  expires_at: string;
  user_agent: string | null;
  /** The session of this browser. */
  current: boolean;
}

export type TokenScope = 'read' | 'write';

/** What lets a program in. */
export interface Token {
  id: string;
  name: string;
  scope: TokenScope;
  created_at: string;
  last_used_at: string | null;
  expires_at: string | null;
}
