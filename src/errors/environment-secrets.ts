/** The values of variables that sound like secrets, and the passwords in URLs. */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>): string[] {
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
