"""What kdmp-parser reads of a dump, as JSON: kdmp_facts.py DUMP ADDRESS..."""
import hashlib
import json
import sys

import kdmp_parser

dump = kdmp_parser.KernelDumpParser(sys.argv[1])
header = dump.header
pages = {}
for address in sorted(dump.pages):
    pages[hex(address >> 12)] = hashlib.sha256(bytes(dump.read_physical_page(address))).hexdigest()[:16]
translations = {}
for text in sys.argv[2:]:
    physical = dump.translate_virtual(int(text, 16))
    translations[text] = hex(physical) if physical else None
print(json.dumps({
    "type": int(dump.type),
    "dtb": hex(dump.directory_table_base),
    "build": header.MinorVersion,
    "processors": header.NumberProcessors,
    "bugCheck": header.BugCheckCode,
    "moduleList": hex(header.PsLoadedModuleList),
    "rip": hex(dump.context.Rip),
    "pages": pages,
    "translations": translations,
}))
