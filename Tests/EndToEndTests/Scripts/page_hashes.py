"""A line for each page of a file: page_hashes.py FILE"""
import hashlib
import sys

with open(sys.argv[1], "rb") as file:
    while page := file.read(4096):
        print(hashlib.sha256(page).hexdigest()[:16])
