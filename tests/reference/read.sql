-- Reads: the exact ingredients of every aggregate of every read. Numbers in [brackets] are sentences of
-- docs/semantics.md. Run acceptance.sql first.
--
-- In:  arrivals, quanta, views, reads, verdicts.   Out: answers, one row per (stream, read_no).

SELECT CASE WHEN count(*) > 0 THEN error('reference: a read of a view that is not declared: ' || min(r.view)) END
FROM reads r ANTI JOIN views v ON v.stream = r.stream AND v.view = r.view;

-- [7.2] x in quanta. The quantum is a whole number, or one whole-th (0.01 is 1/100, not the double near
-- it): then n/whole and n*quantum below are one correctly rounded operation, "the double nearest to n
-- times the quantum", and n is unique for |n| <= 2^51. A row that is no such number should have been
-- broken, so here it is an error.
CREATE OR REPLACE TEMP TABLE ref_quanta AS
SELECT stream, x_quantum, CASE WHEN x_quantum < 1 THEN round(1 / x_quantum) END AS whole FROM quanta;

SELECT CASE WHEN count(*) > 0 THEN error('reference: x_quantum must be a whole number or 1 / a whole number') END
FROM ref_quanta
WHERE NOT coalesce(CASE WHEN x_quantum >= 1 THEN x_quantum = round(x_quantum)
                        ELSE x_quantum > 0 AND 1 / whole = x_quantum END, false);

-- [4.1, 4.2] The versions of every instance. `inst` names an instance (the seq of its first version),
-- `rank` orders its versions: the original lowest, the others by seq.
CREATE OR REPLACE TEMP TABLE ref_versions AS
SELECT *,
       min(seq) OVER (PARTITION BY stream, source, id_n, id_s, instance) AS inst,
       CASE WHEN kind = 'original' THEN -1 ELSE seq END AS rank
FROM (
    SELECT a.stream, a.source, a.seq, a.kind, a.id_n, a.id_s, a.t, a.known, a.key_a, a.key_b,
           CASE WHEN a.x = 0 THEN 0.0::DOUBLE ELSE a.x END AS x,       -- [7.6]
           CASE WHEN q.whole IS NULL THEN round(a.x / q.x_quantum) ELSE round(a.x * q.whole) END AS xq,
           q.x_quantum, q.whole,
           a.n, a.b, a.label_value, a.label_known,
           -- the originals up to and with this arrival: an original counts itself, a correction or
           -- retraction belongs to the newest begun before it, or to 1
           greatest(1, count(*) FILTER (WHERE a.kind = 'original')
                       OVER (PARTITION BY a.stream, a.source, a.id_n, a.id_s ORDER BY a.seq
                             ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) AS instance
    FROM arrivals a
    JOIN verdicts d ON d.stream = a.stream AND d.seq = a.seq
    LEFT JOIN ref_quanta q ON q.stream = a.stream
    WHERE d.verdict = 'accepted'                                       -- [3.2]
);

SELECT CASE WHEN count(*) > 0 THEN error('reference: an x that is no number of quanta (7.2), or above 2^51 quanta: ' || min(x)) END
FROM ref_versions
WHERE x IS NOT NULL
  AND NOT coalesce(abs(xq) <= 2251799813685248
                   AND CASE WHEN whole IS NULL THEN xq * x_quantum = x ELSE xq / whole = x END, false);

-- A version once per key column, for the join by key. [6.2] A null key is nobody's.
CREATE OR REPLACE TEMP TABLE ref_keyed AS
SELECT 'key_a' AS key_col, key_a AS key, * FROM ref_versions WHERE key_a IS NOT NULL AND kind <> 'retraction'
UNION ALL
SELECT 'key_b', key_b, * FROM ref_versions WHERE key_b IS NOT NULL AND kind <> 'retraction';

-- [5.1] Every version that is not a retraction makes one version of the label. A null known expression:
-- never known, so no row here (greatest() would skip the null).
CREATE OR REPLACE TEMP TABLE ref_labels AS
SELECT stream, inst, seq, rank, label_value AS value, greatest(label_known, known) AS known
FROM ref_versions
WHERE kind <> 'retraction' AND label_known IS NOT NULL;

-- [6.4] The window of a read as lo <= tau <= hi, times are whole microseconds, so tau > e is
-- tau >= e + 1. floor(a / m) * m is written a - ((a % m + m) % m): floor toward minus infinity.
CREATE OR REPLACE TEMP TABLE ref_reads AS
SELECT stream, read_no, key, t0, k, s, over_kind, source, key_col, window_kind, last_n, distinct_limit,
       greatest(lo, -9223372036854775808)::BIGINT AS lo,
       greatest(hi, -9223372036854775808)::BIGINT AS hi
FROM (
    SELECT *,
        CASE
        WHEN window_kind = 'sliding' AND (w <= 86400000000 OR exact) THEN t0h - wh + 1
        WHEN window_kind = 'sliding' THEN (t0h - wh) - (((t0h - wh) % p + p) % p) + 1
        WHEN window_kind = 'tumbling' THEN t0h - ((t0h % wh + wh) % wh)
        WHEN window_kind IN ('last', 'all') THEN -9223372036854775808
        ELSE error('reference: unknown window_kind ' || coalesce(window_kind, 'null'))
        END AS lo,
        CASE WHEN include_current THEN t0h ELSE t0h - 1 END AS hi
    FROM (
        SELECT r.stream, r.read_no, r.key, r.t0, r.k, r.s, v.over_kind, v.source, v.key_col, v.window_kind,
               v.w, coalesce(v.exact, false) AS exact, v.last_n,
               coalesce(v.distinct_limit, 10000) AS distinct_limit,    -- [7.5]
               coalesce(v.include_current, false) AS include_current,
               r.t0::HUGEINT AS t0h, v.w::HUGEINT AS wh,
               (v.w // 256)::HUGEINT AS p                              -- [6.4] w is positive
        FROM reads r JOIN views v ON v.stream = r.stream AND v.view = r.view
    )
);

-- [6.1] The records of each read before `last n`, over a source and over a label.
CREATE OR REPLACE TEMP TABLE ref_records AS
SELECT r.stream, r.read_no, v.t AS tau, v.id_n, v.id_s, v.instance, v.x, v.xq, v.n, v.b, NULL::BIGINT AS v
FROM ref_reads r
JOIN ref_keyed v ON v.stream = r.stream AND v.source = r.source
                AND v.key_col = r.key_col AND v.key = r.key            -- [6.1, 6.2]
                AND v.t BETWEEN r.lo AND r.hi                          -- [6.4]
                AND v.known <= r.k AND v.seq <= r.s                    -- [4.3]
WHERE r.over_kind = 'source'
  -- [4.3] v is the visible version: no higher-ranking one (a retraction, perhaps) can be seen. By [4.4]
  -- it is v's own key and t that are asked above.
  AND NOT EXISTS (FROM ref_versions u
                  WHERE u.stream = v.stream AND u.inst = v.inst AND u.rank > v.rank
                    AND u.known <= r.k AND u.seq <= r.s)
UNION ALL
SELECT r.stream, r.read_no, l.known AS tau, v.id_n, v.id_s, v.instance, v.x, v.xq, v.n, v.b, l.value
FROM ref_reads r
JOIN ref_keyed v ON v.stream = r.stream AND v.source = r.source
                AND v.key_col = r.key_col AND v.key = r.key            -- [5.3] the key is the row's
                AND v.known <= r.k AND v.seq <= r.s
JOIN ref_labels l ON l.stream = v.stream AND l.inst = v.inst
                 AND l.known BETWEEN r.lo AND r.hi                     -- [5.3, 6.1] tau is the label's known time
                 AND l.known <= r.k AND l.seq <= r.s                   -- [5.2]
                 AND l.value IS NOT NULL                               -- [5.1] says nothing: not visible
WHERE r.over_kind = 'label'
  AND NOT EXISTS (FROM ref_versions u                                  -- [5.2, 4.3] the row is visible, and is v
                  WHERE u.stream = v.stream AND u.inst = v.inst AND u.rank > v.rank
                    AND u.known <= r.k AND u.seq <= r.s)
  AND NOT EXISTS (FROM ref_labels u                                    -- [5.2] l is the visible label version
                  WHERE u.stream = l.stream AND u.inst = l.inst AND u.rank > l.rank
                    AND u.known <= r.k AND u.seq <= r.s);

-- [6.3] The fold order within one source, counted from the end: back = 1 is the last record.
-- [6.4] `last n`: the n last of the records that have the key, are visible and meet the upper edge.
CREATE OR REPLACE TEMP TABLE ref_folds AS
SELECT *, max(back) OVER (PARTITION BY stream, read_no) AS first_back
FROM (
    SELECT f.*, r.window_kind, r.last_n,
           row_number() OVER (PARTITION BY f.stream, f.read_no
                              ORDER BY f.tau DESC, f.id_n DESC, f.id_s DESC, f.instance DESC) AS back
    FROM ref_records f JOIN ref_reads r ON r.stream = f.stream AND r.read_no = f.read_no
)
WHERE window_kind <> 'last' OR back <= last_n;

-- [7.1, 7.2] Squares are summed in two digits of base 10^18, since their sum may pass 128 bits, the text
-- sumsq_* is the exact decimal number.
CREATE OR REPLACE TABLE answers AS
WITH g AS (
    SELECT f.stream, f.read_no, count(*) AS cnt,
           count(f.x) AS cnt_nn_x, sum(f.xq::HUGEINT) AS sum_x,
           sum(f.xq::HUGEINT * f.xq::HUGEINT // 1000000000000000000) AS sq_hi_x,
           sum(f.xq::HUGEINT * f.xq::HUGEINT % 1000000000000000000) AS sq_lo_x,
           min(f.x) AS min_x, max(f.x) AS max_x,
           max(f.x) FILTER (WHERE back = first_back) AS first_x, max(f.x) FILTER (WHERE back = 1) AS last_x,
           count(DISTINCT f.x) AS dist_x,
           count(f.n) AS cnt_nn_n, sum(f.n::HUGEINT) AS sum_n,
           sum(f.n::HUGEINT * f.n::HUGEINT // 1000000000000000000) AS sq_hi_n,
           sum(f.n::HUGEINT * f.n::HUGEINT % 1000000000000000000) AS sq_lo_n,
           min(f.n) AS min_n, max(f.n) AS max_n,
           max(f.n) FILTER (WHERE back = first_back) AS first_n, max(f.n) FILTER (WHERE back = 1) AS last_n,
           count(DISTINCT f.n) AS dist_n,
           count(f.b) AS cnt_nn_b, sum(f.b::HUGEINT) AS sum_b,          -- [7.4] false 0, true 1
           min(f.b::BIGINT) AS min_b, max(f.b::BIGINT) AS max_b,
           bool_or(f.b) FILTER (WHERE back = first_back) AS first_b, bool_or(f.b) FILTER (WHERE back = 1) AS last_b,
           count(DISTINCT f.b) AS dist_b,
           count(f.v) AS cnt_nn_v, sum(f.v::HUGEINT) AS sum_v,
           sum(f.v::HUGEINT * f.v::HUGEINT // 1000000000000000000) AS sq_hi_v,
           sum(f.v::HUGEINT * f.v::HUGEINT % 1000000000000000000) AS sq_lo_v,
           min(f.v) AS min_v, max(f.v) AS max_v,
           max(f.v) FILTER (WHERE back = first_back) AS first_v, max(f.v) FILTER (WHERE back = 1) AS last_v,
           count(DISTINCT f.v) AS dist_v,
           max(f.tau) FILTER (WHERE back = 1) AS last_tau
    FROM ref_folds f
    GROUP BY f.stream, f.read_no
),
-- [7.1] of no records: count, sum and distinct 0, the rest null
z AS (
    SELECT r.stream, r.read_no, r.t0, r.over_kind = 'label' AS is_label,
           CASE WHEN r.window_kind = 'all' THEN r.distinct_limit END AS lim, -- [7.5]
           g.* EXCLUDE (stream, read_no),
           coalesce(sq_hi_x, 0) + coalesce(sq_lo_x, 0) // 1000000000000000000 AS hi_x,
           coalesce(sq_lo_x, 0) % 1000000000000000000 AS lo_x,
           coalesce(sq_hi_n, 0) + coalesce(sq_lo_n, 0) // 1000000000000000000 AS hi_n,
           coalesce(sq_lo_n, 0) % 1000000000000000000 AS lo_n,
           coalesce(sq_hi_v, 0) + coalesce(sq_lo_v, 0) // 1000000000000000000 AS hi_v,
           coalesce(sq_lo_v, 0) % 1000000000000000000 AS lo_v,
           coalesce(dist_x, 0) AS dx, coalesce(dist_n, 0) AS dn, coalesce(dist_b, 0) AS db, coalesce(dist_v, 0) AS dv
    FROM ref_reads r LEFT JOIN g ON g.stream = r.stream AND g.read_no = r.read_no
)
SELECT stream, read_no,
       coalesce(cnt, 0)::BIGINT AS cnt,
       coalesce(cnt_nn_x, 0)::BIGINT AS cnt_nn_x, coalesce(sum_x, 0)::HUGEINT AS sum_x_q,
       CASE WHEN hi_x = 0 THEN lo_x::VARCHAR ELSE hi_x::VARCHAR || lpad(lo_x::VARCHAR, 18, '0') END AS sumsq_x_q,
       min_x, max_x, first_x, last_x,
       CASE WHEN lim IS NULL OR dx <= lim THEN dx END::BIGINT AS distinct_x,
       lim IS NOT NULL AND dx > lim AS over_limit_x,
       coalesce(cnt_nn_n, 0)::BIGINT AS cnt_nn_n, coalesce(sum_n, 0)::HUGEINT AS sum_n_q,
       CASE WHEN hi_n = 0 THEN lo_n::VARCHAR ELSE hi_n::VARCHAR || lpad(lo_n::VARCHAR, 18, '0') END AS sumsq_n_q,
       min_n, max_n, first_n, last_n,
       CASE WHEN lim IS NULL OR dn <= lim THEN dn END::BIGINT AS distinct_n,
       lim IS NOT NULL AND dn > lim AS over_limit_n,
       coalesce(cnt_nn_b, 0)::BIGINT AS cnt_nn_b, coalesce(sum_b, 0)::HUGEINT AS sum_b_q,
       coalesce(sum_b, 0)::VARCHAR AS sumsq_b_q,                       -- 0 and 1 are their own squares
       min_b, max_b, first_b, last_b,
       CASE WHEN lim IS NULL OR db <= lim THEN db END::BIGINT AS distinct_b,
       lim IS NOT NULL AND db > lim AS over_limit_b,
       (t0 - last_tau)::BIGINT AS time_since,
       -- the label's value, all null for a view over a source
       CASE WHEN is_label THEN coalesce(cnt_nn_v, 0)::BIGINT END AS cnt_nn_v,
       CASE WHEN is_label THEN coalesce(sum_v, 0)::HUGEINT END AS sum_v_q,
       CASE WHEN NOT is_label THEN NULL
            WHEN hi_v = 0 THEN lo_v::VARCHAR ELSE hi_v::VARCHAR || lpad(lo_v::VARCHAR, 18, '0') END AS sumsq_v_q,
       min_v, max_v, first_v, last_v,
       CASE WHEN is_label AND (lim IS NULL OR dv <= lim) THEN dv END::BIGINT AS distinct_v,
       CASE WHEN is_label THEN lim IS NOT NULL AND dv > lim END AS over_limit_v
FROM z;
