import type { Task } from '../plan/task.ts';

/** What a lane is fed. */
export type Fed = Task | typeof AWAITS_NEEDS;

/** In place of a task: until what the lane's tasks need has ended, there is nothing to give. */
export const AWAITS_NEEDS = 'awaits_needs';
