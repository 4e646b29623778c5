#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No file over 600 lines; one over 400 stands in long_files.txt with its reason. Usage: file_sizes.py ROOT"""
import os
import sys

from source_tree import cpp_files, lines_of, report

LIMIT, NEEDS_REASON = 600, 400
LIST = "tests/checks/long_files.txt"

root = sys.argv[1]
findings, reasons = [], {}
for number, line in enumerate(lines_of(root, LIST), 1):
    if not line.strip() or line.startswith("#"):
        continue
    path, _, reason = line.partition(": ")
    reasons[path] = number
    if len(reason.split()) < 3:
        findings.append(f"{LIST}:{number}: give the reason after '{path}: '")
    if not os.path.exists(os.path.join(root, path)):
        findings.append(f"{LIST}:{number}: {path} is not there; remove the line")
paths = cpp_files(root)
for path in paths:
    count = len(lines_of(root, path)) - 1
    if count > LIMIT:
        findings.append(f"{path}:{LIMIT + 1}: {count} lines; split the file, at most {LIMIT} are allowed")
    elif count > NEEDS_REASON and path not in reasons:
        findings.append(f"{path}:{NEEDS_REASON + 1}: {count} lines; split it, or give the reason in {LIST}")
    elif count <= NEEDS_REASON and path in reasons:
        findings.append(f"{LIST}:{reasons[path]}: {path} has {count} lines and needs no reason any more; remove the line")
report(findings, f"{len(paths)} files")
