/** What may be shown where: colours, moving progress bars, or plain lines. Decided once, from the environment and the stream. */

export interface Terminal {
  /** A bar may redraw itself. */
  readonly interactive: boolean;
  readonly colour: boolean;
  /** No progress at all. */
  readonly quiet: boolean;
  readonly columns: number;
}

export interface TerminalSource {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stream: { readonly isTTY?: boolean; readonly columns?: number };
  readonly quiet: boolean;
}

const COLUMNS_DEFAULT = 80;

/** NO_COLOR (no-color.org: set and not empty) stops colours; CI and TERM=dumb stop everything that moves; --quiet stops progress. */
export function describeTerminal({ environment, stream, quiet }: TerminalSource): Terminal {
  const tty = stream.isTTY === true && environment['TERM'] !== 'dumb';
  return {
    interactive: tty && !isSet(environment['CI']) && !quiet,
    colour: tty && !isSet(environment['NO_COLOR']),
    quiet,
    columns: stream.columns ?? COLUMNS_DEFAULT,
  };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}

const CODES = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;

export function paint(terminal: Pick<Terminal, 'colour'>, style: keyof typeof CODES, text: string): string {
  return terminal.colour ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
}
