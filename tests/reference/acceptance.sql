-- Acceptance: the verdict of every arrival. Numbers in [brackets] are sentences of docs/semantics.md.
--
-- In:  sources, arrivals.   Out: verdicts(stream, seq, verdict).
--
-- The page defines a verdict by the verdicts before it, one arrival after another [3.1]. That is a
-- system of equations  v(i) = F(i, v of the earlier arrivals of its source).  By induction over
-- seq it has exactly one solution: v(0) depends on nothing, and v(i) on values already fixed. So any
-- assignment v with v = F(v) for all arrivals at once IS the sequential answer, however it was found.
-- Here it is found by iterating v := F(v) over the whole list: after round r at least the first r
-- arrivals of every source are right and stay right, so the iteration ends. It goes on for a source
-- until a round changes nothing in it, which is the proof that v = F(v) there.

-- 3.5
SELECT CASE WHEN count(*) > 0 THEN error('reference: dedup_span < allowed_lateness (3.5): ' || min(source)) END
FROM sources WHERE dedup_span < allowed_lateness;

SELECT CASE WHEN count(*) > 0 THEN error('reference: arrival of a source that is not declared: ' || min(a.source)) END
FROM arrivals a ANTI JOIN sources s ON s.stream = a.stream AND s.source = a.source;

-- [2.4] A broken row is otherwise as if it had not been given: it is not in this table.
CREATE OR REPLACE TEMP TABLE ref_judged AS
SELECT a.stream, a.source, a.part, a.seq, a.kind, a.id_n, a.id_s, a.t, a.known,
       a.key_a, a.key_b,
       CASE WHEN a.x = 0 THEN 0.0::DOUBLE ELSE a.x END AS x,          -- [3.3, 7.6] -0.0 is 0.0
       a.n, a.b,
       s.allowed_lateness::HUGEINT AS allowed_lateness,                -- HUGEINT: no sum below can wrap
       s.max_ahead::HUGEINT AS max_ahead,
       s.dedup_span::HUGEINT AS dedup_span
FROM arrivals a JOIN sources s ON s.stream = a.stream AND s.source = a.source
WHERE NOT a.broken;

CREATE OR REPLACE TABLE verdicts AS
WITH RECURSIVE believed(round, stream, source, seq, verdict) AS (
    -- Any starting point will do, this one is near the end.
    SELECT 0, stream, source, seq, 'accepted' FROM ref_judged

    UNION ALL

    SELECT round, stream, source, seq, new_verdict
    FROM (
        SELECT *, bool_or(new_verdict <> verdict) OVER (PARTITION BY stream, source) AS changed
        FROM (
            SELECT p.round + 1 AS round, p.stream, p.source, p.seq, p.verdict,
                CASE
                -- [3.1.1, 3.3] an original against the newest accepted original e of its id, if there is
                -- one and it lies within the span, M null is an empty partition, minus infinity
                WHEN p.kind = 'original' AND e.seq IS NOT NULL
                     AND (p.m IS NULL OR e.t >= p.m - p.dedup_span)
                THEN CASE WHEN e.t     IS NOT DISTINCT FROM p.t
                           AND e.key_a IS NOT DISTINCT FROM p.key_a
                           AND e.key_b IS NOT DISTINCT FROM p.key_b
                           AND e.x     IS NOT DISTINCT FROM p.x
                           AND e.n     IS NOT DISTINCT FROM p.n
                           AND e.b     IS NOT DISTINCT FROM p.b
                     THEN 'duplicate' ELSE 'conflict' END
                -- [3.4] a correction or retraction against the newest accepted one of its id
                WHEN p.kind <> 'original' AND c.seq IS NOT NULL AND c.kind = p.kind
                     AND (p.kind = 'retraction'
                          OR (    c.t     IS NOT DISTINCT FROM p.t
                              AND c.key_a IS NOT DISTINCT FROM p.key_a
                              AND c.key_b IS NOT DISTINCT FROM p.key_b
                              AND c.x     IS NOT DISTINCT FROM p.x
                              AND c.n     IS NOT DISTINCT FROM p.n
                              AND c.b     IS NOT DISTINCT FROM p.b))
                THEN 'duplicate'
                -- [3.1.2, 3.4] a retraction cannot be future
                WHEN p.kind <> 'retraction' AND p.t > p.known + p.max_ahead THEN 'future'
                -- [3.1.3, 3.4] only an original can be late, not while its partition is empty
                WHEN p.kind = 'original' AND p.m IS NOT NULL AND p.t < p.m - p.allowed_lateness THEN 'late'
                ELSE 'accepted' END AS new_verdict
            FROM (
                SELECT b.round, b.verdict, j.*,
                    -- [3.1.3, 3.2] M(p) before this arrival: accepted originals of its partition alone
                    max(j.t) FILTER (WHERE b.verdict = 'accepted' AND j.kind = 'original')
                        OVER (PARTITION BY j.stream, j.source, j.part ORDER BY j.seq
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS m,
                    -- [3.3] seq of the newest accepted original of this id, over all partitions
                    max(j.seq) FILTER (WHERE b.verdict = 'accepted' AND j.kind = 'original')
                        OVER (PARTITION BY j.stream, j.source, j.id_n, j.id_s ORDER BY j.seq
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS e_seq,
                    -- [3.4] seq of the newest accepted correction or retraction of this id
                    max(j.seq) FILTER (WHERE b.verdict = 'accepted' AND j.kind <> 'original')
                        OVER (PARTITION BY j.stream, j.source, j.id_n, j.id_s ORDER BY j.seq
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS c_seq
                FROM believed b JOIN ref_judged j ON j.stream = b.stream AND j.seq = b.seq
            ) p
            LEFT JOIN ref_judged e ON e.stream = p.stream AND e.seq = p.e_seq
            LEFT JOIN ref_judged c ON c.stream = p.stream AND c.seq = p.c_seq
        )
    )
    WHERE changed
)
SELECT a.stream, a.seq, coalesce(l.verdict, 'broken') AS verdict
FROM arrivals a
LEFT JOIN (SELECT stream, seq, arg_max(verdict, round) AS verdict FROM believed GROUP BY stream, seq) l
       ON l.stream = a.stream AND l.seq = a.seq;
