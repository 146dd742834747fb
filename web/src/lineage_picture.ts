// What models were made of as things and what went into what: no elements here, so that tests can
// read it.
import type {Part} from "./document";

export interface Thing {
  kind: string;
  name: string;
  hash: string;
}

export interface Picture {
  things: Map<string, Thing>;
  edges: Set<string>;
}

export const keyOf = (kind: string, name: string) => `${kind} ${name}`;

/** One picture of all models: what they share stands in it once. */
export function pictureOf(models: Part[]): Picture {
  const picture: Picture = {things: new Map(), edges: new Set()};
  const add = (kind: string, name: string, hash: string) => {
    const key = keyOf(kind, name);
    if (!picture.things.has(key)) picture.things.set(key, {kind, name, hash});
    return key;
  };
  const join = (from: string, to: string) => {
    if (picture.things.has(from)) picture.edges.add(`${from}\n${to}`);
  };
  for (const model of models) {
    const lineage = model.get("lineage");
    for (const source of lineage.get("sources").items) {
      const to = add("source", source.get("name").text, source.get("zone").text);
      for (const file of source.get("files").items)
        join(add("file", file.get("name").text, file.get("content").text), to);
    }
    const declared =
        lineage.get("definitions")
            .items.filter((one) => !["source", "model"].includes(one.get("kind").text));
    for (const one of declared)
      add(one.get("kind").text, one.get("name").text, one.get("hash").text);
    const training = keyOf("training", lineage.get("training").text);
    for (const one of declared) {
      const key = keyOf(one.get("kind").text, one.get("name").text);
      for (const kind of ["source", "label"]) join(keyOf(kind, one.get("of").text), key);
      if (key !== training) join(key, training);
    }
    join(training, add("model", model.get("name").text, model.get("content").text));
  }
  return picture;
}
