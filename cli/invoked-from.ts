/**
 * Where the person stands who typed `npm run kindred -- ...`: npm starts a script in the folder of its package, and every path
 * typed is meant from elsewhere, say from a folder that `kindred new` made.
 */
export function invokedFrom(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { npm_package_name: name, npm_lifecycle_event: script, INIT_CWD: folder } = environment;
  // A package that uses this one may have a script of that name, and means its own folder.
  return name === 'kindred' && script === 'kindred' ? folder : undefined;
}
