# The documents name files, headings and tests that exist; what they tell to type works.
load common

# step_of NAME : the script of a step of the example workflow
step_of() {
    python3 - "$1" <<'END'
import sys, yaml
workflow = yaml.safe_load(open("examples/github-actions/check-loader.yml"))
for step in workflow["jobs"]["check"]["steps"]:
    if step.get("name") == sys.argv[1]:
        print(step["run"])
END
}

@test "ci: the workflow is whole, and uses known actions only" {
    python3 - <<'END'
import yaml
workflow = yaml.safe_load(open("examples/github-actions/check-loader.yml"))
assert set(workflow[True]) == {"push", "pull_request"} # YAML 1.1 reads `on` as true
assert workflow["permissions"] == {"contents": "read", "security-events": "write"}
assert set(workflow["env"]) == {"EXTLOAD_REPOSITORY", "EXTLOAD_REF", "LOADER", "BOARD"}
job = workflow["jobs"]["check"]
assert job["container"] == "debian:12"
uses = [step["uses"] for step in job["steps"] if "uses" in step]
assert uses == ["actions/checkout@v4"] * 2 + ["github/codeql-action/upload-sarif@v3"], uses
assert all(("run" in step) != ("uses" in step) for step in job["steps"])
END
    local name
    for name in "Tools for the next steps" "Build extload" "Check and rehearse"; do
        step_of "$name" >"$T/step.sh"
        [ -s "$T/step.sh" ]
        sh -n "$T/step.sh"
    done
    for name in EXTLOAD_REPOSITORY EXTLOAD_REF LOADER BOARD; do
        grep -q "^| \`$name\` " docs/ci.md
    done
}

# The check itself is stood in for: what is tested is that its status and its file get on.
@test "ci: the workflow passes the check's status on, and uploads what was written" {
    step_of "Check and rehearse" >"$T/step.sh"
    mkdir -p "$T/work/extload/build"
    cat >"$T/work/extload/build/extload" <<'END'
#!/bin/sh
echo "$*" >called
[ "$WANTED" = 2 ] || echo '{}' >loader.sarif
exit "$WANTED"
END
    chmod +x "$T/work/extload/build/extload"
    local wanted
    for wanted in 0 1 2; do
        rm -f "$T/work/loader.sarif" "$T/output"
        : >"$T/output"
        run env -C "$T/work" WANTED=$wanted LOADER="a loader.stldr" BOARD=board.yaml GITHUB_OUTPUT="$T/output" \
            sh -e "$T/step.sh"
        [ "$status" -eq "$wanted" ]
        [ "$(cat "$T/work/called")" = "check a loader.stldr --rehearse --board board.yaml --sarif loader.sarif" ]
        [ "$(cat "$T/output")" = "$([ "$wanted" = 2 ] || echo written=yes)" ]
    done
}
