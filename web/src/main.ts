// Draws the report of a run from the JSON inside the page.
import "./page.css";

import {Legend, redrawAll} from "./charts";
import {parse, Part} from "./document";
import {append, type Child, el, fig, words} from "./dom";
import {minute, seconds} from "./figures";
import {data, trainingSets} from "./sections/data";
import {declaredScores} from "./sections/declared_scores";
import {drivers} from "./sections/drivers";
import {calibrators, cards, decisions, groups, labelIssues, slices} from "./sections/evaluation";
import {leaderboards} from "./sections/leaderboard";
import {leakage} from "./sections/leakage";
import {learning} from "./sections/learning";
import {lineage} from "./sections/lineage";
import {loop} from "./sections/loop";
import {cautions, comparisons, models, recipes} from "./sections/models";
import {monitor} from "./sections/monitor";
import {predictedAgainstTrue, weeksOfNumbers} from "./sections/numbers";
import {profiles} from "./sections/profile";
import {rest} from "./sections/rest";
import {retraining} from "./sections/retraining";
import {calibration, thresholds, weeks} from "./sections/scores";
import {splits} from "./sections/splits";
import {timings} from "./sections/timings";
import {givenUp, tuning} from "./sections/tuning";
import {undrawn, verdict} from "./sections/verdict";

interface Section {
  id: string;
  title: string;
  content: Child;
}

function sectionsOf(run: Part): Section[] {
  const legend = new Legend(run.get("models").items.map((model) => model.get("name").text));
  const walks =
      run.get("retraining")
          .items.map((walk, i) => ({
                       id: `walk-${i + 1}`,
                       title: `Retraining ${walk.get("name").text}`,
                       content: retraining(
                           walk,
                           new Legend(walk.get("candidates")
                                          .items.map((candidate) => candidate.get("name").text)))
                     }));
  const top = verdict(run);
  const sections: Section[] = [
    {id: "verdict", title: "Verdict", content: top},
    {id: "loop", title: "The loop", content: loop(run)},
    ...walks,
    {id: "leaderboard", title: "Leaderboard", content: leaderboards(run)},
    {id: "models", title: "Models", content: models(run, legend)},
    {id: "learning", title: "Would more rows help?", content: learning(run, legend)},
    {id: "given-up", title: "Within the time", content: givenUp(run)},
    {id: "tuning", title: "Options tried", content: tuning(run)},
    {id: "notes", title: "To know before trusting a figure", content: cautions(run)},
    {id: "leakage", title: "Leakage", content: leakage(run)},
    {id: "against", title: "Against each other", content: comparisons(run, legend)},
    {id: "weeks", title: "Week by week", content: weeks(run, legend)},
    {id: "weeks-numbers", title: "Numbers, week by week", content: weeksOfNumbers(run, legend)},
    {id: "predicted", title: "Predicted against true", content: predictedAgainstTrue(run, legend)},
    {id: "monitor", title: "Drift and alarms", content: monitor(run, legend)},
    {id: "calibration", title: "Calibration", content: calibration(run, legend)},
    {id: "calibrators", title: "Calibrators", content: calibrators(run)},
    {id: "decisions", title: "Decisions", content: decisions(run)},
    {id: "thresholds", title: "ROC, precision and recall", content: thresholds(run, legend)},
    {id: "drivers", title: "What moves the answers", content: drivers(run, legend)},
    {id: "slices", title: "Worst slices", content: slices(run)},
    {id: "labels", title: "Labels that look wrong", content: labelIssues(run)},
    {id: "groups", title: "Groups", content: groups(run)},
    {id: "cards", title: "Model cards", content: cards(run)},
    {id: "scores", title: "Scores", content: declaredScores(run)},
    {id: "splits", title: "Splits", content: splits(run)},
    {id: "data", title: "Data quality", content: data(run)},
    {id: "columns", title: "Columns", content: profiles(run)},
    {id: "training", title: "Training sets and features", content: trainingSets(run)},
    {id: "lineage", title: "Lineage", content: lineage(run)},
    {id: "recipes", title: "How to make it again", content: recipes(run)},
    {id: "time", title: "Time and memory", content: timings(run)},
  ];
  const left = run.unshown();
  if (left.length === 0) return sections;
  top.append(undrawn(left));
  return [...sections, {id: "rest", title: "Not drawn by this page", content: rest(left)}];
}

function header(run: Part): HTMLElement {
  return el(
      "header", {}, el("p", {class: "kind"}, "lode report"),
      el("h1", {}, words(run.get("project")),
         el("span", {class: "quiet"}, " run ", fig(run.get("run"), String))),
      el("p", {class: "quiet"}, "Began ",
         words(run.get("started"), minute(run.get("started").text)), " UTC, took ",
         fig(run.get("seconds"), seconds), " s; lode ", words(run.get("lode")),
         ", engine semantics ", words(run.get("engine_semantics")), ", time zones ",
         words(run.get("time_zones"))),
      el("div", {class: "tools"}, schemeButton(), printButton()));
}

function printButton(): HTMLElement {
  const button = el("button", {type: "button"}, "Print");
  button.addEventListener("click", () => window.print());
  return button;
}

/** Light, dark, or as the machine has it. */
function schemeButton(): HTMLElement {
  const schemes = ["auto", "light", "dark"];
  let at = 0;
  const button = el("button", {type: "button"});
  const say = () => {
    const scheme = schemes[at] ?? "auto";
    if (scheme === "auto")
      delete document.documentElement.dataset["scheme"];
    else
      document.documentElement.dataset["scheme"] = scheme;
    button.textContent = `Colours: ${scheme}`;
  };
  button.addEventListener("click", () => {
    at = (at + 1) % schemes.length;
    say();
  });
  say();
  return button;
}

/** The header is made first: what it shows is not left for the end of the page. */
function draw(run: Part, page: HTMLElement): void {
  const top = header(run);
  const sections = sectionsOf(run);
  const filled = sections.filter(
      ({content}) => content !== null && content !== undefined &&
          !(Array.isArray(content) && content.length === 0));
  page.append(
      top,
      el("nav", {"aria-label": "Sections"},
         el("ul", {}, filled.map(({id, title}) => el("li", {}, el("a", {href: `#${id}`}, title))))),
      el("div", {class: "sections"}, filled.map(({id, title, content}) => {
        const heading = el("h2", {id: `${id}-title`}, title);
        const made = el("section", {id, "aria-labelledby": `${id}-title`}, heading);
        append(made, content);
        return made;
      })),
      el("footer", {}, "All figures are those of ", el("code", {}, "lode run --json"),
         ", which this file holds; each shows its exact value when pointed at. Nothing here was " +
             "fetched, and nothing is sent."));
  document.title = `${run.get("project").text}, run ${run.get("run").text} · lode report`;
}

function main(): void {
  const page = document.getElementById("page");
  const json = document.getElementById("run")?.textContent ?? "null";
  if (!page) return;
  const value = parse(json);
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    page.append(
        el("p", {}, "There is no run in this page. ", el("code", {}, "lode report"),
           " makes one that has."));
    return;
  }
  draw(Part.whole(value), page);
  // On paper charts are as wide as it is; what is closed stays closed, or it would be sixty pages.
  addEventListener("beforeprint", redrawAll);
}

main();
