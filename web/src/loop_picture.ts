// The loop of a run as stations: what went through each, and how long it took. No elements here, so
// that tests can read it.
import type {Part} from "./document";
import {promotions, rowsOf} from "./reading";

export interface LoopStation {
  name: string;
  lines: string[];  // what went through it
  seconds: number;
  nothing: boolean;  // there was nothing for it to do
}

type Of = "ingest"|"features"|"train"|"judge"|"decide"|"keep"|"watch";

/** Which station of the loop a station of the run belongs to. */
export function stationOf(name: string, kind: string): Of {
  if (/^(ingest|load|profile) |^estimate$/.test(name)) return "ingest";
  if (/^training set /.test(name)) return "features";
  if (/^(keep|scores) |: keep$/.test(name)) return "keep";
  if (/^retraining /.test(name)) return "decide";
  if (/: monitor/.test(name)) return "watch";
  if (/learning curve|leaks|random split/.test(name)) return "judge";
  if (kind === "training" || /: (fold \d+, )?(encode|fit|tune|choose)/.test(name)) return "train";
  return "judge";
}

const counted = (count: number, one: string, many = `${one}s`) =>
    `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;

function seconds(run: Part): Record<Of, number> {
  const sums: Record<Of, number> =
      {ingest: 0, features: 0, train: 0, judge: 0, decide: 0, keep: 0, watch: 0};
  for (const station of run.get("stations").items) {
    const of = stationOf(station.get("name").text, station.get("kind").text);
    sums[of] += station.get("seconds").number;
  }
  return sums;
}

function decided(run: Part): string[] {
  const walks = run.get("retraining").items;
  const boards = run.get("leaderboards").items;
  const lines = boards.map((b) => `${b.get("label").text}: ${b.get("winner").text || "nobody"}`);
  if (walks.length === 0) return lines.slice(0, 2);
  const looks = walks.flatMap((w) => w.get("periods").items.flatMap((p) => p.get("looks").items));
  const promoted = walks.reduce((sum, walk) => sum + promotions(walk).length, 0);
  return [
    counted(looks.length, "look of the gate", "looks of the gate"), counted(promoted, "promotion")
  ];
}

function watched(run: Part): string[] {
  const models = run.get("models").items.filter((m) => m.at("monitor", "alarms").exists);
  if (models.length === 0) return [];
  const stood = models.flatMap((m) => m.at("monitor", "alarms").items)
                    .filter((alarm) => alarm.get("periods").number > 0);
  return [counted(models.length, "model"), counted(stood.length, "alarm stood", "alarms stood")];
}

/** In the order in which data go through them; the last leads to the first again. */
export function loopOf(run: Part): LoopStation[] {
  const took = seconds(run);
  const {rows, accepted, aside} = rowsOf(run);
  const models = run.get("models").items;
  const sets = run.get("training").items;
  const most = (name: string) =>
      models.reduce((m, model) => Math.max(m, model.get(name).number || 0), 0);
  const columns = sets.reduce((sum, set) => sum + set.get("columns").items.length, 0);
  const versions = models.filter((model) => model.get("version").number > 0).length;
  const station = (name: string, of: Of, lines: string[]): LoopStation =>
      ({name, lines, seconds: took[of], nothing: lines.length === 0});
  return [
    station(
        "Ingest", "ingest",
        rows === 0 ? [] :
                     [
                       counted(accepted, "row accepted", "rows accepted"),
                       counted(aside, "set aside", "set aside")
                     ]),
    station(
        "Features", "features",
        sets.length === 0 ? [] :
                            [counted(sets.length, "training set"), counted(columns, "column")]),
    station(
        "Train", "train",
        models.length === 0 ?
            [] :
            [counted(models.length, "model"), counted(most("train_rows"), "training row")]),
    station(
        "Judge", "judge",
        models.length === 0 ? [] :
                              [
                                counted(most("test_rows"), "test row"),
                                counted(
                                    models.filter((m) => m.at("leakage", "suspected").flag).length,
                                    "suspected of a leak", "suspected of leaks")
                              ]),
    station("Decide", "decide", decided(run)),
    station("Keep", "keep", versions === 0 ? [] : [counted(versions, "model version")]),
    station("Watch", "watch", watched(run)),
  ];
}
