import { describe, expect, it } from 'vitest';
import { endings, play } from './volley-world.ts';

const MODEL = 'providers: {mock: {type: mock}}\ndefaults: {model: mock/small, max_retries: 0}\n';

describe('a task with needs', () => {
  it('sees one result as an object, and many as a list', async () => {
    const { sent } = await play(`${MODEL}
tasks:
  - {id: verdict, needs: [review, title], prompt: "{{ needs.title.output }}:{% for r in needs.review %} {{ r.id }} {{ r.item }} {{ r.matrix.lens }} {{ r.output }} {{ r.usage.output_tokens }}{% endfor %}"}
  - {id: review, for_each: [a, b], matrix: {lens: [x]}, prompt: "review {{ item }}"}
  - {id: title, prompt: title}
`);
    expect(sent.at(-1)).toBe(
      '<title>: review@a,lens=x a x <review a> 5 review@b,lens=x b x <review b> 5',
    );
  });

  it('starts when its needs have ended, and others do not wait for it', async () => {
    const { startedMs } = await play(
      `${MODEL}
tasks:
  - {id: slow, prompt: slow}
  - {id: fast, prompt: fast}
  - {id: both, needs: [slow, fast], prompt: both}
  - {id: one, needs: [fast], prompt: one}
`,
      { reply: (prompt) => ({ latencyMs: prompt === 'slow' ? 9_000 : 1_000 }) },
    );
    expect(Object.fromEntries(startedMs)).toEqual({ slow: 0, fast: 0, one: 1_000, both: 9_000 });
  });

  it('waits for tasks of another model', async () => {
    const { startedMs, records } = await play(`${MODEL}
tasks:
  - {id: b, needs: [a], model: mock/large, prompt: "b {{ needs.a.output }}"}
  - {id: a, prompt: a}
  - {id: c, needs: [b], prompt: "c {{ needs.b.output }}"}
`);
    expect(startedMs.get('c')).toBe(2_000);
    expect(records.map(({ id, model, output }) => [id, model, output])).toEqual([
      ['a', 'small', '<a>'],
      ['b', 'large', '<b <a>>'],
      ['c', 'small', '<c <b <a>>>'],
    ]);
  });

  it('is skipped if one of its needs failed, and so is every task that needs it', async () => {
    const { records, sent, summary } = await play(
      `${MODEL}
tasks:
  - {id: review, for_each: [a, b, c], prompt: "review {{ item }}"}
  - {id: verdict, needs: review, prompt: "verdict"}
  - {id: letter, needs: verdict, prompt: "letter"}
  - {id: other, prompt: other}
`,
      { reply: (prompt) => (prompt === 'review b' ? { status: 400 } : {}) },
    );
    expect(sent).not.toContain('verdict');
    expect(endings(records)).toEqual([
      'letter skipped DEPENDENCY_FAILED',
      'other succeeded',
      'review@a succeeded',
      'review@b failed BAD_REQUEST',
      'review@c succeeded',
      'verdict skipped DEPENDENCY_FAILED',
    ]);
    const messageOf = (id: string) => records.find((record) => record.id === id)?.error?.message;
    expect(messageOf('verdict')).toBe('`review@b`, which it needs, failed');
    expect(messageOf('letter')).toBe('`verdict`, which it needs, was skipped');
    expect(summary).toMatchObject({ succeeded: 3, failed: 1, skipped: 2, not_started: 0 });
  });

  it('that failed does not prevent other tasks from seeing all successes', async () => {
    const { sent } = await play(
      `${MODEL}
tasks:
  - {id: review, for_each: [a, b, c], prompt: "review {{ item }}"}
  - {id: strict, needs: review, prompt: strict}
  - {id: lenient, needs: [{id: review, allow_failed: true}], prompt: "{{ needs.review | map: 'id' | join: '+' }}"}
`,
      { reply: (prompt) => (prompt === 'review a' ? { status: 400 } : { latencyMs: 9_000 }) },
    );
    expect(sent.at(-1)).toBe('review@b+review@c');
  });

  it('uses the successful results if it allows failures', async () => {
    const { sent } = await play(
      `${MODEL}
tasks:
  - {id: review, for_each: [a, b, c], prompt: "review {{ item }}"}
  - {id: extra, prompt: extra}
  - id: verdict
    needs: [{id: review, allow_failed: true}, {id: extra, allow_failed: true}]
    prompt: "{{ needs.review | map: 'id' | join: '+' }} {{ needs.extra.status }} [{{ needs.extra.output }}]"
`,
      { reply: (prompt) => (['review b', 'extra'].includes(prompt) ? { status: 400 } : {}) },
    );
    expect(sent.at(-1)).toBe('review@a+review@c failed []');
  });

  it('does not start if a need never ends', async () => {
    const { records, summary } = await play(
      `${MODEL}
run: {fail_fast: true}
tasks:
  - {id: bad, prompt: bad}
  - {id: slow, model: mock/large, prompt: slow}
  - {id: next, needs: slow, prompt: next}
  - {id: after, needs: bad, prompt: after}
`,
      { reply: (prompt) => (prompt === 'bad' ? { status: 400 } : { latencyMs: 5_000 }) },
    );
    expect(endings(records)).toEqual(['bad failed BAD_REQUEST', 'slow succeeded']);
    expect(summary).toMatchObject({ not_started: 2, stopped_by: 'fail_fast' });
  });
});

describe('one task per result of another task', () => {
  const CHAIN = `${MODEL}
tasks:
  - {id: review, for_each: [{id: a}, {id: b}], prompt: "review {{ item.id }}"}
  - {id: fix, for_each: {needs: review}, prompt: "fix {{ item.id }} by {{ needs.review.output }}"}
  - {id: check, for_each: {needs: fix}, matrix: {lens: [x, y]}, prompt: "{{ task.id }} {{ needs.fix.item.id }}"}
`;
  it('has the same key and row, and starts when its own need has ended', async () => {
    const { startedMs, endedMs, sent } = await play(CHAIN, {
      reply: (prompt) => ({ latencyMs: prompt === 'review b' ? 60_000 : 1_000 }),
    });
    expect(startedMs.get('fix@a')).toBe(1_000);
    expect(startedMs.get('check@a,lens=y')).toBe(2_000);
    expect(endedMs.get('review@b')).toBe(60_000);
    expect(sent).toContain('fix a by <review a>');
    expect(sent).toContain('check@b,lens=y b');
  });

  it('is skipped alone if its own need failed', async () => {
    const { records } = await play(CHAIN, {
      reply: (prompt) => (prompt === 'review b' ? { status: 400 } : {}),
    });
    expect(endings(records)).toEqual([
      'check@a,lens=x succeeded',
      'check@a,lens=y succeeded',
      'check@b,lens=x skipped DEPENDENCY_FAILED',
      'check@b,lens=y skipped DEPENDENCY_FAILED',
      'fix@a succeeded',
      'fix@b skipped DEPENDENCY_FAILED',
      'review@a succeeded',
      'review@b failed BAD_REQUEST',
    ]);
  });

  it('exists for every sample', async () => {
    const { records } = await play(`${MODEL}
tasks:
  - {id: draft, for_each: [a], repeat: 2, prompt: "draft {{ item }}"}
  - {id: judge, for_each: {needs: draft}, prompt: "judge {{ needs.draft.id }}"}
  - {id: best, needs: judge, prompt: "best of {{ needs.judge.size }}"}
`);
    expect(records.map(({ id, output }) => `${id} ${JSON.stringify(output)}`).sort()).toEqual([
      'best "<best of 2>"',
      'draft@a#1 "<draft a>"',
      'draft@a#2 "<draft a>"',
      'judge@a#1 "<judge draft@a#1>"',
      'judge@a#2 "<judge draft@a#2>"',
    ]);
  });
});

describe('a condition', () => {
  it('that is false skips the task, and its dependents see that', async () => {
    const { records, sent, summary } = await play(`${MODEL}
vars: {deep: no}
tasks:
  - {id: triage, prompt: triage}
  - {id: deep, if: 'vars.deep == "yes"', prompt: deep}
  - {id: answer, needs: [triage, deep], if: needs.triage.output contains "triage", prompt: "{{ needs.deep.status }} [{{ needs.deep.output }}]"}
`);
    expect(sent).toEqual(['triage', 'skipped []']);
    expect(records.find(({ id }) => id === 'deep')).toMatchObject({
      status: 'skipped',
      attempts: 0,
      error: { code: 'CONDITION_FALSE', message: '`if` is false: vars.deep == "yes"' },
    });
    expect(summary).toMatchObject({ succeeded: 2, skipped: 1, failed: 0 });
  });

  it('removes unwanted rows from a list, and from a chain', async () => {
    const { records, sent } = await play(`${MODEL}
tasks:
  - {id: review, for_each: [a.ts, b.md], if: item contains ".ts", prompt: "review {{ item }}"}
  - {id: fix, for_each: {needs: review}, prompt: "fix {{ item }}"}
  - {id: all, needs: [review, fix], prompt: "{{ needs.review.size }} {{ needs.fix.size }}"}
`);
    expect(sent.at(-1)).toBe('1 1');
    expect(endings(records)).toEqual([
      'all succeeded',
      'fix@a.ts succeeded',
      'fix@b.md skipped CONDITION_FALSE',
      'review@a.ts succeeded',
      'review@b.md skipped CONDITION_FALSE',
    ]);
  });

  it('avoids an error for a row that lacks a value which the prompt needs', async () => {
    const { sent } = await play(`${MODEL}
tasks:
  - {for_each: [{id: a, text: long}, {id: b}], if: item.id == "a", prompt: "{{ item.text }}"}
`);
    expect(sent).toEqual(['long']);
  });
});

describe('the same request', () => {
  it('is sent once, and all tasks with it get the answer', async () => {
    const { records, sent, summary } = await play(`${MODEL}
tasks: [What is 2+2?, Something else, What is 2+2?, {id: last, prompt: What is 2+2?}]
`);
    expect(sent).toEqual(['What is 2+2?', 'Something else']);
    expect(summary).toMatchObject({ succeeded: 4, attempts: 2, usage: { total_tokens: 30 } });
    const [first] = records;
    const shared = records.find(({ id }) => id === 'last');
    expect(shared).toMatchObject({
      index: 3,
      output: '<What is 2+2?>',
      fingerprint: first?.fingerprint,
      attempts: 0,
      cost_usd: 0,
      usage: { total_tokens: 0 },
      shared_with: 'task-1',
    });
  });

  it('shares its answer with a later task, and with the tasks that need that task', async () => {
    const { sent } = await play(`${MODEL}
tasks:
  - {id: one, prompt: same}
  - {id: two, needs: one, prompt: same}
  - {id: three, needs: two, prompt: "{{ needs.two.id }} {{ needs.two.output }} {{ needs.two.usage.output_tokens }}"}
`);
    expect(sent).toEqual(['same', 'two <same> 0']);
  });

  it('is sent for each sample that `repeat` requests', async () => {
    const { records, sent } = await play(`${MODEL}
tasks: [{id: joke, prompt: joke, repeat: 3}]
`);
    expect(sent).toEqual(['joke', 'joke', 'joke']);
    expect(records.map(({ id }) => id)).toEqual(['joke#1', 'joke#2', 'joke#3']);
    expect(new Set(records.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  });

  it('shares its failure with tasks that waited, but not with later ones', async () => {
    let asked = 0;
    const { records, sent } = await play(
      `${MODEL}
tasks: [{id: a, prompt: same}, {id: b, prompt: same}, {id: x, prompt: x}, {id: c, needs: x, prompt: same}]
`,
      {
        reply: (prompt) =>
          prompt === 'same' && (asked += 1) === 1 ? { status: 400, latencyMs: 500 } : {},
      },
    );
    expect(endings(records)).toEqual([
      'a failed BAD_REQUEST',
      'b failed BAD_REQUEST',
      'c succeeded',
      'x succeeded',
    ]);
    expect(sent.filter((prompt) => prompt === 'same')).toHaveLength(2);
  });

  it('is sent once per model', async () => {
    const { sent } = await play(`${MODEL}
tasks: [same, {prompt: same, model: mock/large}]
`);
    expect(sent).toEqual(['same', 'same']);
  });
});
