import { expect, test } from 'vitest';
import { createLaneState, sent, type LaneState, type Send } from '../../src/schedule/lane-state.ts';
import { noteShut, shutForGoodMs } from '../../src/schedule/shut.ts';

const MINUTE_MS = 60_000;

function laneState(): LaneState {
  return createLaneState({}, { countsCacheReads: true, countsMaxTokens: false });
}

function sendAt(state: LaneState, nowMs: number): Send {
  return sent(state, { inputTokens: 1, outputTokens: 1 }, nowMs);
}

function refuse(state: LaneState, send: Send, nowMs: number): void {
  state.unanswered.delete(send);
  noteShut(state, send, nowMs);
}

test('a server is asked ten times over ten minutes before it is left', () => {
  const state = laneState();
  for (let minute = 0; minute < 10; minute += 1) {
    expect(shutForGoodMs(state, minute * MINUTE_MS)).toBeUndefined();
    refuse(state, sendAt(state, minute * MINUTE_MS), minute * MINUTE_MS + 1);
  }
  expect(shutForGoodMs(state, 10 * MINUTE_MS)).toBeUndefined();
  expect(shutForGoodMs(state, 10 * MINUTE_MS + 1)).toBe(10 * MINUTE_MS);
});

test('a burst asks once, however many are in it', () => {
  const state = laneState();
  const burst = Array.from({ length: 20 }, () => sendAt(state, 0));
  for (const [at, send] of burst.entries()) refuse(state, send, at + 1);
  expect(shutForGoodMs(state, 20 * MINUTE_MS)).toBeUndefined();
});

test('a server at work on an answer is not left', () => {
  const state = laneState();
  for (let minute = 0; minute < 10; minute += 1) {
    refuse(state, sendAt(state, minute * MINUTE_MS), minute * MINUTE_MS + 1);
  }
  const slow = sendAt(state, 9 * MINUTE_MS + 2);
  expect(shutForGoodMs(state, 20 * MINUTE_MS)).toBeUndefined();
  state.unanswered.delete(slow);
  expect(shutForGoodMs(state, 20 * MINUTE_MS)).toBe(20 * MINUTE_MS - 1);
});
