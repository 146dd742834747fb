-- Verdicts and answers of one large stream, with set-based short cuts that its preconditions allow. It
-- replaces acceptance.sql and read.sql for that stream and makes the same tables. Numbers in [brackets]
-- are sentences of docs/semantics.md.
--
-- In:  sources, arrivals, quanta, views, reads.   Out: verdicts, answers.
--
-- Preconditions, each checked below: one stream, one source, one partition, originals only, every id
-- once, every view a sliding window over the source, |x| at most 2^51 quanta, |n| at most 2^51 and at most
-- 2^24 arrivals, so that a sum of squares fits 127 bits.
-- What they buy:
--   * no duplicate and no conflict [3.3], so the verdict is future or late or neither. A late row has
--     t < M - allowed_lateness <= M [allowed_lateness >= 0], so counting it in the running largest t
--     changes nothing: M is the largest t of the earlier rows that are neither broken nor future.
--   * every instance has one version: visible at (k, s) is known <= k and seq <= s [4.3].
--   * the fold order (tau, source, id, instance) [6.3] is one total order (t, id) of all records: `pos`.

SELECT CASE WHEN count(DISTINCT stream) > 1 THEN error('reference: read_large takes one stream')
            WHEN count(DISTINCT source) > 1 THEN error('reference: read_large takes one source')
            WHEN count(DISTINCT coalesce('p' || part, '')) > 1 THEN error('reference: read_large takes one partition')
            WHEN bool_or(kind <> 'original') THEN error('reference: read_large takes originals only')
            WHEN count(*) FILTER (WHERE NOT broken) <> given.ids THEN error('reference: read_large takes every id once')
            WHEN max(abs(n::HUGEINT)) > 2251799813685248 THEN error('reference: read_large takes |n| <= 2^51')
            WHEN count(*) > 16777216 THEN error('reference: read_large takes at most 2^24 arrivals')
       END
FROM arrivals, (SELECT count(*) AS ids FROM (SELECT DISTINCT id_n, id_s FROM arrivals WHERE NOT broken)) given
GROUP BY given.ids;

SELECT CASE WHEN (SELECT count(*) FROM sources) <> 1 OR (SELECT count(*) FROM quanta) <> 1
              OR (SELECT count(*) FROM arrivals a ANTI JOIN sources s ON s.stream = a.stream AND s.source = a.source) > 0
            THEN error('reference: read_large takes one source and one quantum')
            WHEN (SELECT min(allowed_lateness) FROM sources) < 0 THEN error('reference: allowed_lateness < 0')
            WHEN (SELECT count(*) FROM sources WHERE dedup_span < allowed_lateness) > 0
            THEN error('reference: dedup_span < allowed_lateness (3.5)')
            WHEN (SELECT count(*) FROM views v ANTI JOIN sources s
                  ON s.stream = v.stream AND s.source = v.source AND v.over_kind = 'source' AND v.window_kind = 'sliding') > 0
            THEN error('reference: read_large takes sliding views over the source')
            WHEN (SELECT count(*) FROM reads r ANTI JOIN views v ON v.stream = r.stream AND v.view = r.view) > 0
            THEN error('reference: a read of a view that is not declared')
       END;

-- Acceptance: [2.4], then [3.1.2], then [3.1.3].
CREATE OR REPLACE TABLE verdicts AS
SELECT stream, seq,
       CASE WHEN broken THEN 'broken'
            WHEN future THEN 'future'
            WHEN t < max(t) FILTER (WHERE NOT broken AND NOT future)
                     OVER (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) - lateness
            THEN 'late' ELSE 'accepted' END AS verdict
FROM (SELECT a.stream, a.seq, a.broken, a.t, s.allowed_lateness::HUGEINT AS lateness,
             NOT a.broken AND a.t > a.known + s.max_ahead::HUGEINT AS future
      FROM arrivals a, sources s);

-- The records. [7.2] as in read.sql. [6.3] pos is the place in the fold order.
CREATE OR REPLACE TEMP TABLE ref_records AS
SELECT row_number() OVER (ORDER BY t, id_n, id_s) AS pos, *
FROM (
    SELECT a.seq, a.t, a.known, a.id_n, a.id_s, a.key_a, a.key_b,
           CASE WHEN a.x = 0 THEN 0.0::DOUBLE ELSE a.x END AS x,       -- [7.6]
           CASE WHEN a.x IS NULL THEN NULL
                WHEN abs(a.x) <= 2251799813685248 * q.x_quantum        -- not so for NaN
                 AND CASE WHEN q.x_quantum >= 1 THEN round(a.x / q.x_quantum) * q.x_quantum = a.x
                          ELSE round(a.x * round(1 / q.x_quantum)) / round(1 / q.x_quantum) = a.x END
                THEN CASE WHEN q.x_quantum >= 1 THEN round(a.x / q.x_quantum)
                          ELSE round(a.x * round(1 / q.x_quantum)) END::BIGINT
                ELSE error('reference: an x that is no number of quanta (7.2), or above 2^51 quanta') END AS xq,
           a.n, a.b
    FROM arrivals a JOIN verdicts d ON d.stream = a.stream AND d.seq = a.seq, quanta q
    WHERE d.verdict = 'accepted'
);

SELECT CASE WHEN count(*) > 0 THEN error('reference: x_quantum must be a whole number or 1 / a whole number') END
FROM quanta
WHERE NOT coalesce(CASE WHEN x_quantum >= 1 THEN x_quantum = round(x_quantum)
                        ELSE x_quantum > 0 AND 1 / round(1 / x_quantum) = x_quantum END, false);

-- [6.4] The window of a read as lo <= t <= hi, as in read.sql.
CREATE OR REPLACE TEMP TABLE ref_reads AS
SELECT stream, read_no, view, key_col, key, t0, k, s, w,
       CASE WHEN w <= 86400000000 OR exact THEN t0 - w + 1
            ELSE (t0 - w) - (((t0 - w) % p + p) % p) + 1 END AS lo,
       CASE WHEN include_current THEN t0 ELSE t0 - 1 END AS hi
FROM (SELECT r.*, v.key_col, v.w, coalesce(v.exact, false) AS exact, coalesce(v.include_current, false) AS include_current, v.w // 256 AS p
      FROM reads r JOIN views v ON v.stream = r.stream AND v.view = r.view);

-- The join by time buckets: time is cut, view by view, into buckets as wide as its window, a read looks
-- into the two or three buckets from lo's to hi's. A record is in one bucket, so it is met at most once.
CREATE OR REPLACE TEMP TABLE ref_looks AS
SELECT read_no, view, key, lo, hi, k, s,
       unnest(range((lo - ((lo % w + w) % w)) // w, (hi - ((hi % w + w) % w)) // w + 1)) AS bucket
FROM ref_reads WHERE key IS NOT NULL /* [6.2] */;

-- [7.1] The aggregates, as in read.sql, first and last are kept as places in the fold order.
CREATE OR REPLACE TEMP TABLE ref_folded AS
SELECT l.read_no, count(*) AS cnt, min(f.pos) AS first_pos, max(f.pos) AS last_pos,
       count(f.x) AS cnt_nn_x, sum(f.xq) AS sum_x, sum(f.xq::HUGEINT * f.xq) AS sumsq_x, min(f.x) AS min_x, max(f.x) AS max_x,
       list_unique(list(f.x)) AS distinct_x,                           -- list_unique counts, a null is not counted
       count(f.n) AS cnt_nn_n, sum(f.n) AS sum_n, sum(f.n::HUGEINT * f.n) AS sumsq_n, min(f.n) AS min_n, max(f.n) AS max_n,
       list_unique(list(f.n)) AS distinct_n,
       count(f.b) AS cnt_nn_b, count(*) FILTER (WHERE f.b) AS true_b
FROM (SELECT v.view, CASE v.key_col WHEN 'key_a' THEN f.key_a ELSE f.key_b END AS key,
             (f.t - ((f.t % v.w + v.w) % v.w)) // v.w AS bucket, f.*
      FROM ref_records f, views v) f
JOIN ref_looks l ON l.view = f.view AND l.key = f.key AND l.bucket = f.bucket
                AND f.t BETWEEN l.lo AND l.hi AND f.known <= l.k AND f.seq <= l.s
GROUP BY l.read_no;

CREATE OR REPLACE TABLE answers AS
SELECT r.stream, r.read_no,
       coalesce(g.cnt, 0)::BIGINT AS cnt,
       coalesce(cnt_nn_x, 0)::BIGINT AS cnt_nn_x, coalesce(sum_x, 0)::HUGEINT AS sum_x_q, coalesce(sumsq_x, 0)::VARCHAR AS sumsq_x_q,
       min_x, max_x, fst.x AS first_x, lst.x AS last_x, coalesce(distinct_x, 0)::BIGINT AS distinct_x, false AS over_limit_x,
       coalesce(cnt_nn_n, 0)::BIGINT AS cnt_nn_n, coalesce(sum_n, 0)::HUGEINT AS sum_n_q, coalesce(sumsq_n, 0)::VARCHAR AS sumsq_n_q,
       min_n, max_n, fst.n AS first_n, lst.n AS last_n, coalesce(distinct_n, 0)::BIGINT AS distinct_n, false AS over_limit_n,
       coalesce(cnt_nn_b, 0)::BIGINT AS cnt_nn_b, coalesce(true_b, 0)::HUGEINT AS sum_b_q, coalesce(true_b, 0)::VARCHAR AS sumsq_b_q,
       CASE WHEN cnt_nn_b > 0 THEN (true_b = cnt_nn_b)::BIGINT END AS min_b,
       CASE WHEN cnt_nn_b > 0 THEN (true_b > 0)::BIGINT END AS max_b,
       fst.b AS first_b, lst.b AS last_b,
       (coalesce(true_b > 0, false)::BIGINT + coalesce(true_b < cnt_nn_b, false)::BIGINT)::BIGINT AS distinct_b, false AS over_limit_b,
       (r.t0 - lst.t)::BIGINT AS time_since,
       NULL::BIGINT AS cnt_nn_v, NULL::HUGEINT AS sum_v_q, NULL::VARCHAR AS sumsq_v_q, NULL::BIGINT AS min_v, NULL::BIGINT AS max_v,
       NULL::BIGINT AS first_v, NULL::BIGINT AS last_v, NULL::BIGINT AS distinct_v, NULL::BOOLEAN AS over_limit_v
FROM ref_reads r
LEFT JOIN ref_folded g ON g.read_no = r.read_no
LEFT JOIN ref_records fst ON fst.pos = g.first_pos
LEFT JOIN ref_records lst ON lst.pos = g.last_pos;
