#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No note to oneself and no path of one machine is left in the tree. Usage: words.py ROOT"""
import re
import sys

from source_tree import files, lines_of, report

TEXT = (".h", ".cpp", ".py", ".sh", ".md", ".txt", ".json", ".qrc", ".in", "/run")
# Written in pieces, so that this file does not find itself.
RULES = [
    (re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b"), "open work belongs into the issue tracker"),
    (re.compile(r"(?<![\w.])/(wo" + r"rk/|ro" + r"ot/)"), "a path that only one machine has"),
]

root = sys.argv[1]
paths = [path for path in files(root, ("core", "ui", "app", "tests", ".ci", "resources")) if path.endswith(TEXT)]
paths += ["CMakeLists.txt", "CMakePresets.json", "README.md", "CHANGELOG.md"]
findings = []
for path in paths:
    try:
        lines = lines_of(root, path)
    except FileNotFoundError:
        continue  # the check of the top level says so
    for number, line in enumerate(lines, 1):
        findings += [f"{path}:{number}: {rule}: {match.group(0)}" for pattern, rule in RULES for match in pattern.finditer(line)]
report(findings, f"{len(paths)} files")
