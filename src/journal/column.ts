const FIRST_LENGTH = 64;

type Numbers = Uint8Array | Int32Array | Uint32Array | Float64Array;

/**
 * Numbers that grow at the end, without the cost of a boxed value each. A class, as an accessor in an
 * object literal would give each column a hidden class of its own: the loops over a million lines are
 * fast only as long as all columns share one.
 */
export class Column<Values extends Numbers> {
  /** Replaced when it grows: do not keep it. */
  values: Values;
  readonly #make: (length: number) => Values;

  constructor(make: (length: number) => Values) {
    this.#make = make;
    this.values = make(FIRST_LENGTH);
  }

  /** Makes room for this many. */
  reserve(length: number): void {
    if (length <= this.values.length) return;
    const larger = this.#make(Math.max(length, this.values.length * 2));
    larger.set(this.values);
    this.values = larger;
  }
}
