import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ResultRecord } from '../../src/results/record.ts';

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
const validRecord = ajv.compile<ResultRecord>(schema('result'));

/** The record on one line of JSONL; throws with the schema's complaint when it is not a valid one. */
export function checkRecordLine(line: string): ResultRecord {
  if (!/^[^\n]+\n?$/.test(line)) throw new Error(`not exactly one line: ${JSON.stringify(line)}`);
  const value: unknown = JSON.parse(line);
  if (!validRecord(value)) throw new Error(`${ajv.errorsText(validRecord.errors)}\n${line}`);
  return value;
}

function schema(name: string): object {
  const text = readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8');
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error(`${name} is not a schema`);
  return value;
}
