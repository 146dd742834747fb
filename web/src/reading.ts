// What the figures of a run say, worked out from its JSON and nothing else: which model is best,
// which of two is better, what a reader must know first. No elements here, so that tests can read
// it.
import type {Part} from "./document";

/** Metrics of which more is better; of all others less is. */
const HIGHER =
    new Set(["auc", "average_precision", "accuracy", "precision", "recall", "f1", "r2", "ndcg"]);

export function higherIsBetter(metric: string): boolean {
  return HIGHER.has(metric);
}

export type Said = "better"|"worse"|"cannot be told apart";

/** What an interval of a difference (this less the other) says. The JSON's own word goes first. */
export function said(difference: Part, metric: string): Said {
  const clear = difference.get("clear");
  const better = difference.get("better");
  if (clear.exists && better.exists) {
    if (!clear.flag) return "cannot be told apart";
    return better.flag ? "better" : "worse";
  }
  const low = difference.get("low").number;
  const high = difference.get("high").number;
  if (!(low > 0) && !(high < 0)) return "cannot be told apart";
  return low > 0 === higherIsBetter(metric) ? "better" : "worse";
}

export const nameOf = (model: Part) => model.get("name").text;

/** A list of the picture of a model's scores: its thresholds, calibration or periods. */
export const profile = (model: Part, of: string) => model.at("profile", of).items;

export function testMetric(model: Part, metric: string): Part {
  return model.at("metrics", "test", metric);
}

/** Whether a model's targets are numbers; runs from before there were such do not say. */
export function ofNumbers(model: Part): boolean {
  return model.get("task").text === "number";
}

/** The metric that models of a task are ranked by, less being better, and the one beside it. */
export function lossOf(model: Part): string {
  return ofNumbers(model) ? "rmse" : "log_loss";
}
export function rankOf(model: Part): string {
  return ofNumbers(model) ? "r2" : "auc";
}

/**
 * Models by their loss on rows they have not seen, the best first; those without it last, and those
 * of numbers behind those of labels: a log-loss and an RMSE cannot be held against each other.
 */
export function ranked(run: Part): Part[] {
  const loss = (model: Part) => testMetric(model, lossOf(model)).get("value").number;
  return [...run.get("models").items].sort((a, b) => {
    if (ofNumbers(a) !== ofNumbers(b)) return Number(ofNumbers(a)) - Number(ofNumbers(b));
    const [x, y] = [loss(a), loss(b)];
    if (Number.isNaN(x) || Number.isNaN(y))
      return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return x - y;
  });
}

/** Notes of a model: what somebody, or the trainer, wants known before it is trusted. */
export function notes(model: Part): Part[] {
  return model.get("notes").items.filter((note) => note.text !== "");
}

/** Whether a leak detector suspects a model. */
export function suspected(model: Part): boolean {
  return model.at("leakage", "suspected").flag;
}

/** A suspected model made again without its leak, where it could be: the most of it first. */
export function honest(model: Part): Part|undefined {
  return model.at("leakage", "again").items.find((one) => one.at("metrics", lossOf(model)).exists);
}

/** The model of the same task that knows nothing of a row, if the run has one. */
export function floor(run: Part, model: Part): Part|undefined {
  const nothing = ofNumbers(model) ? "mean" : "constant";
  return run.get("models").items.find((other) => other.get("algorithm").text === nothing);
}

export type Beats = "yes"|"no"|"unclear"|"nothing to compare";

/**
 * Whether a model is better than the constant on the same rows: by its own paired comparison if it
 * has one, else only if the two intervals leave each other out.
 */
export function beatsFloor(run: Part, model: Part): Beats {
  const constant = floor(run, model);
  if (!constant || constant.path === model.path) return "nothing to compare";
  const loss = lossOf(model);
  if (model.at("against", "model").text === constant.get("name").text) {
    const word = said(model.at("against", "difference", loss), loss);
    return word === "better" ? "yes" : word === "worse" ? "no" : "unclear";
  }
  const mine = testMetric(model, loss);
  const its = testMetric(constant, loss);
  if (mine.get("high").number < its.get("low").number) return "yes";
  if (mine.get("low").number > its.get("high").number) return "no";
  return "unclear";
}

/** Rows, accepted rows and rows set aside, over all sources. */
export function rowsOf(run: Part): {rows: number; accepted: number; aside: number} {
  let rows = 0;
  let accepted = 0;
  for (const source of run.get("sources").items) {
    rows += source.get("rows").number;
    accepted += source.get("accepted").number;
  }
  return {rows, accepted, aside: rows - accepted};
}

/** Looks of a walk that promoted, with the period at whose end they were. */
export function promotions(walk: Part): {period: Part; look: Part}[] {
  return walk.get("periods").items.flatMap(
      (period) =>
          period.get("looks").items.filter((look) => look.get("promoted").flag).map((look) => ({
                                                                                      period,
                                                                                      look
                                                                                    })));
}

/** Of a walk's candidate had it been live always: better or worse than what was live. */
export function againstLive(candidate: Part, metric: string): Said {
  return said(candidate.get("more_than_live"), metric);
}

/** Metrics any model has on a split, in the order of the first that has them. */
export function metricsOf(models: Part[], split: string): string[] {
  return [...new Set(models.flatMap((model) => model.at("metrics", split).keys))];
}

/** What intervals draw: "whole days", "rows", "whole groups of customer", or several of them. */
export function blockUnits(run: Part): string {
  const named = (unit: string) => unit === "row" ? "rows" :
      unit === "day" || unit === ""              ? "whole days" :
                                                   `whole groups of ${unit}`;
  const units = run.get("models").items.map((model) => named(model.get("block_unit").text));
  return [...new Set(units)].join(", ");
}
