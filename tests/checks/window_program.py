#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The window program's refusals, each one line on stderr. Usage: window_program.py PROGRAM"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

program = sys.argv[1]
model = Path.home() / ".local/share/sinkscope/models/SmolLM2-135M-Instruct.Q4_1.gguf"
picture = str(Path(tempfile.mkdtemp()) / "picture.png")

# arguments, changes of the environment, status, words in the message
cases = [
    (["--size", "foo"], {}, 2, "--size 'foo'"),
    (["--size", "0x700"], {}, 2, "--size '0x700'"),
    (["--theme", "blue"], {}, 2, "--theme 'blue'"),
    (["--screenshot", picture, "--size", "800x500"], {}, 1, "at least 1024x680"),
    ([], {"DISPLAY": ""}, 1, "xvfb-run"),
    ([], {"DISPLAY": "", "QT_QPA_PLATFORM": "xcb"}, 1, "app/run --cli"),
    (["-platform", "xcb"], {"DISPLAY": ""}, 1, "xvfb-run"),
]
if model.exists():
    cases.append((["--model", str(model), "--screenshot", picture, "--edit", "L99H0=2"], {}, 1, "99"))

failed = 0
for arguments, changes, status, words in cases:
    environment = {key: value for key, value in os.environ.items()
                   if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    environment.update(changes)
    run = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, timeout=100)
    lines = run.stderr.splitlines()
    if run.returncode != status or len(lines) != 1 or words not in run.stderr:
        failed += 1
        print(f"{arguments} {changes}: status {run.returncode}, expected {status}; stderr:\n{run.stderr}")
sys.exit(1 if failed else 0)
