#!/bin/sh
# A program that stores as lode does, and one fault of its own: what torture_test.py tortures.
# FAKE_FAULT is one of: none, names (a run after a kill gives another name), lost (it loses a
# record), leftover (its temporary file stays), damage (who looks after a kill finds damage).
state=.lode/shop
mark=at-work # beside .lode: whether the run before was killed

run() {
  killed=
  [ -e $mark ] && killed=x
  : >$mark
  mkdir -p $state
  : >$state/.orders.tmp
  sleep 0.03
  rows=$(($(wc -l <orders.csv) - 1))
  broken=$(grep -c ,5000, orders.csv)
  once=$((rows - broken))
  [ "$FAKE_FAULT$killed" = lostx ] && once=$((once - 1))
  [ "$FAKE_FAULT" = leftover ] || rm $state/.orders.tmp
  cat >$state/.counted <<TEXT
{"rows": [{"accepted": $((rows - broken)), "once": $once, "aside": $broken,
  "aside_once": $broken, "training": $((rows - broken))}]}
TEXT
  mv $state/.counted $state/counted
  rm $mark
  [ "$FAKE_FAULT" = names ] || killed=
  cat <<TEXT
{"run": 1, "sources": [], "models": [], "stations": [{"name": "ingest orders"}],
  "training": [{"name": "orders", "dataset": "$broken$killed", "rows": $rows}]}
TEXT
}

sql() { # sql QUERY
  [ "$FAKE_FAULT" = damage ] && [ -e $mark ] && exit 6
  [ -e $state/counted ] || exit 3
  case $1 in
    *meta.runs*) echo '{"rows":[]}' ;;
    *) cat $state/counted ;;
  esac
}

case $1 in
  run) run ;;
  sql) sql "$2" ;;
esac
