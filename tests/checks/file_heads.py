#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every file opens with an SPDX line and a sentence of purpose. Usage: file_heads.py ROOT"""
import sys

from source_tree import cpp_files, files, lines_of, report, scripts

SPDX = "SPDX-License-Identifier: Apache-2.0"


def head_finding(path, lines, comment):
    """What is wrong with the head of a file, or None. `comment` is the mark of a comment line."""
    number = 0
    while number < len(lines) and (lines[number].startswith("#!") or lines[number].startswith("# shellcheck shell=")):
        number += 1
    if lines[number] != f"{comment} {SPDX}":
        return f"{path}:{number + 1}: the file opens with '{comment} {SPDX}'"
    purpose, number = [], number + 1
    if comment == "#" and number < len(lines) and lines[number].startswith('"""'):
        purpose = [lines[number].strip('"')]
    while number + len(purpose) < len(lines) and lines[number + len(purpose)].startswith(comment + " "):
        purpose.append(lines[number + len(purpose)][len(comment):].strip())
    if len(" ".join(purpose).split()) < 2:
        return f"{path}:{number + 1}: a sentence of purpose follows the SPDX line"
    return None


root = sys.argv[1]
cpp = cpp_files(root)
others = {path for path, _ in scripts(root)}
others |= {path for path in files(root, ("core", "ui", "app", "tests")) if path.endswith((".py", "CMakeLists.txt"))}
others.add("CMakeLists.txt")
findings = [head_finding(path, lines_of(root, path), "//") for path in cpp]
findings += [head_finding(path, lines_of(root, path), "#") for path in sorted(others)]
for header in cpp:
    if header.endswith(".h") and "#pragma once" not in lines_of(root, header):
        findings.append(f"{header}:1: a header has #pragma once")
report([finding for finding in findings if finding], f"{len(cpp) + len(others)} files")
