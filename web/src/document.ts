// The JSON of a run as a tree that remembers which of its values the page has shown, so that what
// no section knows is shown at the end and never left out.

export type Value = null|boolean|number|string|Value[]|{[key: string]: Value};

/** JSON of RFC 8259. Whole numbers beyond what a double holds exactly come as texts of digits. */
export function parse(text: string): Value {
  const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  const exact = text.replace(
      token, (one) => /^-?\d+$/.test(one) && !Number.isSafeInteger(Number(one)) ? `"${one}"` : one);
  return JSON.parse(exact) as Value;
}

/** A part of JSON Pointer (RFC 6901). */
function pointerPart(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

export class Part {
  private constructor(
      readonly value: Value|undefined, readonly path: string, private readonly shown: Set<string>) {
  }

  static whole(value: Value): Part {
    return new Part(value, "", new Set());
  }

  /** A member of an object or array; a part without a value where there is none. */
  get(key: string|number): Part {
    const inside = this.value;
    let value: Value|undefined;
    if (Array.isArray(inside))
      value = inside[Number(key)];
    else if (inside !== null && typeof inside === "object" && Object.hasOwn(inside, key))
      value = inside[key];
    return new Part(value, `${this.path}/${pointerPart(String(key))}`, this.shown);
  }

  at(...keys: (string|number)[]): Part {
    return keys.reduce<Part>((part, key) => part.get(key), this);
  }

  get exists(): boolean {
    return this.value !== undefined;
  }
  get isLeaf(): boolean {
    return this.value === null || typeof this.value !== "object";
  }
  /** NaN where there is no number. */
  get number(): number {
    return typeof this.value === "number" ? this.value : Number.NaN;
  }
  /** "" where there is nothing; digits as JSON has them. */
  get text(): string {
    return this.value === undefined || this.value === null ? "" : String(this.value);
  }
  get flag(): boolean {
    return this.value === true;
  }
  get items(): Part[] {
    return Array.isArray(this.value) ? this.value.map((_, i) => this.get(i)) : [];
  }
  get keys(): string[] {
    return this.value !== null && typeof this.value === "object" && !Array.isArray(this.value) ?
        Object.keys(this.value) :
        [];
  }
  get members(): [string, Part][] {
    return this.keys.map((key) => [key, this.get(key)]);
  }
  get children(): Part[] {
    return Array.isArray(this.value) ? this.items : this.members.map(([, part]) => part);
  }

  /** Says that the page shows this value. */
  mark(): this {
    this.shown.add(this.path);
    return this;
  }

  /** The largest parts none of whose values was shown. Nothing is in an empty array or object. */
  unshown(): Part[] {
    if (!this.exists || this.shown.has(this.path)) return [];
    if (this.isLeaf) return [this];
    const below = this.children.map((child) => child.unshown());
    const count = this.children.length;
    const whole = count > 0 &&
        below.every((list, i) => list.length === 1 && list[0]?.path === this.children[i]?.path);
    return whole ? [this] : below.flat();
  }
}
