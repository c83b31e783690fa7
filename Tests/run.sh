#!/usr/bin/env bash
# Builds and runs every check that needs a build, then prints the counts: "N passed, N failed" on the last line.
set -u
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0
failed=0

check() { # name, command...
    local name=$1
    shift
    if "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
        echo "ok    $name"
    else
        failed=$((failed + 1))
        echo "FAIL  $name"
        tail -n 40 "$log" | sed 's/^/      /'
    fi
}

echo "-- Swift and Lua tests"
swift build --build-tests 2>&1 | tail -n 20
[ "${PIPESTATUS[0]}" -eq 0 ] || { echo "0 passed, 1 failed"; exit 1; }
swift test --skip-build >"$log" 2>&1
status=$?
grep -E "^✘|error:" "$log" | head -n 60
count=$(grep -oE 'Test run with [0-9]+ test' "$log" | grep -oE '[0-9]+' | tail -n 1)
count=${count:-0}
broken=$(grep -cE '^✘ Test [^r].* failed after' "$log")
if [ "$status" -ne 0 ] && [ "$broken" -eq 0 ]; then broken=1; tail -n 30 "$log"; fi
passed=$((passed + count - (broken < count ? broken : count)))
failed=$((failed + broken))
echo "   $count tests, $broken failed"

echo "-- The program"
hire=.build/debug/hire
scratch=$(mktemp -d)
trap 'rm -rf "$log" "$scratch"' EXIT
check "quickstart, shrunk" "$hire" run experiments/quickstart/experiment.lua --smoke --out "$scratch/quickstart"
check "the same folder again reuses what is finished" "$hire" run experiments/quickstart/experiment.lua --smoke --out "$scratch/quickstart"
check "every enricher, shrunk" "$hire" run experiments/enrichers/experiment.lua --smoke --out "$scratch/enrichers"
for experiment in table1-flops figure3-scaling table1-measured; do
    check "$experiment, shrunk" "$hire" run "experiments/$experiment/experiment.lua" --smoke --out "$scratch/$experiment"
done
for notebook in notebooks-lua/*.ipynb; do
    check "notebook $(basename "$notebook") gives its stored outputs" "$hire" notebook run "$notebook" --check
done
check "annotations and reference are up to date" "$hire" annotations --check
check "plugins list as JSON" "$hire" plugins list --json
check "doctor" "$hire" doctor

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
