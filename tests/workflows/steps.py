#!/usr/bin/env python3
"""Runs the commands of a CI file as they stand there, in the current folder.

    steps.py github ACTION.yml [INPUT=VALUE…]     the `run:` steps of a composite action
    steps.py workflow FILE.yml ACTION.yml         the `run:` steps of a workflow; a `uses:` of the
                                                  action runs its steps, other `uses:` are named
    steps.py gitlab FILE.yml [VARIABLE=VALUE…]    `script:` and `after_script:` of all jobs

Steps run as the runners run them: `bash --noprofile --norc -eo pipefail` at GitHub, one shell with
`set -eo pipefail` at GitLab. Needs PyYAML. Exits with the first exit code that is not 0.
"""
import os
import re
import subprocess
import sys
import tempfile

import yaml

HELD = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


class Runner:
    """What GitHub keeps between steps."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="runner-")
        self.paths = []
        self.outputs = {}
        self.failed = 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def environment(self, extra):
        for name in ("output", "path", "summary"):
            open(self.path(name), "a").close()
        env = dict(os.environ)
        env.update(
            RUNNER_TEMP=self.folder,
            GITHUB_OUTPUT=self.path("output"),
            GITHUB_PATH=self.path("path"),
            GITHUB_STEP_SUMMARY=self.path("summary"),
            GITHUB_WORKSPACE=os.getcwd(),
        )
        env.update(extra)
        with open(self.path("path")) as lines:
            new = [line.strip() for line in lines if line.strip()]
        env["PATH"] = os.pathsep.join(new[::-1] + [env["PATH"]])
        return env

    def run(self, name, text, extra):
        print(f"--- {name}", file=sys.stderr, flush=True)
        with open(self.path("step.sh"), "w") as script:
            script.write(text)
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", self.path("step.sh")]
        code = subprocess.run(shell, env=self.environment(extra)).returncode
        if code and not self.failed:
            self.failed = code
        return code


def filled(text, known):
    """Fills `${{ … }}`; what is not known is an error, so that nothing is left out unseen."""

    def value(found):
        if found.group(1) not in known:
            sys.exit(f"steps.py: nobody knows {found.group(0)} here")
        return known[found.group(1)]

    return HELD.sub(value, str(text))


def action(runner, file, inputs):
    with open(file) as text:
        whole = yaml.safe_load(text)
    known = {"github.action_path": os.path.dirname(os.path.abspath(file)), "runner.temp": runner.folder}
    for name, row in whole["inputs"].items():
        known[f"inputs.{name}"] = str(inputs.pop(name, row.get("default", "")))
    if inputs:
        sys.exit(f"steps.py: the action has no input {', '.join(inputs)}")
    for step in whole["runs"]["steps"]:
        assert step["shell"] == "bash"
        env = {key: filled(value, known) for key, value in step.get("env", {}).items()}
        assert not HELD.search(step["run"]), "inputs reach a script by its environment only"
        code = runner.run(step["name"], step["run"], env)
        if code:
            return code
    return 0


def wanted(step, failed):
    """Whether a step runs: after a failure only where its condition says so."""
    return not failed or "!cancelled()" in str(step.get("if", ""))


def workflow(runner, file, action_file):
    with open(file) as text:
        whole = yaml.safe_load(text)
    for job in whole["jobs"].values():
        for step in job["steps"]:
            if not wanted(step, runner.failed):
                continue
            uses = step.get("uses", "")
            if uses.startswith("obsproof/"):
                inputs = {key: str(value) for key, value in step.get("with", {}).items()}
                code = action(runner, action_file, inputs)
                runner.failed = runner.failed or code
            elif uses:
                print(f"--- not run here: {uses}", file=sys.stderr, flush=True)
            else:
                assert not HELD.search(step["run"])
                runner.run(step.get("name", "run"), step["run"], {})


def gitlab(file, variables):
    with open(file) as text:
        whole = yaml.safe_load(text)
    failed = 0
    for name, job in whole.items():
        env = dict(os.environ, CI="true", CI_PROJECT_DIR=os.getcwd())
        env.update({key: str(value) for key, value in job.get("variables", {}).items()})
        env.update(variables)
        for part in ("script", "after_script"):
            lines = "\n".join(["set -eo pipefail", *job.get(part, [])])
            print(f"--- {name}: {part}", file=sys.stderr, flush=True)
            code = subprocess.run(["bash", "--noprofile", "--norc", "-c", lines], env=env).returncode
            # What comes after a script does not decide.
            if part == "script":
                failed = failed or code
            elif code:
                print(f"--- {part} failed with {code}", file=sys.stderr, flush=True)
        for kind, path in job["artifacts"]["reports"].items():
            if not os.path.isfile(path):
                sys.exit(f"steps.py: no {kind} report at {path}")
    return failed


def main():
    kind, file, *rest = sys.argv[1:]
    if kind == "gitlab":
        sys.exit(gitlab(file, dict(word.split("=", 1) for word in rest)))
    runner = Runner()
    if kind == "github":
        code = action(runner, file, dict(word.split("=", 1) for word in rest))
        sys.exit(code)
    workflow(runner, file, rest[0])
    with open(runner.path("summary")) as summary:
        sys.stdout.write(summary.read())
    sys.exit(runner.failed)


main()
