#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""shellcheck finds nothing in any shell script, and each script is executable and strict. Usage: shell_scripts.py ROOT"""
import os
import subprocess
import sys

from source_tree import lines_of, report, scripts

ENTRY = ("app/run", "tests/run", ".ci/run")

root = sys.argv[1]
shell = [path for path, interpreter in scripts(root) if interpreter in ("bash", "sh")]
findings = [f"{path}:1: is missing" for path in ENTRY if path not in shell]
for path in shell:
    lines = lines_of(root, path)
    if not lines[0].startswith("#!"):
        continue  # a library: sourced by a strict script
    if not os.access(os.path.join(root, path), os.X_OK):
        findings.append(f"{path}:1: is not executable")
    if "set -euo pipefail" not in lines:
        findings.append(f"{path}:1: set -euo pipefail is missing")
result = subprocess.run(["shellcheck", "--external-sources", "--format=gcc", *shell], cwd=root, capture_output=True, text=True)
findings += result.stdout.splitlines()
if result.returncode > 1:
    findings.append(result.stderr.strip())
report(findings, f"{len(shell)} scripts")
