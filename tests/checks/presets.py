#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CMake accepts CMakePresets.json, and the presets of the house are there. Usage: presets.py ROOT CMAKE"""
import re
import subprocess
import sys

from source_tree import report

NEEDED = {"dev", "release", "asan", "tsan", "tidy"}

root, cmake = sys.argv[1:]
findings = []
result = subprocess.run([cmake, "--list-presets=configure"], cwd=root, capture_output=True, text=True)
if result.returncode:
    findings.append(f"CMakePresets.json:1: {result.stderr.strip()}")
missing = NEEDED - set(re.findall(r'^\s*"([^"]+)"', result.stdout, re.M))
findings += [f"CMakePresets.json:1: preset {name} is missing" for name in sorted(missing)]
report(findings, f"{len(NEEDED)} presets")
