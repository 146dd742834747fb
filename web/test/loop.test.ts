// What of a run goes through which station of the loop.
import assert from "node:assert/strict";
import {test} from "node:test";

import {parse, Part} from "../src/document";
import {loopOf, stationOf} from "../src/loop_picture";

test("stations of a run belong to stations of the loop", () => {
  const of: [string, string, string][] = [
    ["ingest flights", "own", "ingest"], ["profile flights", "own", "ingest"],
    ["training set flights: read", "own", "features"], ["keep training sets", "own", "keep"],
    ["model late: encode", "own", "train"], ["model late: fit", "training", "train"],
    ["model late: fold 2, fit", "training", "train"], ["model late: tune, score", "own", "train"],
    ["model late: leaks, fit", "training", "judge"], ["model late: judge", "own", "judge"],
    ["model late: random split, encode", "own", "judge"],
    ["learning curve late: 1/8, fit", "training", "judge"], ["model late: monitor", "own", "watch"],
    ["model late: keep", "own", "keep"], ["leaderboard", "own", "judge"],
    ["retraining live: fit", "training", "decide"], ["scores to_call: score", "own", "keep"],
    ["estimate", "own", "ingest"]
  ];
  for (const [name, kind, station] of of ) assert.equal(stationOf(name, kind), station, name);
});

const run = Part.whole(parse(JSON.stringify({
  sources: [{rows: 1010, accepted: 1000}],
  training: [{columns: ["a", "b"]}],
  models: [
    {name: "m", version: 1, train_rows: 750, test_rows: 250, leakage: {suspected: true}},
    {
      name: "n",
      version: 2,
      train_rows: 700,
      test_rows: 250,
      monitor: {alarms: [{periods: 2}, {periods: 0}]}
    },
  ],
  leaderboards: [{label: "late", winner: "n"}],
  retraining: [],
  stations: [
    {name: "ingest f", kind: "own", seconds: 1},
    {name: "model m: fit", kind: "training", seconds: 2},
    {name: "model n: fit", kind: "training", seconds: 3},
    {name: "model n: judge", kind: "own", seconds: .5},
  ],
})));

test("the loop counts what went through and adds up its seconds", () => {
  const loop = loopOf(run);
  assert.deepEqual(
      loop.map((one) => one.name),
      ["Ingest", "Features", "Train", "Judge", "Decide", "Keep", "Watch"]);
  assert.deepEqual(loop[0]?.lines, ["1,000 rows accepted", "10 set aside"]);
  assert.deepEqual(loop[2]?.lines, ["2 models", "750 training rows"]);
  assert.equal(loop[2]?.seconds, 5);
  assert.deepEqual(loop[3]?.lines, ["250 test rows", "1 suspected of a leak"]);
  assert.deepEqual(loop[4]?.lines, ["late: n"]);
  assert.deepEqual(loop[6]?.lines, ["1 model", "1 alarm stood"]);
});

test("a station with nothing to do says so", () => {
  const none = loopOf(Part.whole(parse("{\"sources\": [], \"training\": [], \"models\": []}")));
  assert.ok(none.every((one) => one.nothing && one.seconds === 0));
});
