// Opens a report in Chromium, wide and narrow, light, dark and on paper, and holds it to the JSON
// that it was made from. usage: report_test.mjs PAGE.html RUN.json FOLDER_FOR_SCREENSHOTS
import assert from "node:assert/strict";
import {readFileSync, statSync, writeFileSync} from "node:fs";
import {basename, join} from "node:path";
import {pathToFileURL} from "node:url";
import {chromium} from "playwright-core";

const [page, jsonFile, folder] = process.argv.slice(2);
const run = JSON.parse(readFileSync(jsonFile, "utf8"));
const name = basename(page, ".html");

/** Every value of the JSON with its place (RFC 6901), as the page must show it. */
function leaves(value, path = "") {
  if (value === null || typeof value !== "object") return [[path, value]];
  const list = Array.isArray(value) ? value.map((v, i) => [String(i), v]) : Object.entries(value);
  return list.flatMap(
      ([key, v]) => leaves(v, `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`));
}

/** What the page shows at each place: the exact values, not their rounded texts. */
const shownValues = () => Object.fromEntries([...document.querySelectorAll("[data-at]")].map(
    (element) => [element.dataset.at, {
      value: element.getAttribute("value") ?? element.dataset.value ?? element.textContent,
      text: element.textContent,
    }]));

function sameValue(shown, value) {
  if (typeof value !== "number") return shown.value === String(value);
  // Whole numbers that a double does not hold are their digits.
  return Number(shown.value) === value;
}

/** A rounded text is the exact value, to the digits it has. */
function roundsTo(text, value) {
  const match = /^[+−]?([\d,]+(\.\d+)?)( %)?$/.exec(text);
  if (!match) return true;  // a size with its unit, a word
  const shown = Number(match[1].replaceAll(",", "")) / (match[3] ? 100 : 1);
  const digits = (match[2]?.length ?? 1) - 1 + (match[3] ? 2 : 0);
  return Math.abs(shown - Math.abs(value)) <= 0.5000001 * 10 ** -digits;
}

async function holdToJson(tab) {
  const shown = await tab.evaluate(shownValues);
  const all = leaves(run);
  let numbers = 0;
  for (const [path, value] of all) {
    assert.ok(shown[path], `${name}: ${path} = ${value} is not on the page`);
    assert.ok(
        sameValue(shown[path], value),
        `${name}: ${path} is ${value}, the page has ${shown[path].value}`);
    if (typeof value !== "number") continue;
    ++numbers;
    assert.ok(
        roundsTo(shown[path].text, value),
        `${name}: ${path} is ${value}, the page writes ${shown[path].text}`);
  }
  return {values: all.length, numbers};
}

/** Text and ground of every kind of text tell apart as WCAG 2.2 AA asks. */
const leastContrast = () => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\d.]+/g).slice(0, 3).map((c) => {
      const s = Number(c) / 255;
      return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const ground = getComputedStyle(e).backgroundColor;
      if (!/^rgba\(.*, 0\)$|transparent/.test(ground)) return ground;
    }
    return "rgb(255, 255, 255)";
  };
  let least = {ratio: 21, text: ""};
  for (const e of document.querySelectorAll("p, td, th, a, dd, dt, h1, h2, button, .said, .flag")) {
    if (!e.textContent.trim() || e.getClientRects().length === 0) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(groundOf(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < least.ratio) least = {ratio, text: `${e.tagName} ${e.textContent.slice(0, 40)}`};
  }
  return least;
};

/** Charts that stand somewhere are drawn; those behind a closed heading when it is opened. */
const allDrawn = () => [...document.querySelectorAll(".chart")].every(
    (one) => !one.checkVisibility() || one.childElementCount > 0);

async function holdWidth(tab, what) {
  const [page, window] =
      await tab.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(page <= window, `${what}: the page is ${page} px wide`);
}

async function look(browser, width, scheme) {
  const what = `${name} at ${width} px, ${scheme}`;
  const context = await browser.newContext({viewport: {width, height: 900}, colorScheme: scheme});
  const tab = await context.newPage();
  tab.setDefaultTimeout(120_000);  // a loaded machine is no failure
  const asked = [];
  const said = [];
  tab.on("request", (request) => asked.push(request.url()));
  tab.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  tab.on("pageerror", (error) => said.push(`error: ${error.message}`));
  tab.on("dialog", (dialog) => said.push(`dialog: ${dialog.message()}`) && dialog.dismiss());
  await tab.goto(pathToFileURL(page).href);
  await tab.waitForFunction(allDrawn);
  const counts = await holdToJson(tab);
  await holdWidth(tab, what);
  const contrast = await tab.evaluate(leastContrast);
  assert.ok(contrast.ratio >= 4.5, `${what}: contrast ${contrast.ratio} of ${contrast.text}`);
  await tab.screenshot({path: join(folder, `${name}-${width}-${scheme}.png`), fullPage: true});
  await tab.evaluate(() => document.querySelectorAll("details").forEach((one) => one.open = true));
  await tab.waitForFunction(allDrawn);
  await holdWidth(tab, `${what}, all open`);
  await tab.evaluate(() => scrollTo(0, 0));
  await holdKeyboard(tab, what);
  assert.deepEqual(said, [], what);
  assert.deepEqual(asked.filter((url) => !/^(file|data):/.test(url)), [], what);
  assert.equal(asked.filter((url) => url.startsWith("file:")).length, 1, what);
  await context.close();
  return counts;
}

/** The first stop of the tabulator is the button of colours, and it changes them. */
async function holdKeyboard(tab, what) {
  const ground = () => tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await ground();
  await tab.keyboard.press("Tab");
  const seen = new Set();
  for (let i = 0; i < 3; ++i) {
    await tab.keyboard.press("Enter");
    seen.add(await ground());
  }
  assert.equal(seen.size, 2, `${what}: the button of colours gave ${[...seen]}`);
  assert.equal(await ground(), before, what);
}

/**
 * What a newer lode adds to the JSON is on the page before anybody draws it, and told at its top.
 */
async function addUnknown(browser) {
  const added = {
    newer: {found: [{column: "leak <b>", gain: 0.25}, {column: "b", note: null}], sure: true},
    models: run.models.map(
        (model, i) => i === 0 ? {...model, newest: {deep: [[1, 2], {x: 3.5}]}} : model),
  };
  const json = JSON.stringify({...run, ...added}).replaceAll("<", "\\u003c");
  const html = readFileSync(page, "utf8")
                   .replace(
                       /(<script type="application\/json" id="run">).*?(<\/script>)/s,
                       (_, open, close) => open + json + close);
  const file = join(folder, `${name}-unknown.html`);
  writeFileSync(file, html);
  const tab = await browser.newPage();
  await tab.goto(pathToFileURL(file).href);
  const shown = await tab.evaluate(shownValues);
  for (const [path, value] of leaves(added.newer, "/newer"))
    assert.ok(sameValue(shown[path], value), `${path} of an unknown section`);
  const told = await tab.evaluate(() => document.querySelector("#verdict").textContent);
  assert.match(told, /\/newer/);
  if (run.models.length > 0) {
    assert.equal(shown["/models/0/newest/deep/0/1"].value, "2");
    assert.equal(shown["/models/0/newest/deep/1/x"].value, "3.5");
    assert.match(told, /\/models\/0\/newest/);
  }
  await tab.close();
}

/** On paper it is light, without what only a screen can do, and not wider than the paper. */
async function print(browser) {
  const tab = await browser.newPage({viewport: {width: 718, height: 1000}, colorScheme: "dark"});
  await tab.goto(pathToFileURL(page).href);
  await tab.emulateMedia({media: "print", colorScheme: "dark"});
  await tab.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const paper =
      await tab.evaluate(() => ({
                           ground: getComputedStyle(document.body).backgroundColor,
                           nav: getComputedStyle(document.querySelector("nav")).display,
                           tools: getComputedStyle(document.querySelector(".tools")).display,
                           fits: document.documentElement.scrollWidth <= innerWidth,
                           charts: [...document.querySelectorAll(".chart svg")].every(
                               (svg) => svg.getBoundingClientRect().right <= innerWidth + 1),
                         }));
  assert.deepEqual(
      paper, {ground: "rgb(255, 255, 255)", nav: "none", tools: "none", fits: true, charts: true});
  const pdf = await tab.pdf({path: join(folder, `${name}.pdf`), format: "A4"});
  const pages = pdf.toString("latin1").match(/\/Type \/Page\b/g).length;
  // About a page a section: more would be a chart or a table that does not break where it should.
  const sections = await tab.evaluate(() => document.querySelectorAll("section").length);
  assert.ok(pages <= sections + 2, `${name}: ${pages} pages`);
  await tab.close();
}

assert.ok(statSync(page).size < 2_000_000, `${page} has ${statSync(page).size} bytes`);
const browser = await chromium.launch({
  executablePath: process.env.LODE_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
try {
  let counts;
  for (const width of [1280, 390])
    for (const scheme of ["light", "dark"]) counts = await look(browser, width, scheme);
  await addUnknown(browser);
  await print(browser);
  console.log(`${name}: ${statSync(page).size} bytes; ${counts.values} values, of them ${
      counts.numbers} numbers, are on the page as the JSON has them`);
} finally {
  await browser.close();
}
