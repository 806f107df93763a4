import { createRedactor, type Redactor } from '../errors/redact.ts';

/** Takes the values of secret variables out of what is printed: those that sound like one, and passwords in URLs. */
export function environmentRedactor(): Redactor {
  return createRedactor(secretsOf(process.env));
}

function secretsOf(environment: NodeJS.ProcessEnv): string[] {
  return Object.entries(environment).flatMap(([name, value = '']) => {
    const isSecret = /KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL/i.test(name) && value.length >= 8;
    return isSecret ? [value] : passwordsIn(value);
  });
}

/** `https://user:password@host`. */
function passwordsIn(value: string): readonly string[] {
  return [...value.matchAll(/(?:^|\/\/)[^\s/@:]{0,200}:([^\s/@]{8,200})@/g)].flatMap(
    ([, password]) => password ?? [],
  );
}
