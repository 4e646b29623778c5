#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every C++ file is formatted as .clang-format says. Usage: formatting.py ROOT"""
import re
import subprocess
import sys

from source_tree import cpp_files, report

SKIPPED = 77  # ctest's SKIP_RETURN_CODE of this test

root = sys.argv[1]
version = subprocess.run(["clang-format", "--version"], capture_output=True, text=True, check=True).stdout
if not re.search(r"version 14\.", version):
    print(f"skipped: versions format differently and the tree follows 14, this is {version.strip()}")
    sys.exit(SKIPPED)

paths = cpp_files(root)
found = {}
result = subprocess.run(["clang-format", "--dry-run", "-Werror", "--style=file", *paths], cwd=root, capture_output=True, text=True)
for path, line in re.findall(r"^(\S[^:\n]*):(\d+):\d+: error: code should be clang-formatted", result.stderr, re.M):
    found.setdefault(path, line)
findings = [f"{path}:{line}: not formatted; run clang-format -i {path}" for path, line in sorted(found.items())]
if result.returncode and not findings:
    findings = [result.stderr.strip()]
report(findings, f"{len(paths)} files")
