// The tables of run records, one text a version: docs/formats/run-records.md. For
// src/lake/runs_sqlite.cc.
#pragma once

namespace lode {

// Each brings a file from the version of its place to the next. Never change one that has been
// released; add another.
inline constexpr const char* kRunsMigrations[] = {
    R"(CREATE TABLE runs (
         number INTEGER PRIMARY KEY,
         id TEXT NOT NULL UNIQUE,
         project TEXT NOT NULL,
         command TEXT NOT NULL,
         started_us INTEGER NOT NULL,
         ended_us INTEGER,
         state INTEGER NOT NULL,
         error TEXT NOT NULL
       ) STRICT;
       CREATE INDEX runs_of_project ON runs (project, number);
       CREATE TABLE stations (
         run TEXT NOT NULL REFERENCES runs (id),
         place INTEGER NOT NULL,
         name TEXT NOT NULL,
         units INTEGER NOT NULL,
         unit TEXT NOT NULL,
         seconds REAL NOT NULL,
         PRIMARY KEY (run, place)
       ) STRICT, WITHOUT ROWID;
       CREATE TABLE models (
         project TEXT NOT NULL,
         name TEXT NOT NULL,
         version INTEGER NOT NULL,
         run TEXT NOT NULL,
         created_us INTEGER NOT NULL,
         content TEXT NOT NULL,
         dataset TEXT NOT NULL,
         algorithm TEXT NOT NULL,
         seed INTEGER NOT NULL,
         threads INTEGER NOT NULL,
         metrics_json TEXT NOT NULL,
         PRIMARY KEY (project, name, version)
       ) STRICT, WITHOUT ROWID;
       CREATE TABLE model_texts (
         project TEXT NOT NULL,
         model TEXT NOT NULL,
         version INTEGER NOT NULL,
         kind TEXT NOT NULL,
         place INTEGER NOT NULL,
         name TEXT NOT NULL,
         value TEXT NOT NULL,
         PRIMARY KEY (project, model, version, kind, place)
       ) STRICT, WITHOUT ROWID;)",
    R"(CREATE TABLE seal (sum INTEGER NOT NULL) STRICT;
       INSERT INTO seal VALUES (0);)",
    R"(ALTER TABLE stations ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
       ALTER TABLE stations ADD COLUMN cpu_seconds REAL NOT NULL DEFAULT 0;
       ALTER TABLE stations ADD COLUMN bytes_read INTEGER NOT NULL DEFAULT 0;
       ALTER TABLE stations ADD COLUMN bytes_written INTEGER NOT NULL DEFAULT 0;
       ALTER TABLE stations ADD COLUMN memory INTEGER NOT NULL DEFAULT 0;
       ALTER TABLE stations ADD COLUMN started_us INTEGER NOT NULL DEFAULT 0;
       ALTER TABLE stations ADD COLUMN span INTEGER NOT NULL DEFAULT 0;
       ALTER TABLE stations ADD COLUMN parent INTEGER NOT NULL DEFAULT 0;
       CREATE TABLE counters (
         run TEXT NOT NULL REFERENCES runs (id),
         name TEXT NOT NULL,
         labels TEXT NOT NULL,
         value INTEGER NOT NULL,
         PRIMARY KEY (run, name, labels)
       ) STRICT, WITHOUT ROWID;)",
    R"(CREATE TABLE model_events (
         project TEXT NOT NULL,
         number INTEGER NOT NULL,
         model TEXT NOT NULL,
         kind INTEGER NOT NULL,
         name TEXT NOT NULL,
         version INTEGER NOT NULL,
         value TEXT NOT NULL,
         at_us INTEGER NOT NULL,
         actor TEXT NOT NULL,
         why TEXT NOT NULL,
         details_json TEXT NOT NULL,
         PRIMARY KEY (project, number)
       ) STRICT, WITHOUT ROWID;)",
    R"(CREATE TABLE lineages (
         project TEXT NOT NULL,
         model TEXT NOT NULL,
         version INTEGER NOT NULL,
         lineage_json TEXT NOT NULL,
         PRIMARY KEY (project, model, version)
       ) STRICT, WITHOUT ROWID;
       CREATE TABLE definitions (
         project TEXT NOT NULL,
         hash TEXT NOT NULL,
         kind TEXT NOT NULL,
         name TEXT NOT NULL,
         text TEXT NOT NULL,
         PRIMARY KEY (project, hash)
       ) STRICT, WITHOUT ROWID;
       CREATE TABLE datasets (
         number INTEGER PRIMARY KEY,
         project TEXT NOT NULL,
         name TEXT NOT NULL,
         training TEXT NOT NULL,
         run TEXT NOT NULL,
         rows INTEGER NOT NULL,
         target_mean REAL,
         columns_json TEXT NOT NULL,
         UNIQUE (project, name)
       ) STRICT;)",
    R"(CREATE TABLE scorings (
         run TEXT NOT NULL REFERENCES runs (id),
         place INTEGER NOT NULL,
         name TEXT NOT NULL,
         model TEXT NOT NULL,
         version INTEGER NOT NULL,
         content TEXT NOT NULL,
         selection TEXT NOT NULL,
         records_read INTEGER NOT NULL,
         scored INTEGER NOT NULL,
         unchanged INTEGER NOT NULL,
         gone INTEGER NOT NULL,
         standing INTEGER NOT NULL,
         seconds REAL NOT NULL,
         inputs_json TEXT NOT NULL,
         outputs_json TEXT NOT NULL,
         PRIMARY KEY (run, place)
       ) STRICT, WITHOUT ROWID;)",
};

}  // namespace lode
