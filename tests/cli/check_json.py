#!/usr/bin/env python3
"""Holds documents of --json against the schema: check_json.py SCHEMA COMMAND FILE...

COMMAND is what each document must name. With --mutate the same documents are damaged, one member at a
time, and each damage must be noticed."""
import copy
import json
import pathlib
import sys

from jsonschema import Draft202012Validator


def containers(value, path=()):
    yield path, value
    if isinstance(value, dict):
        for key, child in value.items():
            yield from containers(child, path + (key,))
    elif isinstance(value, list) and value:
        yield from containers(value[0], path + (0,))


def at(document, path):
    for key in path:
        document = document[key]
    return document


# Objects whose members are names of the board or the loader: any of them may be absent.
OPEN = ("pins", "exports", "defaults")


def damages(document):
    for path, value in containers(document):
        if not isinstance(value, dict):
            continue
        is_open = bool(path) and path[-1] in OPEN
        extra = copy.deepcopy(document)
        at(extra, path)["no such member"] = 1
        yield f"an extra member in /{'/'.join(map(str, path))}", extra
        for key in value:
            if is_open:
                continue
            less = copy.deepcopy(document)
            del at(less, path)[key]
            yield f"/{'/'.join(map(str, path))} without {key}", less
            wrong = copy.deepcopy(document)
            at(wrong, path)[key] = {"wrong": [1.5]}
            yield f"/{'/'.join(map(str, path))} with a wrong {key}", wrong


def main():
    arguments = sys.argv[1:]
    mutate = arguments[0] == "--mutate"
    schema, command, *files = arguments[1:] if mutate else arguments
    validator = Draft202012Validator(json.loads(pathlib.Path(schema).read_text()))
    Draft202012Validator.check_schema(validator.schema)
    problems = []
    for file in files:
        document = json.loads(pathlib.Path(file).read_text())
        for error in validator.iter_errors(document):
            problems.append(f"{file}: /{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
        if document["command"] != (None if command == "null" else command):
            problems.append(f"{file}: command {document['command']}, not {command}")
        if mutate:
            problems += [f"{file}: not noticed: {what}" for what, damaged in damages(document)
                         if validator.is_valid(damaged)]
    print("\n".join(problems))
    return 1 if problems or not files else 0


sys.exit(main())
