"""Checks JSON documents against the schemas of the project: validate.py SCHEMA_FOLDER SCHEMA DOCUMENT..."""
import json
import pathlib
import sys

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

folder, name, documents = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
schemas = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.schema.json"))]
for schema in schemas:
    Draft202012Validator.check_schema(schema)
registry = Registry().with_resources([(schema["$id"], Resource.from_contents(schema)) for schema in schemas])
schema = next(schema for schema in schemas if schema["$id"] == "urn:logonleak:schema:" + name)
validator = Draft202012Validator(schema, registry=registry)
failed = False
for document in documents:
    with open(document, encoding="utf-8") as file:
        for index, error in enumerate(validator.iter_errors(json.load(file))):
            failed = True
            if index < 5:
                print(document, error.json_path, error.message[:300])
sys.exit(1 if failed else 0)
