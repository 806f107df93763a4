const FIRST_LENGTH = 64;

type Numbers = Uint8Array | Int32Array | Uint32Array | Float64Array;

/** Numbers that grow at the end, without the cost of a boxed value each. */
export interface Column<Values extends Numbers> {
  /** Replaced when it grows: do not keep it. */
  readonly values: Values;
  /** Makes room for this many. */
  reserve(length: number): void;
}

export function column<Values extends Numbers>(make: (length: number) => Values): Column<Values> {
  let values = make(FIRST_LENGTH);
  return {
    get values() {
      return values;
    },
    reserve(length) {
      if (length <= values.length) return;
      const larger = make(Math.max(length, values.length * 2));
      larger.set(values);
      values = larger;
    },
  };
}
