"""An OpenAPI document that a program is held against: each answer of a played day, then requests that
Schemathesis makes of it. For api_test.py and hub_api_test.py."""

import copy
import json
import os
import pathlib
import re
import subprocess
import sys

import jsonschema_rs
from play import Failed

SECONDS = 60


def check(condition, what):
    if not condition:
        raise Failed(f"not so: {what}")


class Document:
    """The API's document, and what an answer must be like."""

    def __init__(self, text):
        self.text = text
        self.follow(text)
        strict = copy.deepcopy(text["components"])
        self.close(strict["schemas"])
        self.strict = strict
        self.seen = set()

    def follow(self, part):
        """Whatever is referred to is there."""
        for value in part.values() if isinstance(part, dict) else part:
            if isinstance(value, (dict, list)):
                self.follow(value)
        if isinstance(part, dict) and (reference := part.get("$ref")):
            found = self.text
            for piece in reference.removeprefix("#/").split("/"):
                check(piece in found, f"the document has {reference}")
                found = found[piece]

    def close(self, schema):
        """An object has no other member than those the document names."""
        if isinstance(schema, dict):
            if "properties" in schema and schema.get("type") == "object":
                schema["additionalProperties"] = False
            for value in schema.values():
                self.close(value)
        elif isinstance(schema, list):
            for value in schema:
                self.close(value)

    def operation(self, method, path):
        for template, operations in self.text["paths"].items():
            pattern = re.sub(r"\\\{[a-z]+\\\}", "[^/]+", re.escape(template))
            # A name stands before what only looks like one: /v1/periods/open.
            if re.fullmatch(pattern, path) and method.lower() in operations:
                return template, operations[method.lower()]
        raise Failed(f"the document has no {method} {path}")

    def judge(self, method, path, status, kind, body):
        template, operation = self.operation(method, path)
        responses = operation["responses"]
        where = f"{method} {path}"
        check(str(status) in responses, f"{where} answers {status}, which the document does not say")
        response = responses[str(status)]
        if "$ref" in response:
            response = self.text["components"]["responses"][response["$ref"].split("/")[-1]]
        self.seen.add((method, template, status))
        content = response.get("content", {})
        if not content:
            return
        check(kind.split(";")[0] in content, f"{where} is {kind}, not one of {list(content)}")
        schema = content[kind.split(";")[0]].get("schema")
        if schema is None or "json" not in kind:
            return
        whole = {**schema, "components": self.strict}
        for error in jsonschema_rs.validator_for(whole).iter_errors(json.loads(body)):
            raise Failed(f"{where} ({status}) is not as its schema says: {error}")


def fuzz(text, url, folder, options, *more):
    """Requests that Schemathesis makes of a document, right ones and wrong; `more` are its options."""
    copied = folder / "openapi.json"
    copied.write_text(json.dumps(text))
    command = [
        str(pathlib.Path(sys.executable).with_name("schemathesis")), "run", str(copied),
        "--url", url, *more, "--max-examples", str(options.examples),
        "--seed", str(options.seed), "--phases", "examples,coverage,fuzzing",
        "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,"
        "response_schema_conformance,negative_data_rejection",
        "--request-timeout", str(SECONDS), "--no-color",
    ]
    hooks = {"SCHEMATHESIS_HOOKS": "schemathesis_hooks",
             "PYTHONPATH": str(pathlib.Path(__file__).resolve().parent)}
    done = subprocess.run(command, cwd=folder, text=True, capture_output=True,
                          env={**os.environ, **hooks})
    summary = done.stdout[done.stdout.find("=== SUMMARY"):] if done.returncode == 0 else done.stdout
    print(summary.strip())
    check(done.returncode == 0, f"Schemathesis found nothing ({done.stderr.strip()[-400:]})")
