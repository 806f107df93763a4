import { describe, expect, it } from 'vitest';
import { createSimulatedLimits } from '../../src/forecast/simulated-limits.ts';

const LOAD = { inputTokens: 100, outputTokens: 50 };

describe('limits in a simulation', () => {
  it('admit the declared amount per minute, and report when there is room again', () => {
    const limits = createSimulatedLimits({ rpm: 2 });
    expect(limits.refuse(LOAD, 0)).toBeUndefined();
    expect(limits.refuse(LOAD, 10_000)).toBeUndefined();
    expect(limits.refuse(LOAD, 20_000)).toBe(40_000);
    expect(limits.refuse(LOAD, 60_000)).toBeUndefined();
    expect(limits.refuse(LOAD, 60_001)).toBe(9_999);
  });

  it.each([
    [{ itpm: 250 }, 2],
    [{ otpm: 120 }, 2],
    [{ tpm: 450 }, 3],
    [{ rps: 4 }, 4],
    [{ rpd: 5 }, 5],
    [{ concurrency: { start: 1, max: 3 } }, 3],
    [{}, 10],
  ])('%j admits %i at once', (declared, expected) => {
    const limits = createSimulatedLimits(declared);
    const admitted = Array.from({ length: 10 }, () => limits.refuse(LOAD, 0));
    expect(admitted.filter((waitMs) => waitMs === undefined)).toHaveLength(expected);
  });

  it('admit a request after another has ended', () => {
    const limits = createSimulatedLimits({ concurrency: { start: 1, max: 1 } });
    expect(limits.refuse(LOAD, 0)).toBeUndefined();
    expect(limits.refuse(LOAD, 0)).toBe(1000);
    limits.released();
    expect(limits.refuse(LOAD, 0)).toBeUndefined();
  });

  it('treat half a request per second as one every two seconds', () => {
    const limits = createSimulatedLimits({ rps: 0.5 });
    expect(limits.refuse(LOAD, 0)).toBeUndefined();
    expect(limits.refuse(LOAD, 1500)).toBe(500);
    expect(limits.refuse(LOAD, 2000)).toBeUndefined();
  });
});
