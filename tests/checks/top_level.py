#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nothing lies at the top of the tree but what the architecture page names. Usage: top_level.py ROOT"""
import os
import sys

from source_tree import report

ALLOWED = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "CHANGELOG.md", "app", "core", "ui",
           "resources", "tests", "build"}
NEEDED = ALLOWED - {"build"}

names = {name for name in os.listdir(sys.argv[1]) if not name.startswith(".")}
findings = [f"{name}:1: no place for this at the top of the tree" for name in sorted(names - ALLOWED)]
findings += [f"{name}:1: is missing" for name in sorted(NEEDED - names)]
report(findings, f"{len(names)} names")
