import assert from "node:assert/strict";
import {test} from "node:test";

import {Part} from "../src/document";
import * as figures from "../src/figures";

const {bytes, exact, fixed, percent, plain, seconds, signed, significant, whole} = figures;

test("numbers as people read them", () => {
  assert.equal(whole(2545659), "2,545,659");
  assert.equal(whole(-1234), "−1,234");
  assert.equal(whole(999), "999");
  assert.equal(fixed(4)(0.73152), "0.7315");
  assert.equal(fixed(2)(-1), "−1.00");
  assert.equal(signed(4)(0.01), "+0.0100");
  assert.equal(signed(4)(-0.01), "−0.0100");
  assert.equal(signed(1)(0), "0.0");
  assert.equal(significant(3)(1234.5), "1,235");
  assert.equal(significant(3)(-0.012345), "−0.0123");
  assert.equal(significant(3)(0), "0");
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
