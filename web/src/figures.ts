// Figures as the page writes them: rounded for eyes, the exact value of the JSON beside it.
import type {Part} from "./document";

export type Format = (value: number) => string;

const grouped = (digits: string) => digits.replace(/\B(?=(\d{3})+$)/g, ",");
const minus = (text: string) => text.replaceAll("-", "−");

/** 1,234,567 */
export const whole: Format = (v) => minus(grouped(String(Math.round(v))));

/** fixed(4)(0.73152) is 0.7315 */
export const fixed = (digits: number): Format => (v) => minus(v.toFixed(digits));

/** signed(4)(0.01) is +0.0100 */
export const signed = (digits: number): Format => (v) =>
    (v > 0 ? "+" : "") + minus(v.toFixed(digits));

/** digits(4)(1529.3) is 1529, of 0.012345 it is 0.01235: for what may be of any size. */
export const digits = (count: number): Format => (v) => {
  if (v === 0 || !Number.isFinite(v)) return minus(v.toFixed(0));
  const decimals = count - 1 - Math.floor(Math.log10(Math.abs(v)));
  return minus(v.toFixed(Math.min(12, Math.max(0, decimals))));
};

/** 12.3 % */
export const percent: Format = (v) => `${minus((100 * v).toFixed(1))} %`;

/** Seconds, with more digits where there are few of them. */
export const seconds: Format = (v) => (v < 10 ? v.toFixed(2) : v.toFixed(1));

/** 1.5 GiB; nothing of nothing. */
export const bytes: Format = (v) => {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (v >= 1024 && unit + 1 < units.length) {
    v /= 1024;
    ++unit;
  }
  return `${unit === 0 || v >= 100 ? Math.round(v) : v.toFixed(1)} ${units[unit]}`;
};

/** What suits a number nobody has said anything about. */
export const plain: Format = (v) => {
  if (Number.isInteger(v)) return Math.abs(v) < 1e15 ? whole(v) : String(v);
  const size = Math.abs(v);
  return minus(
      size !== 0 && (size < 1e-4 || size >= 1e9) ? v.toExponential(3) :
                                                   String(Number(v.toPrecision(5))));
};

/** 2001-01-29 */
export const day = (time: string) => time.slice(0, 10);
/** 2001-01-29 05:00 */
export const minute = (time: string) => time.slice(0, 16).replace("T", " ");

/** The exact value as the JSON has it, for a data element. */
export function exact(part: Part): string {
  return part.value === undefined || part.value === null ? "null" : String(part.value);
}

/** Metrics in the target's unit: their figures are of any size. */
function inUnit(metric: string): boolean {
  return metric === "rmse" || metric === "mae" || metric.startsWith("pinball");
}

/** How values of a metric are written, and differences of two. */
export function metricFormat(metric: string): Format {
  return inUnit(metric) ? digits(4) : fixed(4);
}
export function differenceFormat(metric: string): Format {
  return inUnit(metric) ? (v) => (v > 0 ? "+" : "") + digits(4)(v) : signed(4);
}

/** "log_loss" to "log-loss": names as people write them. */
export function metricName(name: string): string {
  const names: Record<string, string> = {
    auc: "AUC",
    log_loss: "log-loss",
    brier: "Brier score",
    calibration_error: "calibration error",
    average_precision: "average precision",
    accuracy: "accuracy",
    rmse: "RMSE",
    mae: "MAE",
    r2: "R²",
  };
  return names[name] ?? name.replaceAll("_", " ");
}
