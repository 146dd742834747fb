// The first thing on the page: what came of it, in sentences, and what to know before believing
// them.
import type {Part} from "../document";
import {type Child, details, el, estimate, fig, when, words} from "../dom";

import {day, differenceFormat, fixed, metricFormat, metricName, signed, whole} from "../figures";
import {headlines} from "./leaderboard";
import {againstLive, beatsFloor, floor, higherIsBetter, honest, lossOf, notes} from "../reading";
import {ofNumbers, promotions, rankOf, ranked, rowsOf, said, suspected} from "../reading";
import {testMetric} from "../reading";

function bestSentence(run: Part, best: Part): Child {
  const count = run.get("models").items.filter((m) => ofNumbers(m) === ofNumbers(best)).length;
  const loss = lossOf(best);
  const rank = rankOf(best);
  const name = el("b", {}, words(best.get("name")));
  const sentence: Child[] = [
    count === 1 ? ["The one model, ", name, `, has ${article(loss)} ${metricName(loss)} of `] :
                  [`Of ${count} models, `, name, ` has the lowest ${metricName(loss)}: `],
    estimate(testMetric(best, loss), metricFormat(loss)), " on rows it has not seen"
  ];
  if (testMetric(best, rank).exists)
    sentence.push(
        `; its ${metricName(rank)} is `, estimate(testMetric(best, rank), metricFormat(rank)));
  sentence.push(".");
  return sentence;
}

function floorSentence(run: Part, best: Part): Child {
  const constant = floor(run, best);
  const kind = ofNumbers(best) ? "mean" : "constant";
  if (!constant)
    return `No model here is the ${kind}, so nothing says what knowing nothing is worth.`;
  const loss = lossOf(best);
  const its: Child = [
    " (", words(constant.get("name")), `, ${metricName(loss)} `,
    fig(testMetric(constant, loss).get("value"), metricFormat(loss)), ")"
  ];
  switch (beatsFloor(run, best)) {
    case "yes":
      return ["It does better than knowing nothing", its, "."];
    case "no":
      return ["It does ", el("b", {}, "worse"), " than knowing nothing", its, "."];
    case "unclear":
      return ["It cannot be told apart from knowing nothing", its, "."];
    default:
      return [`It is the ${kind} itself: no other model does better`, its, "."];
  }
}

function againstSentence(model: Part): Child {
  const other = model.at("against", "model");
  const loss = lossOf(model);
  const difference = model.at("against", "difference", loss);
  if (!other.exists || !difference.exists) return null;
  const word = said(difference, loss);
  return [
    el("b", {}, words(model.get("name"))), " against ", words(other),
    `, on the same rows: ${metricName(loss)} `, estimate(difference, differenceFormat(loss)),
    word === "cannot be told apart" ? ", which cannot be told apart." : `, which is ${word}.`
  ];
}

function cautions(model: Part): HTMLElement|null {
  const list = notes(model);
  if (list.length === 0 && !suspected(model)) return null;
  return el(
      "div", {class: "caution"}, el("strong", {}, "Before trusting it. "),
      suspected(model) ? el("p", {}, leakSentence(model)) : null,
      list.map((note) => el("p", {}, words(note))));
}

function leakSentence(model: Part): Child {
  const link = el("a", {href: "#leakage"}, "a leak");
  const again = honest(model);
  // By name: what the headline speaks of is the winner, and a suspect cannot win.
  const name = el("b", {}, model.get("name").text);
  if (!again) return [name, " is suspected of ", link, "."];
  return [
    name, " is suspected of ", link, ". Made again (", words(again.get("how")),
    `) its ${metricName(lossOf(model))} is `,
    estimate(again.at("metrics", lossOf(model)), metricFormat(lossOf(model))), "."
  ];
}

/** "a log-loss", "an RMSE". */
const article = (metric: string) => metric === "rmse" ? "an" : "a";

/** Of the models of one task, or of either one after the other. */
function modelVerdict(run: Part): Child {
  const all = ranked(run);
  return [false, true].map(
      (numbers) => taskVerdict(run, all.filter((model) => ofNumbers(model) === numbers)));
}

function taskVerdict(run: Part, models: Part[]): Child {
  const best = models[0];
  if (!best) return null;
  const trusted = models.find((model) => notes(model).length === 0 && !suspected(model));
  const boards = headlines(run, models);
  const winners = run.get("leaderboards").items.map((board) => board.get("winner").text);
  // What the headline speaks of.
  const subject = models.find((model) => winners.includes(model.get("name").text)) ?? best;
  return [
    boards.length > 0 ? boards : el("p", {class: "headline"}, bestSentence(run, best)),
    cautions(subject),
    el("p", {}, boards.length > 0 ? null : [floorSentence(run, best), " "],
       againstSentence(subject)),
    trusted && trusted.path !== subject.path && trusted.path !== best.path ?
        el("p", {}, "Of those without a suspicion or a note, ",
           el("b", {}, words(trusted.get("name"))), " is best: ",
           estimate(testMetric(trusted, lossOf(trusted)), metricFormat(lossOf(trusted))), ". ",
           againstSentence(trusted)) :
        null,
  ];
}

function walkVerdict(walk: Part): Child {
  const metric = walk.get("metric").text;
  const made = promotions(walk);
  const candidates = walk.get("candidates").items.map((candidate) => {
    const word = againstLive(candidate, metric);
    return el(
        "li", {}, words(candidate.get("name")), ": ",
        estimate(candidate.get("always_live"), fixed(5)), ", ",
        estimate(candidate.get("more_than_live"), signed(5)),
        word === "cannot be told apart" ? ": cannot be told apart from what was live" :
                                          `: ${word} than what was live`);
  });
  return [
    el("p", {class: "headline"}, "Retraining ", el("b", {}, words(walk.get("name"))), ": over ",
       fig(walk.get("rows"), whole), " rows of ", String(walk.get("periods").items.length),
       " periods, what the gate made live has a ", metricName(metric), " of ",
       estimate(walk.get("live_metric"), fixed(5)),
       higherIsBetter(metric) ? " (more is better)." : "."),
    el("p", {},
       made.length === 0 ? "The gate promoted nobody." :
                           [
                             "The gate promoted ",
                             made.map(
                                 ({period, look}, i) =>
                                     [i > 0 ? ", " : "", el("b", {}, words(look.get("challenger"))),
                                      " on ", when(period.get("end"), day)]),
                             "."
                           ],
       " Had one of them been live always:"),
    el("ul", {}, candidates),
  ];
}

function dataVerdict(run: Part): Child {
  const {rows, accepted, aside} = rowsOf(run);
  if (run.get("sources").items.length === 0) return null;
  return el(
      "p", {}, `${whole(accepted)} of ${whole(rows)} rows were accepted`,
      aside > 0 ? [", ", el("a", {href: "#data"}, `${whole(aside)} set aside`), "."] :
                  ", none set aside.");
}

/** Sentences of lode.yaml: what was decided about the data, and by whom it is overruled. */
function decisions(run: Part): Child {
  const list = run.get("notes").items;
  if (list.length === 0) return null;
  return details(
      `What was decided about the data (${list.length})`,
      el("ul", {}, list.map((note) => el("li", {}, words(note)))));
}

/** Tells of parts that no section draws: one of them may be a warning. */
export function undrawn(parts: Part[]): HTMLElement {
  return el(
      "p", {class: "caution"}, "This page does not know how to draw ",
      parts.length === 1 ? "a part" : `${parts.length} parts`, " of what the run says: ",
      parts.map((part, i) => [i > 0 ? ", " : "", el("code", {}, part.path)]), ". See ",
      el("a", {href: "#rest"}, "the end of the page"), ".");
}

export function verdict(run: Part): HTMLElement {
  const models = run.get("models").items;
  const walks = run.get("retraining").items;
  return el(
      "div", {class: "verdict"},
      models.length === 0 ?
          el("p", {class: "headline"}, "No model was made: the project declares none. This run ",
             "brought its data up to date.") :
          modelVerdict(run),
      walks.map(walkVerdict), dataVerdict(run), decisions(run));
}
