#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The core prints nothing, ends no process and reads no environment variable. Usage: core_purity.py ROOT"""
import re
import sys

from source_tree import cpp_files, lines_of, report

RULES = [
    (re.compile(r"\bstd::(cout|cerr|clog)\b|\bfmt::print\b|(?<!\w)(std::)?(printf|fprintf|puts|putchar)\s*\("), "the core prints nothing"),
    (re.compile(r"(?<![\w.>])(std::)?(exit|_Exit|quick_exit|abort|terminate)\s*\("), "the core ends no process"),
    (re.compile(r"\b(secure_)?getenv\s*\(|\bsetenv\s*\("), "the core reads no environment variable; app passes values on"),
]

root = sys.argv[1]
paths = [path for path in cpp_files(root) if path.startswith("core/")]
findings = []
for path in paths:
    for number, line in enumerate(lines_of(root, path), 1):
        code = re.sub(r'"(\\.|[^"\\])*"', '""', line).split("//")[0]
        findings += [f"{path}:{number}: {rule}" for pattern, rule in RULES if pattern.search(code)]
for number, line in enumerate(lines_of(root, "core/CMakeLists.txt"), 1):
    if re.search(r"\bQt\d?::", line):
        findings.append(f"core/CMakeLists.txt:{number}: the core links no Qt")
report(findings, f"{len(paths)} files")
