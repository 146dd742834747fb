import assert from "node:assert/strict";
import {test} from "node:test";

import {parse, Part} from "../src/document";

test("numbers are those of the JSON, whole ones beyond a double are their digits", () => {
  assert.deepEqual(
      parse(`{"seed":18446744073709551615,"n":9007199254740991,"x":0.12345678901234568,
            "t":"seed 18446744073709551615 \\"","e":1e-7,"m":-1234567890123456789,"z":null}`),
      {
        seed: "18446744073709551615",
        n: 9007199254740991,
        x: 0.12345678901234568,
        t: "seed 18446744073709551615 \"",
        e: 1e-7,
        m: "-1234567890123456789",
        z: null,
      });
});

test("a part that is not there has no value, and no member of one that is inherited", () => {
  const run = Part.whole({a: [1, {b: "x"}], t: true});
  assert.equal(run.at("a", 1, "b").text, "x");
  assert.equal(run.at("a", 1, "b").path, "/a/1/b");
  assert.equal(run.get("toString").exists, false);
  assert.equal(run.at("no", "where").exists, false);
  assert.equal(run.at("no", "where").text, "");
  assert.ok(Number.isNaN(run.get("t").number));
  assert.deepEqual(run.get("no").items, []);
});

test("places are JSON pointers, whatever a column is called", () => {
  const run = Part.whole({"a/b~c": {"d.e": 1}});
  assert.equal(run.at("a/b~c", "d.e").path, "/a~1b~0c/d.e");
});

test("what was not shown is told by its largest parts", () => {
  const run = Part.whole({
    models: [{name: "a", shap: {x: 1, y: [2, 3]}}, {name: "b"}],
    known: 1,
    empty: [],
    leakage: {found: ["c"]},
  });
  run.get("known").mark();
  for (const model of run.get("models").items) model.get("name").mark();
  assert.deepEqual(run.unshown().map((part) => part.path), ["/models/0/shap", "/leakage"]);
  run.at("models", 0, "shap", "x").mark();
  assert.deepEqual(run.unshown().map((part) => part.path), ["/models/0/shap/y", "/leakage"]);
  run.at("leakage", "found", 0).mark();
  run.at("models", 0, "shap", "y", 0).mark();
  run.at("models", 0, "shap", "y", 1).mark();
  assert.deepEqual(run.unshown(), []);
});
