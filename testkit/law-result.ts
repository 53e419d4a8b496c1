/** What every law suite of the testkit answers: one entry per law, in a fixed order, also where a law throws. */
export interface Verdict {
  readonly passed: boolean;
  /** The figure that decided, or why there was nothing to decide. */
  readonly detail: string;
}

export interface LawResult extends Verdict {
  readonly law: string;
}

/** Runs one law; what it throws is its failure, so that a suite always tells about all of its laws. */
export function lawResult(law: string, check: () => Verdict): LawResult {
  try {
    return { law, ...check() };
  } catch (error) {
    return { law, passed: false, detail: `threw ${String(error)}` };
  }
}

/** Bitwise: -0 is not 0. */
export function sameBits(actual: Float64Array, expected: Float64Array): Verdict {
  const different = actual.length === expected.length ? actual.filter((x, i) => !Object.is(x, expected[i])).length : NaN;
  return { passed: different === 0, detail: `${different} entries differ` };
}
