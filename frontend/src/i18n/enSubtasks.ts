/** Texts of what an opened task says of those above and below it. */
export const enSubtasks = {
  subtasks: {
    label: 'Subtasks',
    path: 'Above this task',
    add: 'Add a subtask',
    added_one: '{{count}} subtask added',
    added_other: '{{count}} subtasks added',
    options: 'Options of “{{title}}”',
    open: 'Open',
    own: 'Make it a task of its own',
    ownToast: 'Now a task of its own',
  },
} as const;
