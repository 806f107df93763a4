import { describe, expect, it } from 'vitest';
import { parsed } from '../journal/records.ts';
import { SimulatedDisk } from '../support/simulated-disk.ts';
import {
  endings,
  play,
  RESULTS,
  type Played,
  type Reply,
  type WorldOptions,
} from './volley-world.ts';

const HEAD = 'providers: {mock: {type: mock}}\ndefaults: {model: mock/small, max_retries: 0}\n';
const GRAPH = `${HEAD}
tasks:
  - {id: review, for_each: [a, b], prompt: "review {{ item }}"}
  - {id: fix, for_each: {needs: review}, prompt: "fix {{ needs.review.output }}"}
  - {id: report, needs: [fix], prompt: "{% for f in needs.fix %}{{ f.output }}{% endfor %}"}
`;

type Options = Omit<WorldOptions, 'journal'> & { readonly mode?: 'resume' | 'retry-failed' };

function refusingB(prompt: string): Reply {
  return prompt === 'review b' ? { status: 400 } : {};
}

function plain(prompt: string): string {
  return prompt.replace('please ', '').replaceAll(/[<>]/g, '');
}

/** Runs that use one results file, one after the other. */
function runsOfOneFile() {
  const disk = new SimulatedDisk();
  return {
    disk,
    run: (text: string, { mode = 'resume', ...options }: Options = {}): Promise<Played> =>
      play(text, { ...options, journal: { disk, mode } }),
    records: () => parsed(disk.text(RESULTS)),
  };
}

describe('a resumed graph', () => {
  it('that is complete sends nothing', async () => {
    const { run, records } = runsOfOneFile();
    await run(GRAPH);
    const { sent, summary, events } = await run(GRAPH);
    expect(sent).toEqual([]);
    expect(events[0]).toMatchObject({ type: 'run_started', kept: 5, lanes: [{ tasks: 0 }] });
    expect(summary).toMatchObject({ tasks: 5, succeeded: 5, kept: 5, not_started: 0 });
    expect(records()).toHaveLength(5);
  });

  it('sends the task that failed, and then the tasks that were skipped because of it', async () => {
    const { run, records } = runsOfOneFile();
    const first = await run(GRAPH, { reply: refusingB });
    expect(endings(first.records)).toContain('report skipped DEPENDENCY_FAILED');
    const { sent } = await run(GRAPH);
    expect(sent).toEqual(['review b', 'fix <review b>', '<fix <review a>><fix <review b>>']);
    expect(endings(records()).filter((each) => !each.endsWith('succeeded'))).toEqual([]);
  });

  it('sends tasks that need a changed answer, unless their requests stay the same', async () => {
    const { run } = runsOfOneFile();
    await run(GRAPH);
    const edited = GRAPH.replace('"review {{ item }}"', '"please review {{ item }}"');
    const { sent, summary } = await run(edited, {
      reply: (prompt) =>
        prompt === 'please review a' ? { text: '<review a>' } : { text: `new ${plain(prompt)}` },
    });
    expect(sent).toEqual([
      'please review a',
      'please review b',
      'fix new review b',
      '<fix <review a>>new fix new review b',
    ]);
    expect(summary).toMatchObject({ succeeded: 5, kept: 1 });
  });

  it('uses an answer that another task left in the file', async () => {
    const { run, records } = runsOfOneFile();
    await run(`${HEAD}tasks: [{id: one, prompt: same}]\n`);
    const { sent } = await run(
      `${HEAD}tasks: [{id: one, prompt: same}, {id: two, prompt: same}]\n`,
    );
    expect(sent).toEqual([]);
    expect(records().map(({ id, shared_with: other }) => [id, other])).toEqual([
      ['one', undefined],
      ['two', 'one'],
    ]);
  });

  it('uses an answer as the first sample of its task when `repeat` is added', async () => {
    const { run, records } = runsOfOneFile();
    await run(`${HEAD}tasks: [{id: joke, prompt: joke}]\n`);
    const { sent } = await run(`${HEAD}tasks: [{id: joke, prompt: joke, repeat: 2}]\n`);
    expect(sent).toEqual(['joke']);
    expect(endings(records())).toEqual(['joke#1 succeeded', 'joke#2 succeeded']);
  });
});

describe('--retry-failed', () => {
  it('leaves out new rows, and tasks that would need them', async () => {
    const { run } = runsOfOneFile();
    await run(GRAPH, { reply: refusingB });
    const { sent, summary } = await run(GRAPH.replace('[a, b]', '[a, b, c]'), {
      mode: 'retry-failed',
    });
    expect(sent).toEqual(['review b', 'fix <review b>']);
    // The tasks for row c (review@c and fix@c) are not started, nor is the report, which needs
    // them.
    expect(summary).toMatchObject({ tasks: 7, succeeded: 4, kept: 2, not_started: 3 });
  });
});

describe('a selection with a results file', () => {
  it('takes the needs of its tasks from the file, and keeps the other records', async () => {
    const { run, records } = runsOfOneFile();
    await run(GRAPH, { only: ['fix'] });
    const { sent, summary } = await run(GRAPH, { only: ['report'] });
    expect(sent).toEqual(['<fix <review a>><fix <review b>>']);
    expect(summary).toMatchObject({ tasks: 5, kept: 4 });
    await run(GRAPH, { only: ['review@a'] });
    expect(records()).toHaveLength(5);
  });

  it('keeps the records that unselected tasks need, under any id', async () => {
    const { run } = runsOfOneFile();
    await run(`${HEAD}
tasks:
  - {id: a, model: mock/large, prompt: "review a"}
  - {id: b, prompt: "review b"}
`);
    const edited = `${HEAD}
tasks:
  - {id: b, model: mock/large, prompt: "review a"}
  - {id: a, prompt: "review c"}
`;
    // The new answer of `a` replaces the old one, which `b` finds in the companion.
    await run(edited, { only: ['a'] });
    expect((await run(edited)).sent).toEqual([]);
  });
});
