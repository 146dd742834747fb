import assert from "node:assert/strict";
import {test} from "node:test";

import {Part, type Value} from "../src/document";
import {pictureOf} from "../src/lineage_picture";

function model(name: string): Value {
  return {
    name,
    content: `${name}-content`,
    lineage: {
      training: "orders",
      sources: [{name: "orders", zone: "z", files: [{name: "a.csv", content: "f"}]}],
      definitions: [
        {kind: "source", name: "orders", hash: "s"},
        {kind: "label", name: "returned", hash: "l", of: "orders"},
        {kind: "view", name: "history", hash: "v", of: "returned"},
        {kind: "training", name: "orders", hash: "t", of: "orders"},
        {kind: "model", name, hash: "m"},
      ],
    },
  };
}

test("models that share what they are made of share it in the picture", () => {
  const picture = pictureOf(Part.whole([model("a"), model("b")]).items);
  assert.deepEqual([...picture.things.keys()], [
    "source orders", "file a.csv", "label returned", "view history", "training orders", "model a",
    "model b"
  ]);
  assert.equal(picture.things.get("source orders")?.hash, "z");
  assert.deepEqual([...picture.edges].map((edge) => edge.replace("\n", " > ")).sort(), [
    "file a.csv > source orders", "label returned > training orders",
    "label returned > view history", "source orders > label returned",
    "source orders > training orders", "training orders > model a", "training orders > model b",
    "view history > training orders"
  ]);
});

test("a version whose declarations do not say what they are over is still drawn", () => {
  const bare: Value = {
    name: "a",
    content: "c",
    lineage: {training: "t", sources: [], definitions: [{kind: "training", name: "t", hash: "h"}]}
  };
  const picture = pictureOf(Part.whole([bare]).items);
  assert.deepEqual([...picture.edges], ["training t\nmodel a"]);
});
