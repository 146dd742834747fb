import assert from "node:assert/strict";
import {test} from "node:test";

import {Part, type Value} from "../src/document";
import * as reading from "../src/reading";

const {againstLive, beatsFloor, blockUnits, honest, promotions, ranked, rowsOf, said, suspected} =
    reading;

const of = (value: number|null, low = value, high = value): Value => ({value, low, high});

function model(name: string, loss: Value, more: {[key: string]: Value} = {}): Value {
  return {name, algorithm: "logistic", metrics: {test: {log_loss: loss}}, ...more};
}

const constant = model("base", of(0.5, 0.48, 0.52), {algorithm: "constant"});

test("the lowest log-loss is first, and what has none is last", () => {
  const run = Part.whole({
    models: [model("none", of(null)), model("b", of(0.43)), model("a", of(0.42)), {name: "bare"}],
  });
  assert.deepEqual(ranked(run).map((m) => m.get("name").text), ["a", "b", "none", "bare"]);
});

test("models of numbers stand behind those of labels, by their RMSE", () => {
  const guess = (name: string, rmse: number, more: {[key: string]: Value} = {}): Value => ({
    name,
    algorithm: "linear",
    task: "number",
    metrics: {test: {rmse: of(rmse, rmse - 1, rmse + 1), r2: of(0.1)}},
    ...more,
  });
  const mean = guess("usual", 9, {algorithm: "mean"});
  const run = Part.whole({models: [mean, guess("best", 0.3), model("label", of(0.6)), constant]});
  assert.deepEqual(ranked(run).map((m) => m.get("name").text), ["base", "label", "best", "usual"]);
  const [, , best, usual] = ranked(run);
  assert.ok(best && usual);
  assert.equal(beatsFloor(run, best), "yes", "its floor is the mean, not the constant");
  assert.equal(beatsFloor(run, usual), "nothing to compare");
  const again: Value = [{how: "b", metrics: {rmse: of(4)}}];
  const leaky = Part.whole(guess("m", 1, {leakage: {suspected: true, again}}));
  assert.equal(honest(leaky)?.get("how").text, "b");
  assert.equal(reading.higherIsBetter("r2"), true);
  assert.equal(reading.higherIsBetter("rmse"), false);
});

test("a suspected model is told, with what it is worth when it could be made again", () => {
  const again: Value =
      [{how: "a", why_not: "no memory"}, {how: "b", metrics: {log_loss: of(0.44)}}];
  const leaky = Part.whole(model("m", of(0.4), {leakage: {suspected: true, again}}));
  assert.equal(suspected(leaky), true);
  assert.equal(honest(leaky)?.get("how").text, "b");
  const clean = Part.whole(model("m", of(0.4), {leakage: {suspected: false, again: []}}));
  assert.equal(suspected(clean), false);
  assert.equal(honest(clean), undefined);
  assert.equal(suspected(Part.whole(model("m", of(0.4)))), false, "an older run has no section");
});

test("an interval of a difference says better, worse or nothing, by the metric's direction", () => {
  const difference = (low: number, high: number, more = {}) =>
      Part.whole({value: 0, low, high, ...more});
  assert.equal(said(difference(-2, -1), "log_loss"), "better");
  assert.equal(said(difference(1, 2), "log_loss"), "worse");
  assert.equal(said(difference(1, 2), "auc"), "better");
  assert.equal(said(difference(-1, 2), "auc"), "cannot be told apart");
  assert.equal(said(difference(0, 2), "auc"), "cannot be told apart");
  // The JSON's own word goes first.
  assert.equal(said(difference(1, 2, {clear: true, better: true}), "bias"), "better");
  assert.equal(said(difference(1, 2, {clear: true, better: false}), "auc"), "worse");
  assert.equal(said(difference(1, 2, {clear: false, better: true}), "auc"), "cannot be told apart");
});

test("a model beats the constant by its own comparison, else by intervals apart", () => {
  const run = Part.whole({
    models: [
      constant,
      model("far", of(0.4, 0.39, 0.41)),
      model("near", of(0.49, 0.47, 0.51)),
      model("bad", of(0.6, 0.58, 0.62)),
      model("paired", of(0.49, 0.47, 0.51), {
        against: {model: "base", difference: {log_loss: of(-0.01, -0.02, -0.005)}},
      }),
    ],
  });
  const [base, far, near, bad, paired] = run.get("models").items;
  assert.equal(beatsFloor(run, far!), "yes");
  assert.equal(beatsFloor(run, near!), "unclear");
  assert.equal(beatsFloor(run, bad!), "no");
  assert.equal(beatsFloor(run, paired!), "yes");
  assert.equal(beatsFloor(run, base!), "nothing to compare");
  assert.equal(beatsFloor(Part.whole({models: []}), far!), "nothing to compare");
});

test("rows are added up over sources", () => {
  const run = Part.whole({sources: [{rows: 10, accepted: 7}, {rows: 5, accepted: 5}]});
  assert.deepEqual(rowsOf(run), {rows: 15, accepted: 12, aside: 3});
});

test("promotions of a walk, and what would have been", () => {
  const walk = Part.whole({
    candidates: [{name: "frozen", more_than_live: of(0.002, 0.001, 0.003)}],
    periods: [
      {end: "b", looks: [{challenger: "x", promoted: false}, {challenger: "y", promoted: true}]},
      {end: "c", looks: []},
    ],
  });
  assert.deepEqual(
      promotions(walk).map(
          ({period, look}) => period.get("end").text + look.get("challenger").text),
      ["by"]);
  assert.equal(againstLive(walk.at("candidates", 0), "log_loss"), "worse");
  assert.equal(againstLive(walk.at("candidates", 0), "auc"), "better");
});

test("what intervals draw", () => {
  const of = (...units: string[]) =>
      blockUnits(Part.whole({models: units.map((unit) => ({block_unit: unit}))}));
  assert.equal(of("day", "day"), "whole days");
  assert.equal(of("row"), "rows");
  assert.equal(of("day", "customer"), "whole days, whole groups of customer");
  assert.equal(blockUnits(Part.whole({models: [{}]})), "whole days");
});
