#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command-line program is linked with no Qt library. Usage: no_qt_in_cli.py PROGRAM"""
import subprocess
import sys

from source_tree import report

program = sys.argv[1]
libraries = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout.splitlines()
findings = [f"{program}:0: links {line.strip()}" for line in libraries if "libQt" in line]
if not any("libc.so" in line for line in libraries):
    findings.append(f"{program}:0: ldd shows no libraries at all, so this says nothing")
report(findings, f"{len(libraries)} libraries")
