import { describe, expect, it } from 'vitest';
import { parseArguments, type Arguments } from '../../src/cli/arguments.ts';
import { VolleyError } from '../../src/errors/volley-error.ts';

describe('the argument parser', () => {
  it('keeps values as typed: numbers, dashes and equal signs', () => {
    const args = parsed(
      'ask',
      '--context',
      '007',
      '--context=- a=b',
      '--model',
      'a/b',
      '1e3',
      '-5 is cold',
    );
    expect(args.values.get('context')).toEqual(['007', '- a=b']);
    expect(args.positionals).toEqual(['1e3', '-5 is cold']);
  });

  it('keeps a lone dash', () => {
    expect(parsed('run', '-').positionals).toEqual(['-']);
    expect(parsed('ask', 'first', '-').positionals).toEqual(['first', '-']);
  });

  it('takes everything after `--` literally', () => {
    const args = parsed('ask', '-q', '--', '--model', '-x');
    expect(args.positionals).toEqual(['--model', '-x']);
    expect(args.switches.get('quiet')).toBe(true);
  });

  it('knows short flags and the negated color flag', () => {
    const args = parsed('run', 'm.yaml', '-j', '8', '-o', 'out.jsonl', '-y', '--no-color');
    expect(args.values.get('max-concurrent')).toEqual(['8']);
    expect(args.values.get('output')).toEqual(['out.jsonl']);
    expect(args.switches.get('yes')).toBe(true);
    expect(args.switches.get('color')).toBe(false);
  });

  it('splits short flags that are written together', () => {
    const args = parsed('run', 'm.yaml', '-j8', '-qy');
    expect(args.values.get('max-concurrent')).toEqual(['8']);
    expect([...args.switches]).toEqual([
      ['yes', true],
      ['quiet', true],
    ]);
  });

  it.each([
    [['constructor'], 'unknown command `constructor`', '`volley --help` lists the commands'],
    [['run', '--constructor'], 'unknown flag `--constructor` for `volley run`', undefined],
    [
      ['run', 'x.yaml', '--max-concurent', '3'],
      'unknown flag `--max-concurent` for `volley run`',
      'did you mean `--max-concurrent`?',
    ],
    [
      ['run', 'x.yaml', '-z'],
      'unknown flag `-z` for `volley run`',
      '`volley run --help` lists its flags',
    ],
    [
      ['run', 'x.yaml', '--model', '--quiet'],
      '`--model` needs a value',
      'write `--model PROVIDER/MODEL`',
    ],
    [['run', 'x.yaml', '--quiet=yes'], '`--quiet` does not accept a value', 'write just `--quiet`'],
    [['run', 'x.yaml', '--no-quiet'], 'unknown flag `--no-quiet` for `volley run`', undefined],
    [
      ['validate', 'a.yaml', '--output', 'x'],
      'unknown flag `--output` for `volley validate`',
      undefined,
    ],
  ])('refuses %j', (argv, message, hint) => {
    const error = refused(argv);
    expect(error.message).toBe(message);
    expect(error.exitCode).toBe(2);
    if (hint !== undefined) expect(error.hint).toBe(hint);
  });
});

function parsed(...argv: string[]): Arguments {
  return parseArguments(argv);
}

function refused(argv: readonly string[]): VolleyError {
  try {
    parseArguments(argv);
  } catch (error) {
    if (error instanceof VolleyError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
