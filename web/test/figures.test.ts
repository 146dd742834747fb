import assert from "node:assert/strict";
import {test} from "node:test";

import {Part} from "../src/document";
import {bytes, differenceFormat, digits, exact, fixed, metricFormat} from "../src/figures";
import {percent, plain, seconds, signed, whole} from "../src/figures";

test("what is in the target's unit has four digits whatever its size", () => {
  assert.equal(digits(4)(1529.3), "1529");
  assert.equal(digits(4)(-28.256), "−28.26");
  assert.equal(digits(4)(0.00012346), "0.0001235");
  assert.equal(digits(4)(0), "0");
  assert.equal(metricFormat("rmse")(1529.3), "1529");
  assert.equal(metricFormat("r2")(0.22915), "0.2291");
  assert.equal(differenceFormat("mae")(135.94), "+135.9");
  assert.equal(differenceFormat("mae")(-135.94), "−135.9");
  assert.equal(differenceFormat("auc")(0.01), "+0.0100");
});

test("numbers as people read them", () => {
  assert.equal(whole(2545659), "2,545,659");
  assert.equal(whole(-1234), "−1,234");
  assert.equal(whole(999), "999");
  assert.equal(fixed(4)(0.73152), "0.7315");
  assert.equal(fixed(2)(-1), "−1.00");
  assert.equal(signed(4)(0.01), "+0.0100");
  assert.equal(signed(4)(-0.01), "−0.0100");
  assert.equal(signed(1)(0), "0.0");
  assert.equal(percent(0.1234), "12.3 %");
  assert.equal(seconds(3.14159), "3.14");
  assert.equal(seconds(43.31), "43.3");
  assert.equal(bytes(0), "0 bytes");
  assert.equal(bytes(1536), "1.5 KiB");
  assert.equal(bytes(4294967296), "4.0 GiB");
  assert.equal(bytes(300 * 1024 * 1024), "300 MiB");
});

test("numbers nobody has said anything about", () => {
  assert.equal(plain(1234567), "1,234,567");
  assert.equal(plain(0.0250001), "0.025");
  assert.equal(plain(-0.00001234), "−1.234e−5");
  assert.equal(plain(0), "0");
  assert.equal(plain(1e20), "100000000000000000000");
});

test("the exact value is the JSON's", () => {
  const run = Part.whole({x: 0.12345678901234568, none: null, flag: false, text: "a"});
  assert.deepEqual(
      ["x", "none", "flag", "text", "nowhere"].map((key) => exact(run.get(key))),
      ["0.12345678901234568", "null", "false", "a", "null"]);
});
