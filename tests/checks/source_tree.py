# SPDX-License-Identifier: Apache-2.0
"""What the checks share: the files of the project and the way findings are printed."""
import os
import sys

SOURCE_FOLDERS = ("core", "ui", "app", "tests")
SCRIPT_FOLDERS = ("app", "tests", ".ci")


def files(root, folders):
    """Paths relative to `root`, sorted, of every file below `folders`."""
    found = []
    for top in folders:
        for folder, names, file_names in os.walk(os.path.join(root, top)):
            names[:] = [name for name in names if name not in ("build", "__pycache__")]
            found += [os.path.relpath(os.path.join(folder, name), root) for name in file_names]
    return sorted(found)


def cpp_files(root):
    return [path for path in files(root, SOURCE_FOLDERS) if path.endswith((".h", ".cpp"))]


def lines_of(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read().split("\n")


def scripts(root):
    """(path, interpreter) of every file that starts with a `#!` line or is a shell library."""
    found = []
    for path in files(root, SCRIPT_FOLDERS):
        with open(os.path.join(root, path), "rb") as file:
            first = file.readline().decode("utf-8", "replace").strip()
        if first.startswith("#!"):
            found.append((path, os.path.basename(first.split()[-1])))
        elif path.endswith(".sh"):
            found.append((path, "bash"))
    return found


def report(findings, rule_count_text):
    """Prints the findings, one a line as `file:line: rule`, and ends with 1 when there are any."""
    for finding in findings:
        print(finding)
    if findings:
        sys.exit(1)
    print(f"holds for {rule_count_text}")
